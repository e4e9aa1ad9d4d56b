"""What one transaction of a lane does: settle what has come back, then claim what may leave next.

Both in one, so that a thousand messages a second need few transactions, and so that a settled row's successor leaves at
once. It runs in the storage's thread, maybe more than once: it sees only what it is given, and changes nothing but the
database.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from delivery.staleness import is_stale
from sales.ids import MessageId, Moment
from sales.outbox import Outcome, Row, RowKind
from sales.ports import Work
from sales.ports.outgoing import Loaded
from sales.use_cases.settle import settle_rows
from sales.use_cases.settle_messages import hold_stale

log = logging.getLogger(__name__)

MOST_CLAIMED = 100
"""Rows per transaction: a bigger bite would keep other writers waiting."""
Settled = tuple[Row, Outcome]


@dataclass(frozen=True, slots=True)
class Order:
    """``limit`` rows at most; of a bucket as many as ``room`` says, or ``fresh_room`` where it says nothing.

    ``load`` reads what the claimed rows name, where their sender wants it. ``made_at`` is the event loop's time: what
    ``room`` says grows old.
    """

    lane: str
    settled: Sequence[Settled]
    limit: int
    room: Mapping[str, int] | None = None
    fresh_room: int | None = None
    recover: bool = False
    load: Callable[[Work, Sequence[Row]], Loaded] | None = None
    made_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that may leave, and how many messages it makes on the platform. ``loaded`` is for its sender."""

    row: Row
    cost: int
    loaded: object = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of ``order``. ``next_due`` is when the lane has something to do again, as far as the outbox knows.

    Of the ``taken`` rows, ``held`` are stale replies.
    """

    order: Order

    claimed: Sequence[Claimed]
    next_due: Moment | None
    taken: int
    held: int
    recovered: int
    frozen: Mapping[str, Moment]
    now: Moment


def take_turn(work: Work, order: Order) -> Turn:
    """Settle, then claim. Raises what settling raises; then nothing has happened."""
    recovered = work.outbox.recover([order.lane]) if order.recover else 0
    frozen = work.outbox.frozen(work.now) if order.recover else {}
    if order.settled:
        settle_rows(work, order.settled)
    rows = _claim(work, order) if order.limit else []
    fresh = [row for row in rows if not is_stale(row, work.now)]
    for row in rows:
        if is_stale(row, work.now):
            hold_stale(work, row)
    loaded = _load(work, order, fresh)
    return Turn(
        order,
        claimed=[Claimed(row, _cost(work, row), loaded.get(row.id)) for row in fresh],
        next_due=work.outbox.next_due([order.lane]).get(order.lane),
        taken=len(rows),
        held=len(rows) - len(fresh),
        recovered=recovered,
        frozen=frozen,
        now=work.now,
    )


def _claim(work: Work, order: Order) -> Sequence[Row]:
    return work.outbox.claim(order.lane, work.now, order.limit, room=order.room, fresh_room=order.fresh_room)


def _load(work: Work, order: Order, rows: Sequence[Row]) -> Loaded:
    """What can't be loaded is found out when it is sent, by its row alone."""
    if order.load is None or not rows:
        return {}
    try:
        return order.load(work, rows)
    except Exception:
        log.exception("lane %s: what %d rows name could not be loaded", order.lane, len(rows))
        return {}


def _cost(work: Work, row: Row) -> int:
    """An album costs as many messages as it has parts. Only rows that were made to wait for parts can be albums."""
    if row.kind not in (RowKind.RELAY, RowKind.MESSAGE) or row.due_at <= row.created_at:
        return 1
    message = work.messages.get(MessageId(int(row.payload.get("message_id") or 0)))
    if message is None or message.album is None:
        return 1
    return max(1, len(work.messages.of_album(message.conversation_id, message.album)))
