"""What is due at a moment of a clock that tests move: retries of webhooks, codes that are shown for a while."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from .clock import Clock


@dataclass(slots=True, order=True)
class Timer:
    """Something due. `cancel` before it happens, or never."""

    due: float
    number: int
    act: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """It won't happen."""
        self.cancelled = True


class Timers:
    """All that is due, on one clock. Time is moved ahead here, so that what comes due meanwhile happens."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._waiting: list[Timer] = []
        self._made = 0
        self._alarm: asyncio.TimerHandle | None = None

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Call `act` when that much of this clock's time has passed."""
        self._made += 1
        timer = Timer(self.clock.now() + seconds, self._made, act)
        heapq.heappush(self._waiting, timer)
        self._arm()
        return timer

    def jump(self, seconds: float) -> None:
        """Move time ahead at one stroke; what has come due meanwhile happens once, now."""
        self.clock.advance(seconds)
        self._run_due()

    async def advance(self, seconds: float, settle: Callable[[], Awaitable[None]]) -> None:
        """Move time ahead, moment by moment: what comes due happens, and `settle` waits until it has happened."""
        until = self.clock.now() + seconds
        while (due := self._next()) is not None and due <= until:
            self.clock.advance(max(0.0, due - self.clock.now()))
            self._run_due()
            await settle()
        self.clock.advance(max(0.0, until - self.clock.now()))
        self._arm()

    def set_speed(self, speed: float) -> None:
        """Change how fast time runs."""
        self.clock.set_speed(speed)
        self._arm()

    def close(self) -> None:
        """Nothing happens any more."""
        self._waiting.clear()
        self._arm()

    def _next(self) -> float | None:
        while self._waiting and self._waiting[0].cancelled:
            heapq.heappop(self._waiting)
        return self._waiting[0].due if self._waiting else None

    def _run_due(self) -> None:
        # A moment's tolerance: the loop's alarm may ring a little early.
        while (due := self._next()) is not None and due <= self.clock.now() + 0.001:
            heapq.heappop(self._waiting).act()
        self._arm()

    def _arm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        due = self._next()
        if due is not None:
            wait = max(0.0, (due - self.clock.now()) / self.clock.speed)
            self._alarm = asyncio.get_running_loop().call_later(wait, self._run_due)
