"""Time that tests move ahead, or make run faster."""

from __future__ import annotations

import time


class Clock:
    """Seconds since the epoch. Runs forwards only, `speed` times as fast as real time."""

    def __init__(self) -> None:
        self._base = self._began = time.time()
        self.speed = 1.0

    def now(self) -> float:
        """The moment it is here."""
        return self._base + (time.time() - self._began) * self.speed

    def advance(self, seconds: float) -> None:
        """Move time ahead at once; nobody sleeps."""
        if seconds < 0:
            raise ValueError("time runs forwards only")
        self._base += seconds

    def set_speed(self, speed: float) -> None:
        """From now on time runs that fast."""
        if speed <= 0:
            raise ValueError("speed is more than 0")
        self._base, self._began, self.speed = self.now(), time.time(), speed
