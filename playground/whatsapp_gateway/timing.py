"""The clock and the timers, where `playground.kommo` looks for them."""

from __future__ import annotations

from playground.kit.clock import Clock
from playground.kit.timers import Timer, Timers

__all__ = ["Clock", "Timer", "Timers"]
