"""What one transaction of a lane does: settle what has come back, then claim what may leave next.

Both in one, so that a thousand messages a second need few transactions, and so that a settled row's successor leaves at
once. It runs in the storage's thread, maybe more than once: it sees only what it is given, and changes nothing but the
database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delivery.staleness import is_stale
from sales.ids import MessageId, Moment
from sales.outbox import Outcome, Row, RowKind
from sales.ports import Work
from sales.use_cases.settle import settle_rows
from sales.use_cases.settle_messages import hold_stale

MOST_CLAIMED = 100
"""Rows per transaction: a bigger bite would keep other writers waiting."""
Settled = tuple[Row, Outcome]


@dataclass(frozen=True, slots=True)
class Order:
    """``limit`` rows at most; ``full`` buckets are passed over.

    ``room`` says how many rows a bucket takes, ``fresh_room`` how many one that ``room`` does not name.
    """

    lane: str
    settled: Sequence[Settled]
    limit: int
    full: Sequence[str] = ()
    room: Mapping[str, int] | None = None
    fresh_room: int = MOST_CLAIMED
    recover: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that may leave, and how many messages it makes on the platform."""

    row: Row
    cost: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an order. ``next_due`` is when the lane has something to do again, as far as the outbox knows.

    Of the ``taken`` rows, ``held`` are stale replies and ``returned`` had no token in their bucket.
    """

    claimed: Sequence[Claimed]
    next_due: Moment | None
    taken: int
    held: int
    returned: int
    recovered: int
    frozen: Mapping[str, Moment]
    now: Moment


def take_turn(work: Work, order: Order) -> Turn:
    """Settle, then claim. Raises what settling raises; then nothing has happened."""
    recovered = work.outbox.recover([order.lane]) if order.recover else 0
    frozen = work.outbox.frozen(work.now) if order.recover else {}
    if order.settled:
        settle_rows(work, order.settled)
    rows = work.outbox.claim(order.lane, work.now, order.limit, order.full) if order.limit else []
    fit = _fitting(work, order, rows)
    fresh = [row for row in fit if not is_stale(row, work.now)]
    for row in fit:
        if is_stale(row, work.now):
            hold_stale(work, row)
    return Turn(
        claimed=[Claimed(row, _cost(work, row)) for row in fresh],
        next_due=work.outbox.next_due([order.lane]).get(order.lane),
        taken=len(rows),
        held=len(fit) - len(fresh),
        returned=len(rows) - len(fit),
        recovered=recovered,
        frozen=frozen,
        now=work.now,
    )


def _fitting(work: Work, order: Order, rows: Sequence[Row]) -> list[Row]:
    """Put back what its bucket has no token for: it is asked for again when one comes."""
    left: dict[str, int] = {}
    fit = []
    for row in rows:
        if _takes(order, left, row.bucket):
            fit.append(row)
        else:
            work.outbox.again(row.id, row.due_at, "", row.uncertain)
    return fit


def _takes(order: Order, left: dict[str, int], bucket: str | None) -> bool:
    if bucket is None:
        return True
    room = left.get(bucket, (order.room or {}).get(bucket, order.fresh_room))
    left[bucket] = room - 1
    return room > 0


def _cost(work: Work, row: Row) -> int:
    """An album costs as many messages as it has parts. Only rows that were made to wait for parts can be albums."""
    if row.kind not in (RowKind.RELAY, RowKind.MESSAGE) or row.due_at <= row.created_at:
        return 1
    message = work.messages.get(MessageId(int(row.payload.get("message_id") or 0)))
    if message is None or message.album is None:
        return 1
    return max(1, len(work.messages.of_album(message.conversation_id, message.album)))
