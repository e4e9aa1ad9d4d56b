"""Time passes: once a second the use cases that are due get their turn.

apscheduler only ticks. Deadlines are rows, so a tick that comes late, or not at all, delays but loses nothing; ticks
that pile up behind a slow turn count as one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sales.errors import Unavailable

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to do every ``every`` seconds. Each run gets through what is due, or through a bounded part of it."""

    name: str
    every: float
    run: Callable[[], Awaitable[object]]


class Clock:
    """``run`` until cancelled. One due thing that fails is logged and does not keep the others waiting."""

    def __init__(self, dues: Sequence[Due]) -> None:
        self._dues = dues
        self._next: dict[str, float] = {}
        self._ticked = asyncio.Event()

    async def run(self) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None)
        scheduler.start()
        try:
            while True:
                await self._ticked.wait()
                self._ticked.clear()
                await self.turn()
        finally:
            scheduler.shutdown(wait=False)

    async def _tick(self) -> None:
        self._ticked.set()

    async def turn(self) -> None:
        """Run everything whose time has come, one after the other."""
        now = asyncio.get_running_loop().time()
        for due in self._dues:
            if self._next.get(due.name, 0.0) <= now:
                self._next[due.name] = now + due.every
                await self._run(due)

    async def _run(self, due: Due) -> None:
        try:
            await due.run()
        except Unavailable as error:
            log.warning("%s has to wait: %s", due.name, error)
        except Exception:
            log.exception("%s failed; it is tried again in %g s", due.name, due.every)
