"""Empties the outbox: one independent loop per lane, so that one that is slow or down delays only itself."""

import asyncio
import logging
from collections.abc import Callable, Collection

from delivery.lane import Lane, Ways
from delivery.metrics import Metrics
from delivery.pace import Pace
from sales.ids import Moment
from sales.ports import LaneTransactions
from sales.ports.outgoing import Sender

log = logging.getLogger(__name__)

GRACE = 5.0
PAUSE = 5.0
"""Seconds before the loop of a lane that crashed starts again."""


class Delivery:
    """``bot`` runs it, subscribes ``wake`` to commits, and calls ``stop`` before it cancels anything.

    Lanes come and go at run time: call ``wake([lane])`` when a lane gets a sender, and ``look_around`` when another
    process may have put rows into the outbox. A lane whose sender is gone ends by itself; its rows wait.
    """

    def __init__(
        self,
        transactions: LaneTransactions,
        sender_for: Callable[[str], Sender | None],
        pace_for: Callable[[str], Pace],
        clock: Callable[[], Moment],
    ) -> None:
        self.metrics = Metrics()
        self._ways = Ways(transactions, sender_for, pace_for, clock, self.metrics)
        self._lanes: dict[str, Lane] = {}
        self._group: asyncio.TaskGroup | None = None
        self._stopped = asyncio.Event()
        self._done = asyncio.Event()

    @property
    def lanes(self) -> Collection[str]:
        """Those that run."""
        return self._lanes.keys()

    async def run(self) -> None:
        """Until ``stop``. If it is cancelled instead, what is under way is sent again after the next start."""
        self._stopped.clear()
        self._done.clear()
        try:
            async with asyncio.TaskGroup() as self._group:
                try:
                    await self._begin()
                    await self._stopped.wait()
                finally:
                    self._stopped.set()  # nothing new is opened while what runs is being cancelled
        finally:
            self._group = None
            self._lanes.clear()
            self._done.set()

    def wake(self, lanes: Collection[str]) -> None:
        """Something may be due there. To be called in the event loop."""
        for name in lanes:
            lane = self._lanes.get(name)
            if lane is not None:
                lane.wake()
            else:
                self._open(name, cold=False)

    async def look_around(self) -> None:
        """Wake every lane that has anything to send."""
        self.wake(await self._ways.transactions.read(lambda work: list(work.outbox.lanes())))

    async def stop(self, grace: float = GRACE) -> None:
        """Claim nothing more, give what is under way ``grace`` seconds, settle it, return."""
        self._stopped.set()
        for lane in self._lanes.values():
            lane.stop(grace)
        if self._group is not None:
            await self._done.wait()

    async def _begin(self) -> None:
        """Lanes with a backlog start cold: we may have been sending there until a moment ago."""
        for name in await self._ways.transactions.read(lambda work: list(work.outbox.lanes())):
            self._open(name, cold=True)

    def _open(self, name: str, *, cold: bool) -> None:
        if self._group is None or self._stopped.is_set() or name in self._lanes:
            return
        if self._ways.sender_for(name) is None:
            return
        lane = self._lanes[name] = Lane(name, self._ways, cold=cold)
        self._group.create_task(self._watch(lane), name=f"lane {name}")

    async def _watch(self, lane: Lane) -> None:
        """A mistake of ours in one lane stops neither it nor the others for long."""
        while True:
            try:
                await lane.run()
            except Exception:
                log.exception("lane %s failed; it starts again in %g s", lane.name, PAUSE)
            else:
                break
            lane = await self._again(lane)
        if self._lanes.get(lane.name) is lane:
            del self._lanes[lane.name]

    async def _again(self, lane: Lane) -> Lane:
        try:
            async with asyncio.timeout(PAUSE):
                await self._stopped.wait()
        except TimeoutError:
            pass
        fresh = self._lanes[lane.name] = Lane(lane.name, self._ways, cold=True)
        if self._stopped.is_set():
            fresh.stop(0)
        return fresh
