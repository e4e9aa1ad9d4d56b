"""Everything that leaves is a row: what kinds there are, which way out each takes, and what may come of it."""

from sales.outbox.kinds import NewRow, Payload, Priority, Row, RowKind, RowState, Scalar
from sales.outbox.lanes import STAFF_LANE, channel_lane, crm_lane, files_lane
from sales.outbox.outcomes import Blocked, Dropped, Outcome, Refused, Retry, Sent, Unknown
from sales.outbox.to_others import conversation_stream, crm_find, fetch, in_front, to_client, to_crm
from sales.outbox.to_staff import (
    card,
    erase,
    header,
    header_later,
    menu,
    notice,
    reaction,
    relay,
    relay_edit,
    screen,
    topic,
    withdraw,
)

__all__ = [
    "STAFF_LANE",
    "Blocked",
    "Dropped",
    "NewRow",
    "Outcome",
    "Payload",
    "Priority",
    "Refused",
    "Retry",
    "Row",
    "RowKind",
    "RowState",
    "Scalar",
    "Sent",
    "Unknown",
    "card",
    "channel_lane",
    "conversation_stream",
    "crm_find",
    "crm_lane",
    "erase",
    "fetch",
    "files_lane",
    "header",
    "header_later",
    "in_front",
    "menu",
    "notice",
    "reaction",
    "relay",
    "relay_edit",
    "screen",
    "to_client",
    "to_crm",
    "topic",
    "withdraw",
]
