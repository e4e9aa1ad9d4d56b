"""Everything that leaves is a row: what kinds there are, which way out each takes, and what may come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from sales.ids import ChannelId, ClientId, ConversationId, CrmId, LeadId, Moment, OfferId, OutboxId, PostId, StaffId

Scalar = str | int | bool | None
Payload = Mapping[str, Scalar]


class RowKind(StrEnum):
    """What is to be done when the row's turn comes. Rows name their subject; it is rendered at that moment."""

    # The staff's side: sent by screens.
    CARD = "card"  # offer_id, staff_id: post, edit or shrink the card
    TOPIC = "topic"  # staff_id, client_id (none: Inbox): make the topic if it is missing, rename it if it is not
    HEADER = "header"  # staff_id, client_id: post and pin, or edit, the client's card
    RELAY = "relay"  # staff_id, message_id, sound: show a message (with its whole album)
    RELAY_EDIT = "relay_edit"  # staff_id, message_id: bring its post up to date, deleted ones too
    REACTION = "reaction"  # staff_id, message_id: the client's reaction, as the bot's
    NOTICE = "notice"  # staff_id, name, client_id?, message_id?, reply_to?, sound, …: one line and its buttons
    SCREEN = "screen"  # staff_id, name, args, post_id?: a list, a form, a page
    WITHDRAW = "withdraw"  # staff_id, client_id: take the view of a client away
    MENU = "menu"  # staff_id: the commands their role may use
    ERASE = "erase"  # staff_id, post_id: delete a post (a token that was pasted)
    # The customers' side: sent by channels.
    MESSAGE = "message"  # message_id (with its whole album)
    EDIT = "edit"  # message_id
    DELETE = "delete"  # message_id
    REACT = "react"  # message_id
    TEXT = "text"  # conversation_id, name, …: what Dibs itself says to a client
    # Files, from wherever they lie into the store.
    FETCH = "fetch"  # media_id
    # CRM: sent by its adapter.
    CRM_FIND = "crm_find"  # offer_id: whose is this client?
    CRM_INCOMING = "crm_incoming"  # lead_id: an incoming lead while staff decide
    CRM_ACCEPT = "crm_accept"  # lead_id: accept it, or create or take over the lead
    CRM_DECLINE = "crm_decline"  # lead_id
    CRM_RESPONSIBLE = "crm_responsible"  # lead_id
    CRM_STAGE = "crm_stage"  # lead_id
    CRM_NOTE = "crm_note"  # lead_id, text
    CRM_REMOVE = "crm_remove"  # lead_id: a channel test's lead goes


class Priority(IntEnum):
    """Smaller leaves earlier within a lane; waiting raises it, so nothing starves."""

    REFUSAL = 0
    WITHDRAWAL = 10
    RELAY = 20
    CARD = 30
    HEADER = 40
    HISTORY = 50


class RowState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to be.

    ``stream``: first in, first out. ``bucket``: what shares a rate limit within the lane. ``collapse``: a queued row of
    this key in the stream already says it all, so this one is not added. ``waits_for``: the media that must be settled
    first. ``front``: goes before everything in its stream. ``last``: behind everything, also behind what comes later.
    """

    lane: str
    stream: str
    kind: RowKind
    payload: Payload
    priority: Priority = Priority.RELAY
    bucket: str | None = None
    due_at: Moment | None = None
    collapse: str | None = None
    waits_for: int | None = None
    front: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A claimed row. ``uncertain``: an earlier attempt may have arrived (the process died, or the answer was lost)."""

    id: OutboxId
    lane: str
    stream: str
    kind: RowKind
    payload: Payload
    priority: int
    bucket: str | None
    attempts: int
    uncertain: bool
    created_at: Moment
    due_at: Moment


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived. ``external_ids`` in order of the parts; ``facts`` is what the kind's settling wants to know.

    ``free``: the platform did not have to be called for it, so its rate limits were not used.
    """

    external_ids: tuple[str, ...] = ()
    facts: Payload = field(default_factory=dict)
    free: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side said no, and will again. ``code`` is ours (``screens`` has words for it), ``reason`` theirs."""

    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. ``after`` seconds if the other side named them; ``freeze`` stops the ``lane`` or the ``bucket`` too."""

    reason: str
    after: float | None = None
    freeze: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived, or not: the answer was lost. Tried again ``after`` seconds, marked uncertain."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something must leave before it, in the same stream: ``first`` is put in front."""

    first: NewRow


@dataclass(frozen=True, slots=True)
class Dropped:
    """It no longer makes sense."""

    reason: str = ""


Outcome = Sent | Refused | Retry | Unknown | Blocked | Dropped

STAFF_LANE = "staff"


def channel_lane(channel_id: ChannelId) -> str:
    return f"channel:{channel_id}"


def files_lane(held_by: str) -> str:
    """``held_by`` as in ``RemoteFile``."""
    return f"files:{held_by}"


def crm_lane(crm_id: CrmId) -> str:
    return f"crm:{crm_id}"


def _staff_row(staff_id: StaffId, stream: str, kind: RowKind, priority: Priority, **payload: Scalar) -> NewRow:
    return NewRow(
        STAFF_LANE, f"staff:{staff_id}:{stream}", kind, {"staff_id": staff_id, **payload}, priority, f"staff:{staff_id}"
    )


def _collapsed(row: NewRow) -> NewRow:
    subject = ":".join(str(value) for value in row.payload.values())
    return replace(row, collapse=f"{row.kind}:{subject}")


def card(offer_id: OfferId, staff_id: StaffId) -> NewRow:
    return _collapsed(_staff_row(staff_id, f"card:{offer_id}", RowKind.CARD, Priority.CARD, offer_id=offer_id))


def topic(staff_id: StaffId, client_id: ClientId | None, front: bool = False) -> NewRow:
    stream = "screens" if client_id is None else f"client:{client_id}"
    row = _staff_row(staff_id, stream, RowKind.TOPIC, Priority.RELAY, client_id=client_id)
    return replace(row, front=front)


def header(staff_id: StaffId, client_id: ClientId) -> NewRow:
    return _collapsed(_staff_row(staff_id, f"client:{client_id}", RowKind.HEADER, Priority.HEADER, client_id=client_id))


def header_later(staff_id: StaffId, client_id: ClientId, due_at: Moment) -> NewRow:
    """Bring it up to date when there is nothing else to say: an edit costs as much of Telegram's 30/s as a message, so
    those of a burst become one.
    """
    return replace(header(staff_id, client_id), due_at=due_at, last=True)


def relay(
    staff_id: StaffId,
    client_id: ClientId,
    message_id: int,
    sound: bool,
    *,
    history: bool = False,
    due_at: Moment | None = None,
    waits_for: int | None = None,
) -> NewRow:
    row = _staff_row(
        staff_id,
        f"client:{client_id}",
        RowKind.RELAY,
        Priority.HISTORY if history else Priority.RELAY,
        client_id=client_id,
        message_id=message_id,
        sound=sound,
    )
    return replace(row, due_at=due_at, waits_for=waits_for)


def relay_edit(staff_id: StaffId, client_id: ClientId, message_id: int) -> NewRow:
    return _collapsed(
        _staff_row(
            staff_id,
            f"client:{client_id}",
            RowKind.RELAY_EDIT,
            Priority.RELAY,
            client_id=client_id,
            message_id=message_id,
        )
    )


def reaction(staff_id: StaffId, client_id: ClientId, message_id: int) -> NewRow:
    return _collapsed(
        _staff_row(
            staff_id,
            f"client:{client_id}",
            RowKind.REACTION,
            Priority.HEADER,
            client_id=client_id,
            message_id=message_id,
        )
    )


def notice(staff_id: StaffId, name: str, client_id: ClientId | None = None, /, **params: Scalar) -> NewRow:
    """One line to one person. ``name`` picks the words in ``screens``; about a client it stands in their topic.

    About an offer (``offer_id``) it comes after the card that it speaks of.
    """
    stream = "screens" if client_id is None else f"client:{client_id}"
    if client_id is None and "offer_id" in params:
        stream = f"card:{params['offer_id']}"
    return _staff_row(staff_id, stream, RowKind.NOTICE, Priority.REFUSAL, name=name, client_id=client_id, **params)


def screen(staff_id: StaffId, name: str, args: str = "", post_id: PostId | None = None) -> NewRow:
    """A page. With ``post_id`` that post is edited into it; else it is posted."""
    row = _staff_row(staff_id, "screens", RowKind.SCREEN, Priority.REFUSAL, name=name, args=args, post_id=post_id)
    return row if post_id is None else _collapsed(row)


def withdraw(staff_id: StaffId, client_id: ClientId) -> NewRow:
    return _staff_row(staff_id, f"client:{client_id}", RowKind.WITHDRAW, Priority.WITHDRAWAL, client_id=client_id)


def menu(staff_id: StaffId) -> NewRow:
    return _collapsed(_staff_row(staff_id, "menu", RowKind.MENU, Priority.HEADER))


def erase(staff_id: StaffId, post_id: PostId) -> NewRow:
    return _staff_row(staff_id, "screens", RowKind.ERASE, Priority.REFUSAL, post_id=post_id)


def to_client(
    kind: RowKind,
    channel_id: ChannelId,
    conversation_id: ConversationId,
    *,
    due_at: Moment | None = None,
    waits_for: int | None = None,
    **payload: Scalar,
) -> NewRow:
    """What leaves for a client: in order within their conversation."""
    return NewRow(
        channel_lane(channel_id),
        f"conversation:{conversation_id}",
        kind,
        {"conversation_id": conversation_id, **payload},
        Priority.RELAY,
        f"conversation:{conversation_id}",
        due_at,
        None,
        waits_for,
    )


def in_front(row: NewRow) -> NewRow:
    """The same row, before everything that waits in its stream."""
    return replace(row, front=True)


def fetch(held_by: str, media_id: int) -> NewRow:
    return NewRow(files_lane(held_by), f"media:{media_id}", RowKind.FETCH, {"media_id": media_id})


def to_crm(kind: RowKind, crm_id: CrmId, lead_id: LeadId, **payload: Scalar) -> NewRow:
    return NewRow(crm_lane(crm_id), f"lead:{lead_id}", kind, {"lead_id": lead_id, **payload})


def crm_find(crm_id: CrmId, offer_id: OfferId) -> NewRow:
    return NewRow(crm_lane(crm_id), f"find:{offer_id}", RowKind.CRM_FIND, {"offer_id": offer_id})
