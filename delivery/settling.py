"""Outcomes on their way into the database. None is lost: what could not be written is kept and written later.

Usually all that came back while the last transaction ran share the next one. When one fails, either the database is in
trouble (then everything waits for it) or settling one outcome is a mistake of ours: so they are written one by one, and
the one that keeps failing while the database works is marked dead for a person to see, instead of stopping its lane.
"""

import logging
import math
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from delivery.metrics import Metrics
from delivery.turn import Order, Settled, Turn, take_turn
from sales.errors import Unavailable
from sales.ids import OutboxId
from sales.outbox import RowState
from sales.ports import LaneTransactions, Work
from sales.ports import Order as Leaving
from sales.use_cases.settle import settle_rows

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds before the database is tried again."""
MOST_TRIES = 3


class Settling:
    """The waiting outcomes of one lane. ``not_before``: seconds on the event loop's clock, while there is trouble.

    An order takes with it whatever waits when its turn comes, which is in the storage's thread: hence the deque.
    """

    def __init__(self, transactions: LaneTransactions, metrics: Metrics, written: Callable[[Settled], None]) -> None:
        self.not_before = -math.inf
        self.troubled = False
        self._transactions = transactions
        self._metrics = metrics
        self._written = written
        self._waiting: deque[Settled] = deque()
        self._taken: list[Settled] = []
        self._one_by_one = False
        self._failures = 0
        self._tries: dict[OutboxId, int] = {}

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def add(self, settled: Settled) -> None:
        self._waiting.append(settled)

    def leave(self, order: Callable[[], Order]) -> Leaving[Turn] | None:
        """Have everything settled, and rows claimed as ``order`` says by then. None: first there is trouble to mend."""
        if self._one_by_one:
            return None
        return self._transactions.leave(order().lane, lambda work: take_turn(work, self._with_settled(order())))

    def _with_settled(self, order: Order) -> Order:
        """It may be asked again, when the transaction has to be repeated."""
        while self._waiting:
            self._taken.append(self._waiting.popleft())
        return replace(order, settled=tuple(self._taken))

    async def outcome(self, left: Leaving[Turn], now: Callable[[], float]) -> Turn | None:
        """Of an order that was left. None: it failed, nothing was claimed; come again at ``not_before``."""
        self._metrics.transactions += 1
        try:
            turn = await left.outcome()
        except Exception as error:
            self._waiting.extendleft(reversed(self._taken))
            self._taken.clear()
            self._one_by_one = True
            self._failed(error, now())
            return None
        self._failures, self.not_before, self.troubled = 0, -math.inf, False
        settled, self._taken = self._taken, []
        for one in settled:
            self._written(one)
        return turn

    async def mend(self, now: Callable[[], float]) -> None:
        """Write what waits one by one."""
        await self._carefully(now)

    async def _write(self, use_case: Callable[[Work], Turn | None]) -> Turn | None:
        self._metrics.transactions += 1
        return await self._transactions.write(use_case)

    def _failed(self, error: Exception, now: float) -> None:
        self._failures += 1
        self._metrics.troubles += 1
        self.troubled = True
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures - 1, 10))
        self.not_before = now + pause
        log.warning("%d outcomes wait to be written, again in %.1f s: %r", len(self._waiting), pause, type(error))

    async def _carefully(self, now: Callable[[], float]) -> None:
        try:
            await self._write(lambda work: None)  # is it the database?
        except Exception as error:
            self._failed(error, now())
            return
        batch, self._waiting = self._waiting, deque()
        for settled in batch:
            if not await self._settled_alone(settled):
                self._waiting.append(settled)
        self._one_by_one = bool(self._waiting)

    async def _settled_alone(self, settled: Settled) -> bool:
        row, outcome = settled
        try:
            await self._write(lambda work: settle_rows(work, [settled]))
        except Unavailable:
            return False  # that is the database, and says nothing about the row
        except Exception as error:
            return await self._buried(settled, error)
        self._tries.pop(row.id, None)
        self._written((row, outcome))
        return True

    async def _buried(self, settled: Settled, error: Exception) -> bool:
        """Give the row up once it has failed often enough. Whether it is done with."""
        row, outcome = settled
        tries = self._tries[row.id] = self._tries.get(row.id, 0) + 1
        kinds = (row.id, row.kind, type(outcome).__name__, type(error).__name__)
        log.error("row %d (%s): settling %s raised %s", *kinds, exc_info=error if tries == 1 else None)
        if tries < MOST_TRIES:
            return False
        problem = f"{type(outcome).__name__} could not be settled: {type(error).__name__}"
        try:
            await self._write(lambda work: work.outbox.finish(row.id, RowState.DEAD, problem))
        except Exception as again:
            log.error("row %d (%s) can't be marked dead: %s", row.id, row.kind, type(again).__name__)
            return False
        del self._tries[row.id]
        return True
