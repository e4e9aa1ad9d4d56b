"""Two clients who turn out to be one person: what was joined, and what a manager still has to decide."""

from dataclasses import dataclass
from enum import StrEnum

from sales.clients import Client
from sales.ids import ClientId, LeadId, MergeId, Moment, OfferId, ProposalId, StaffId
from sales.leads import LeadState
from sales.offers import OfferState, Step


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a client: whatever a merge changes about them, but the rows that it moves."""

    owner_id: StaffId | None
    waiting_since: Moment | None
    last_message_at: Moment | None
    closed_at: Moment | None
    not_client_at: Moment | None
    username: str | None


def standing_of(client: Client) -> Standing:
    return Standing(
        client.owner_id,
        client.waiting_since,
        client.last_message_at,
        client.closed_at,
        client.not_client_at,
        client.username,
    )


@dataclass(frozen=True, slots=True)
class ClosedOffer:
    """An offer that a merge ended, as it was before."""

    id: OfferId
    state: OfferState
    next_step: Step | None
    next_step_at: Moment | None


@dataclass(frozen=True, slots=True)
class ChangedLead:
    """A lead that a merge changed, as it was before."""

    id: LeadId
    state: LeadState
    responsible_id: StaffId | None


@dataclass(frozen=True, slots=True)
class Before:
    """What undoing a merge needs besides the log of moved rows. ``after`` is how the joined client stood then.

    ``viewers``: who saw the client that is gone; ``brought``: those of them who had not seen the other before.
    """

    into: Standing
    gone: Standing
    after: Standing
    offer: ClosedOffer | None
    leads: tuple[ChangedLead, ...]
    viewers: tuple[StaffId, ...]
    brought: tuple[StaffId, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """``gone_id`` has become ``into_id``. ``by_id`` is the manager who chose it; ``None``: Dibs, by what it knew."""

    id: MergeId
    into_id: ClientId
    gone_id: ClientId
    by_id: StaffId | None
    at: Moment
    before: Before
    undone_at: Moment | None = None


class ProposalState(StrEnum):
    """``distinct``: they are two people, and nobody is asked again."""

    OPEN = "open"
    MERGED = "merged"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two clients who may be one person. ``why`` is a code: ``identity`` (both have an owner) or ``contact``."""

    id: ProposalId
    one_id: ClientId
    other_id: ClientId
    state: ProposalState
    why: str
    created_at: Moment
