"""Background work that is counted, so that a test can wait until all of it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Errands:
    """Work that `start` runs in the background."""

    def __init__(self, start: Callable[[Awaitable[None]], None]) -> None:
        self._start = start
        self._busy = 0
        self._idle = asyncio.Event()

    def run(self, work: Awaitable[None]) -> None:
        """Begin one more."""
        self._busy += 1
        self._start(self._counted(work))

    async def settled(self) -> None:
        """Return when nothing is under way; what waits for its moment doesn't count."""
        while self._busy:
            self._idle.clear()
            await self._idle.wait()

    async def _counted(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._busy -= 1
            self._idle.set()
