"""Two clients who are, or may be, one person: as they are named to whoever decides it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sales.channels import Channel
from sales.clients import Client
from sales.errors import NotFound
from sales.ids import ConversationId, MergeId, ProposalId
from sales.merging import ProposalState
from sales.outbox import Payload
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.merge_choices import may_decide, may_undo
from sales.use_cases.team_lookup import client_or_fail, name_of


@dataclass(frozen=True, slots=True)
class Side:
    """``owner`` is a name; ``""``: nobody."""

    client: Client
    owner: str
    channels: Sequence[Channel]


@dataclass(frozen=True, slots=True)
class Pair:
    """``open``: there is still something to decide, or to undo. ``decides``: this reader may, as the use case
    checks again.

    Of a merge, the first is the one who has both now.
    """

    one: Side
    other: Side
    open: bool
    decides: bool
    why: str = ""


def pair_view(work: Work, staff: Staff, params: Payload) -> Pair | None:
    """What a notice's row names: a ``merge_id`` or a ``proposal_id``."""
    merge_id, proposal_id = params.get("merge_id"), params.get("proposal_id")
    try:
        if merge_id is not None:
            return merged_pair(work, staff, MergeId(int(merge_id)))
        return proposed_pair(work, staff, ProposalId(int(proposal_id))) if proposal_id is not None else None
    except NotFound:
        return None


def merged_pair(work: Work, staff: Staff, merge_id: MergeId) -> Pair | None:
    merge = work.merges.get(merge_id)
    into = work.clients.get(merge.into_id) if merge is not None else None
    gone = work.clients.get(merge.gone_id) if merge is not None else None
    if merge is None or into is None or gone is None:
        return None
    moved = set(work.merges.conversations(merge_id))
    theirs = [one.id for one in work.conversations.of_client(merge.into_id) if one.id not in moved]
    newest = work.merges.standing_on(merge.into_id)
    return Pair(
        Side(into, name_of(work, into.owner_id), _channels(work, theirs)),
        Side(gone, name_of(work, gone.owner_id), _channels(work, moved)),
        newest is not None and newest.id == merge_id,
        may_undo(work, staff, merge),
    )


def proposed_pair(work: Work, staff: Staff, proposal_id: ProposalId) -> Pair | None:
    proposal = work.merges.proposal(proposal_id)
    if proposal is None:
        return None
    one, other = work.clients.get(proposal.one_id), work.clients.get(proposal.other_id)
    if one is None or other is None:
        return None
    undecided = proposal.state is ProposalState.OPEN and client_or_fail(work, one.id) != client_or_fail(work, other.id)
    decides = may_decide(work, staff, client_or_fail(work, one.id), client_or_fail(work, other.id))
    return Pair(_side(work, one), _side(work, other), undecided, decides, proposal.why)


def _side(work: Work, client: Client) -> Side:
    now = client_or_fail(work, client.id)
    conversations = [one.id for one in work.conversations.of_client(now.id)]
    return Side(client, name_of(work, now.owner_id), _channels(work, conversations))


def _channels(work: Work, conversation_ids: Iterable[ConversationId]) -> Sequence[Channel]:
    """Each once, in the order in which they came."""
    conversations = [work.conversations.get(id_) for id_ in sorted(conversation_ids)]
    found = {one.channel_id: work.channels.get(one.channel_id) for one in conversations if one is not None}
    return [channel for channel in found.values() if channel is not None]
