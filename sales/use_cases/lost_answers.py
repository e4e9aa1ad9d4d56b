"""The platform repeats which row of ours a message left for: so a send whose answer was lost is settled after all."""

from collections.abc import Sequence

from sales.ids import ChannelId, OutboxId
from sales.messages import Message, MessageStatus
from sales.outbox import Row, RowKind, channel_lane
from sales.ports import Work
from sales.use_cases.row_payload import message_of

UNSETTLED = frozenset({MessageStatus.QUEUED, MessageStatus.FAILED})


def settle_by_row(work: Work, channel_id: ChannelId, row_id: OutboxId, external_id: str) -> Message | None:
    """The message is sent, under that id, and its row leaves no second time. ``None`` for a row that is settled.

    Parts of an album that leave one by one leave in their order, so the first without an answer is meant, unless one
    has that id already; the row stays as long as others have to follow.
    """
    row = work.outbox.get(row_id)
    if row is None or row.lane != channel_lane(channel_id) or row.kind is not RowKind.MESSAGE:
        return None
    parts = _parts(work, row)
    known = next((part for part in parts if part.external_id == external_id), None)
    open_parts = [part for part in parts if part.status in UNSETTLED and part.external_id is None]
    if known is not None or not open_parts:
        return known
    work.messages.settle(open_parts[0].id, MessageStatus.SENT, external_id, None)
    if len(open_parts) == 1:
        work.outbox.finish_sent([row.id])
    return work.messages.get(open_parts[0].id)


def _parts(work: Work, row: Row) -> Sequence[Message]:
    message = work.messages.get(message_of(row))
    if message is None:
        return []
    return [message] if message.album is None else work.messages.of_album(message.conversation_id, message.album)
