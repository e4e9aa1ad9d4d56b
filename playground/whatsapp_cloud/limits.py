"""Sending rates: 80 messages a second for a number (20 beside the Business app), one in 6 seconds for a pair.

Bursts are paid for later.

Source: Meta's "Throughput" page. A burst of up to 45 messages to one user passes, and the time it took is
borrowed from what follows.
"""

from __future__ import annotations

from collections import OrderedDict

from .errors import GraphError
from .options import Options

MAX_PAIRS = 50_000


class Bucket:
    """A token bucket."""

    __slots__ = ("burst", "rate", "tokens", "updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self.updated = now

    def take(self, now: float) -> bool:
        """Whether one more passes."""
        self.tokens = min(self.burst, self.tokens + (now - self.updated) * self.rate)
        self.updated = now
        # A client that waits exactly 1/rate must pass in spite of rounding.
        if self.tokens < 1 - 1e-6:
            return False
        self.tokens -= 1
        return True


class Limits:
    """All buckets of one server. `refused` counts refusals per code."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.refused: dict[int, int] = {}
        self._numbers: dict[str, Bucket] = {}
        self._pairs: OrderedDict[str, Bucket] = OrderedDict()

    def charge(self, number: str, pair: str, now: float, coexistence: bool = False) -> None:
        """Count one message. Raises GraphError 130429 or 131056."""
        rate = self.options.coexistence_per_second if coexistence else self.options.messages_per_second
        if not self._number(number, rate, now).take(now):
            self._refuse(130429, "Message failed to send because of too many messages from this phone number.")
        if not self._pair(pair, now).take(now):
            details = "Too many messages were sent from this phone number to the same phone number in a short time."
            self._refuse(131056, details)

    def reset(self) -> None:
        """Forget all that was sent so far."""
        self._numbers.clear()
        self._pairs.clear()

    def _refuse(self, code: int, details: str) -> None:
        self.refused[code] = self.refused.get(code, 0) + 1
        raise GraphError(code, details)

    def _number(self, number: str, rate: float, now: float) -> Bucket:
        return self._numbers.setdefault(number, Bucket(rate, max(rate, 1), now))

    def _pair(self, pair: str, now: float) -> Bucket:
        found = self._pairs.get(pair)
        if found is None:
            if len(self._pairs) >= MAX_PAIRS:
                self._pairs.popitem(last=False)
            found = self._pairs[pair] = Bucket(1 / self.options.pair_seconds, self.options.pair_burst, now)
        return found
