"""After something was repaired: events that could not be handled, and rows that were given up, get another chance."""

from collections.abc import Sequence

from sales import outbox
from sales.errors import Invalid, NotFound
from sales.ids import InboxId, MessageId, OutboxId
from sales.incoming import Incoming, Malformed
from sales.messages import MessageStatus
from sales.outbox import NewRow, Priority, Row, RowKind, RowState
from sales.ports import Work
from sales.ports.records import InboxEntry
from sales.use_cases.receive import receive

MOST_LOOKED_AT = 10_000


def open_entry(work: Work, inbox_id: InboxId) -> InboxEntry:
    """One that waits to be replayed. Raises ``NotFound``, ``Invalid('replayed_already')``."""
    entry = work.inbox.get(inbox_id)
    if entry is None:
        raise NotFound("event in the inbox")
    if entry.replayed_at is not None:
        raise Invalid("replayed_already")
    return entry


def replay(work: Work, inbox_id: InboxId, items: Sequence[Incoming | Malformed]) -> None:
    """``items`` is what the event reads as by now. If it fails again, it raises and nothing has changed."""
    entry = open_entry(work, inbox_id)
    if any(isinstance(item, Malformed) for item in items):
        raise Invalid("still_unreadable")
    work.seen.forget(entry.source, [entry.update_id])
    receive(work, items)
    work.inbox.settle(inbox_id)
    work.audit.add("inbox.replay", f"inbox:{inbox_id}")


def retry_row(work: Work, row_id: OutboxId) -> None:
    """A row that was given up leaves again, first in its stream; a held stream is let go. Raises ``NotFound``,
    ``Invalid``.
    """
    row = work.outbox.get(row_id)
    if row is None:
        raise NotFound("row in the outbox")
    if _is(work, row_id, RowState.HELD):
        work.outbox.release(row.stream)
    elif _is(work, row_id, RowState.DEAD):
        _send_again(work, row)
    else:
        raise Invalid("not_retryable")
    work.audit.add("outbox.retry", f"outbox:{row_id}")


def _is(work: Work, row_id: OutboxId, state: RowState) -> bool:
    return any(report.id == row_id for report in work.outbox.in_state(state, MOST_LOOKED_AT))


def _send_again(work: Work, row: Row) -> None:
    payload = dict(row.payload)
    if row.kind is RowKind.MESSAGE:
        _requeue(work, MessageId(int(payload["message_id"] or 0)))
        payload["asked"] = True
    again = NewRow(row.lane, row.stream, row.kind, payload, Priority(row.priority), row.bucket)
    work.outbox.finish(row.id, RowState.DROPPED)
    work.outbox.put([outbox.in_front(again)])


def _requeue(work: Work, message_id: MessageId) -> None:
    message = work.messages.get(message_id)
    if message is not None and message.status is MessageStatus.FAILED:
        work.messages.requeue(message_id)
