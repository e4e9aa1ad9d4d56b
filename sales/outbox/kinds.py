"""A row of the outbox: what kinds there are, and what each is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sales.ids import Moment, OutboxId

Scalar = str | int | bool | None
Payload = Mapping[str, Scalar]


class RowKind(StrEnum):
    """What is to be done when the row's turn comes. Rows name their subject; it is rendered at that moment."""

    # The staff's side: sent by screens.
    CARD = "card"  # offer_id, staff_id: post, edit or shrink the card
    TOPIC = "topic"  # staff_id, client_id (none: Inbox): make the topic if it is missing, rename it if it is not
    HEADER = "header"  # staff_id, client_id: post and pin, or edit, the client's card
    RELAY = "relay"  # staff_id, message_id, sound: show a message (with its whole album)
    RELAY_EDIT = "relay_edit"  # staff_id, message_id, late_file?: bring its post up to date, deleted ones too
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
    """A claimed row. ``uncertain``: an earlier attempt may have arrived (the process died, or the answer was lost).

    ``attempts`` counts the one under way: it is 1 at the first.
    """

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
