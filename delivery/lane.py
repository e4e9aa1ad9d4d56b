"""One lane: a loop that sleeps until something can leave, and one task per row that is on its way.

While it sleeps, an order lies with the storage: whatever comes in for the lane is claimed in the transaction that
brings it (docs/decisions/0009).
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from delivery.attempts import Attempts
from delivery.metrics import Metrics
from delivery.pace import Meter, Pace
from delivery.sending import send_safely
from delivery.settling import Settling
from delivery.turn import MOST_CLAIMED, Claimed, Order, Turn
from sales.ids import Moment, OutboxId
from sales.outbox import Retry
from sales.ports import LaneTransactions
from sales.ports import Order as Leaving
from sales.ports.outgoing import LoadingSender, Sender

log = logging.getLogger(__name__)

AT_ONCE = -math.inf
NEVER = math.inf
LINGER = 0.005
"""Seconds an outcome may wait to be written together with others that are still to come back."""
PARTLY_DUE = 0.25
"""Seconds between looks while rows are due whose bucket is empty: others may become due behind them."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What every lane is given. ``clock`` tells the time of day; how fast time passes is the event loop's matter."""

    transactions: LaneTransactions
    sender_for: Callable[[str], Sender | None]
    pace_for: Callable[[str], Pace]
    clock: Callable[[], Moment]
    metrics: Metrics


class Lane:
    """``run`` returns when nobody sends for the lane any more, or when it was asked to stop and all is settled.

    Times are seconds on the event loop's clock.
    """

    def __init__(self, name: str, ways: Ways, *, cold: bool) -> None:
        self.name = name
        self._ways = ways
        self._now = asyncio.get_running_loop().time
        self._pace = ways.pace_for(name)
        self._metrics = ways.metrics.of(name)
        self._meter = Meter(name, self._pace, self._now(), cold)
        self._attempts = Attempts(name, self._meter, ways.clock, self._metrics)
        self._settling = Settling(ways.transactions, ways.metrics, self._attempts.count)
        self._under_way: dict[OutboxId, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._due_at = AT_ONCE
        self._recover = True
        self._stop_at: float | None = None
        self._order = self._new_order()
        self._left: Leaving[Turn] | None = None
        self._begun = False
        self._came_back_at = AT_ONCE

    def wake(self) -> None:
        """Something may be due. Our own commits are no news: they have claimed what they made due."""
        if asyncio.current_task() is self._task:
            return
        self._due_at = AT_ONCE
        self._woken.set()

    def stop(self, grace: float) -> None:
        """Claim nothing more; what is under way has ``grace`` seconds to come back."""
        self._stop_at = self._now() + grace
        self._woken.set()

    async def run(self) -> None:
        self._task = asyncio.current_task()
        async with asyncio.TaskGroup() as sends:
            try:
                while not self._finished():
                    await self._sleep()
                    if self._overdue() and self._under_way:
                        await self._abandon()
                    await self._turn(sends)
            finally:
                self._take_back()

    # --- when ---

    def _finished(self) -> bool:
        if self._under_way or self._left is not None:
            return False
        if self._settling.waiting:  # if even the database is gone, they come back uncertain
            return self._overdue() and self._settling.troubled
        return self._stop_at is not None or self._ways.sender_for(self.name) is None

    def _overdue(self) -> bool:
        return self._stop_at is not None and self._now() >= self._stop_at

    async def _sleep(self) -> None:
        """Until a row comes back, somebody wakes us, or there is both something due and a token for it."""
        self._woken.clear()
        at = self._wake_at()
        if at <= self._now() or self._begun:
            return
        self._stand_by()
        timer = None if at == NEVER else asyncio.get_running_loop().call_at(at, self._woken.set)
        try:
            await self._woken.wait()
        finally:
            if timer is not None:
                timer.cancel()

    def _wake_at(self) -> float:
        if self._settling.waiting:
            return max(self._settling.not_before, self._settle_at())
        if self._stop_at is not None:
            return self._stop_at if self._under_way else AT_ONCE
        if self._ways.sender_for(self.name) is None:
            return NEVER if self._under_way else AT_ONCE
        if not self._free():
            return NEVER
        return max(self._due_at, self._settling.not_before, self._meter.ready_at(self._now()), self._probe_at())

    def _settle_at(self) -> float:
        """At once unless more is on its way back: a commit costs the same for one as for many."""
        return self._came_back_at + LINGER if self._under_way and self._stop_at is None else AT_ONCE

    def _settles_now(self) -> bool:
        return bool(self._settling.waiting) and self._settle_at() <= self._now()

    def _probe_at(self) -> float:
        return self._attempts.health.probe_at if self._attempts.health.down else AT_ONCE

    def _free(self) -> int:
        """How many more rows may be under way: one at a time while the lane is down, none before a recovery."""
        if self._recover and self._under_way:
            return 0
        most = 1 if self._attempts.health.down else self._pace.parallel
        return max(0, most - len(self._under_way))

    def _limit(self) -> int:
        """How many rows to claim now. What comes back may free its successor, so then there may be something due."""
        if self._due_at > self._now() and not self._settles_now():
            return 0
        return self._room()

    def _room(self) -> int:
        """How many rows could leave if they were due."""
        now = self._now()
        if self._stop_at is not None or self._probe_at() > now or self._ways.sender_for(self.name) is None:
            return 0
        return min(self._free(), self._meter.room(now), MOST_CLAIMED)

    async def _abandon(self) -> None:
        """They may have arrived: their rows stay as they are and come back uncertain."""
        tasks = list(self._under_way.values())
        log.warning("lane %s stops with %d rows still under way; they are sent again", self.name, len(tasks))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    # --- one turn ---

    def _stand_by(self) -> None:
        """Whatever comes while we sleep is claimed along with its coming."""
        if self._left is None and self._room():
            self._leave(self._room())

    def _leave(self, limit: int) -> None:
        self._order = self._new_order(limit)
        left = self._left = self._settling.leave(lambda: self._order)
        if left is not None:
            left.when_done(lambda: self._on_begun(left))

    def _on_begun(self, order: Leaving[Turn]) -> None:
        """Word may come late, of one that has been followed already."""
        if self._left is order:
            self._begun = True
            self._woken.set()

    def _take_back(self) -> None:
        """An order that has begun can't be: it has claimed rows, maybe."""
        if self._left is not None and self._left.take_back():
            self._left = None

    async def _turn(self, sends: asyncio.TaskGroup) -> None:
        if self._left is None and self._settling.not_before > self._now():
            return
        limit = self._limit()
        if not self._room():
            self._take_back()
        if self._begun:
            self._order = self._new_order(limit)  # on PostgreSQL it has been called, and is still to run
        elif limit or self._settles_now():
            self._hurry(limit)
        elif self._left is None or self._room():
            return
        if self._left is None:
            await self._settling.mend(self._now)
            self._due_at = AT_ONCE
            return
        await self._follow(self._left, sends)

    def _hurry(self, limit: int) -> None:
        self._due_at = NEVER
        if self._left is None:
            self._leave(limit)
        else:
            self._order = self._new_order(limit)
        if self._left is not None:
            self._left.hurry()

    async def _follow(self, left: Leaving[Turn], sends: asyncio.TaskGroup) -> None:
        """Through to the end: what it has claimed must be sent, or rest until the next start."""
        turn = await self._settling.outcome(left, self._now)
        self._left, self._begun = None, False
        if turn is None:
            self._due_at = AT_ONCE
            return
        self._learn(turn)
        sender = self._ways.sender_for(self.name)
        for claimed in turn.claimed:
            self._start(sends, sender, claimed)

    def _new_order(self, limit: int = 0) -> Order:
        now = self._now()
        room = self._meter.rooms(now) or None
        recover = self._recover and not self._under_way
        sender = self._ways.sender_for(self.name)
        load = sender.load if isinstance(sender, LoadingSender) and not self._settling.troubled else None
        return Order(self.name, (), limit, room, self._meter.fresh_room(now), recover, load, now)

    def _learn(self, turn: Turn) -> None:
        self._due_at = min(self._due_at, self._next_due(turn))
        self._recover = self._recover and not turn.order.recover
        if turn.recovered:
            log.info("lane %s: %d rows were under way when Dibs ended; they are sent again", self.name, turn.recovered)
        for name, until in turn.frozen.items():
            self._meter.freeze(name, self._at(until))
        self._metrics.held += turn.held
        self._metrics.frozen = self._meter.frozen(self._now())

    def _next_due(self, turn: Turn) -> float:
        """When to claim next. What is due but was not claimed waits for its bucket, unless nothing was asked for."""
        if turn.next_due is None:
            return NEVER
        if turn.next_due > turn.now:
            return self._at(turn.next_due)
        now = self._now()
        if turn.taken >= turn.order.limit or now - turn.order.made_at > PARTLY_DUE:
            return AT_ONCE
        return min([now + PARTLY_DUE, *self._meter.full(now).values()])

    def _at(self, moment: Moment) -> float:
        """A time of day on the event loop's clock."""
        return self._now() + (moment - self._ways.clock()) / 1000

    # --- one row ---

    def _start(self, sends: asyncio.TaskGroup, sender: Sender | None, claimed: Claimed) -> None:
        row = claimed.row
        self._meter.take(row.bucket, self._now(), claimed.cost)
        self._under_way[row.id] = sends.create_task(self._send(sender, claimed), name=f"{self.name}:{row.id}")
        self._metrics.in_flight = len(self._under_way)

    def _put_back(self, claimed: Claimed) -> None:
        """It was not tried: no attempt counts, and it costs nothing."""
        self._meter.give_back(claimed.row.bucket, self._now(), claimed.cost)
        self._settling.add((claimed.row, Retry("", 0.0)))

    async def _send(self, sender: Sender | None, claimed: Claimed) -> None:
        """A sender that went away meanwhile leaves its rows for the next one."""
        row = claimed.row
        try:
            if sender is None:
                self._put_back(claimed)
                return
            outcome = await send_safely(sender, claimed, self._pace.patience, self._metrics)
            if not self._settling.waiting:
                self._came_back_at = self._now()
            self._settling.add(self._attempts.judged(claimed, outcome, self._now()))
        finally:
            del self._under_way[row.id]
            self._metrics.in_flight = len(self._under_way)
            self._woken.set()
