"""Offers: a new client on the table, and the cards that show it."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ChannelId, ClientId, ConversationId, Moment, OfferId, PostId, StaffId


class OfferState(StrEnum):
    LOOKING_UP = "looking_up"
    OPEN = "open"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({OfferState.LOOKING_UP, OfferState.OPEN})


class Step(StrEnum):
    """The next rung of the ladder."""

    REMIND = "remind"
    WIDEN = "widen"
    ASSIGN = "assign"


@dataclass(frozen=True, slots=True)
class Offer:
    """A new client shown for acceptance. ``widened`` lets every manager accept; ``only_for`` is a test's admin."""

    id: OfferId
    client_id: ClientId
    channel_id: ChannelId
    conversation_id: ConversationId
    state: OfferState
    created_at: Moment
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    taken_by: StaffId | None = None
    widened: bool = False
    next_step: Step | None = None
    next_step_at: Moment | None = None
    only_for: StaffId | None = None


class CardState(StrEnum):
    SHOWN = "shown"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One copy of an offer in one staff chat. ``post_id`` is unknown until it has been sent."""

    offer_id: OfferId
    staff_id: StaffId
    state: CardState
    post_id: PostId | None = None
