"""What one transaction of a lane does: settle what has come back, then claim what may leave next.

Both in one, so that a thousand messages a second need few transactions, and so that a settled row's successor leaves at
once. It runs in the storage's thread, maybe more than once: it sees only what it is given, and changes the database only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delivery.staleness import is_stale
from sales.ids import MessageId, Moment
from sales.outbox import Outcome, Row, RowKind
from sales.ports import Work
from sales.use_cases.settle import hold_stale, settle_rows

MOST_CLAIMED = 100
"""Rows per transaction: a bigger bite would keep other writers waiting."""
Settled = tuple[Row, Outcome]


@dataclass(frozen=True, slots=True)
class Order:
    """``limit`` rows at most; ``full`` buckets are passed over; ``room`` says how many rows each other bucket takes."""

    lane: str
    settled: Sequence[Settled]
    limit: int
    full: Sequence[str] = ()
    room: Mapping[str, int] | None = None
    fresh_room: int = MOST_CLAIMED
    """Of a bucket that ``room`` does not name."""
    recover: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that may leave, and how many messages it makes on the platform."""

    row: Row
    cost: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an order. ``next_due`` is when the lane has something to do again, as far as the outbox knows."""

    claimed: Sequence[Claimed]
    next_due: Moment | None
    held: int
    recovered: int
    frozen: Mapping[str, Moment]
    now: Moment
