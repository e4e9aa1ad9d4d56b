"""Time that tests move ahead or make run faster, and what is due at a moment of it."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


class Clock:
    """Seconds since the epoch. Runs forwards only, `speed` times as fast as real time."""

    def __init__(self) -> None:
        self._base = time.time()
        self._began = time.monotonic()
        self.speed = 1.0

    def now(self) -> float:
        """The moment it is here."""
        return self._base + (time.monotonic() - self._began) * self.speed

    def advance(self, seconds: float) -> None:
        """Move ahead at once; nobody sleeps."""
        if seconds < 0:
            raise ValueError("time runs forwards only")
        self._base += seconds

    def set_speed(self, speed: float) -> None:
        """From now on time runs that fast."""
        if speed <= 0:
            raise ValueError("speed is more than 0")
        self._base, self._began, self.speed = self.now(), time.monotonic(), speed


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
    """All that is due, on one clock."""

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
