"""Whether more is waiting to leave than we dare to accept: then webhooks answer 503, and the platform asks again."""

from collections.abc import Callable
from dataclasses import dataclass

from sales.ids import Moment
from sales.ports import Transactions, Work

FRESH = 1_000
"""Milliseconds for which an answer is good."""


@dataclass(frozen=True, slots=True)
class Bound:
    """``rows`` over all lanes: 100,000 are some 50 MB of database.

    ``age`` in milliseconds bounds a lane's oldest row, but only once ``rows_of_old`` wait there: a few rows that are
    stuck close no door.
    """

    rows: int = 100_000
    age: int = 6 * 3600 * 1000
    rows_of_old: int = 5_000


class Pressure:
    """Asked per webhook, so it counts at most once a second, whoever asks, and answers the others from memory."""

    def __init__(self, transactions: Transactions, clock: Callable[[], Moment], bound: Bound | None = None) -> None:
        self._transactions = transactions
        self._clock = clock
        self._bound = bound or Bound()
        self._full = False
        self._counted_at: Moment | None = None

    async def too_full(self) -> bool:
        """True: accept nothing more now."""
        now = self._clock()
        if self._counted_at is None or not 0 <= now - self._counted_at < FRESH:
            self._counted_at = now
            self._full = await self._transactions.read(self._look)
        return self._full

    def _look(self, work: Work) -> bool:
        depth = work.outbox.depth()
        if sum(count for count, _ in depth.values()) >= self._bound.rows:
            return True
        return any(
            count >= self._bound.rows_of_old and work.now - oldest >= self._bound.age
            for count, oldest in depth.values()
        )
