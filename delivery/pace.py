"""How fast a lane may go: token buckets, pure. Whoever asks passes the time, in seconds of a clock that never jumps.

A platform limits the whole account and each chat: a lane has one bucket of its own and one per chat (``Row.bucket``).
Each is kept a little under the platform's, so that the way there may stretch and squeeze what was evenly spaced.
"""

import math
from dataclasses import dataclass, field

from sales.channels import Limits

ENOUGH = 1 - 1e-9
"""Of a token. Who waits exactly 1/rate must pass in spite of rounding."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one lane may do.

    Rates are tokens per second; ``burst`` is the most that may leave at once after a quiet while. ``parallel`` bounds
    what is under way at once. ``patience`` is how many seconds a sender may take before its row counts as unknown.
    """

    rate: float = math.inf
    burst: float = 1.0
    bucket_rate: float = math.inf
    bucket_burst: float = 1.0
    parallel: int = 32
    patience: float = 300.0


TELEGRAM = Pace(rate=29.9, burst=4, bucket_rate=1.0, bucket_burst=4, parallel=60)
"""A bot: 30 messages a second, one a second per chat with short bursts (PLATFORMS.md A3). 99.6% of that is used."""


def pace_of(limits: Limits) -> Pace:
    """As a kind of channel says."""
    return Pace(limits.rate, limits.burst, limits.chat_rate, limits.chat_burst, limits.parallel)


FILES = Pace(parallel=6, patience=1800.0)
UNLIMITED = Pace(parallel=64)


class Bucket:
    """Tokens come back at ``rate`` up to ``burst``. May fall below zero: an album passes whole and is paid off."""

    __slots__ = ("_rate", "burst", "frozen_until", "tokens", "updated")

    def __init__(self, rate: float, burst: float, now: float, tokens: float | None = None) -> None:
        self._rate = rate
        self.burst = burst
        self.tokens = burst if tokens is None else tokens
        self.updated = now
        self.frozen_until = -math.inf

    def level(self, now: float) -> float:
        """Tokens there are. Endless where there is no limit, none while it is frozen."""
        if now < self.frozen_until:
            return 0.0
        if math.isinf(self._rate):
            return math.inf
        if now > self.updated:
            self.tokens = min(self.burst, self.tokens + (now - self.updated) * self._rate)
            self.updated = now
        return self.tokens

    def ready_at(self, now: float) -> float:
        """When there is a token: ``now``, or later."""
        level = self.level(now)
        if level >= ENOUGH:
            return now
        if now < self.frozen_until:
            return self.frozen_until
        return now + (1 - level) / self._rate

    def take(self, now: float, cost: float = 1.0) -> None:
        """Spend, whether there is enough or not."""
        if not math.isinf(self.level(now)):
            self.tokens -= cost

    def give_back(self, now: float, cost: float = 1.0) -> None:
        """It was not needed after all."""
        if not math.isinf(self.level(now)) and now >= self.frozen_until:
            self.tokens = min(self.burst, self.tokens + cost)

    def freeze(self, until: float) -> None:
        """Nothing before ``until``, then one at a time: the other side has just said that we were too fast."""
        if until > self.frozen_until:
            self.frozen_until = self.updated = until
            self.tokens = min(self.tokens, 1.0)

    def is_full(self, now: float) -> bool:
        """As good as new, so it need not be remembered."""
        return now >= self.frozen_until and self.level(now) >= self.burst


@dataclass(slots=True)
class Meter:
    """The buckets of one lane. ``cold``: who sent before us a moment ago is unknown, so buckets start almost empty."""

    lane: str
    pace: Pace
    started: float
    cold: bool = False
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _own: Bucket = field(init=False)

    def __post_init__(self) -> None:
        self._own = Bucket(self.pace.rate, self.pace.burst, self.started, 1.0 if self.cold else None)

    def room(self, now: float) -> int:
        """How many rows may leave now."""
        return max(0, math.floor(min(self._own.level(now) + 1e-9, float(self.pace.parallel))))

    def ready_at(self, now: float) -> float:
        """When the lane has a token."""
        return self._own.ready_at(now)

    def bucket_ready_at(self, name: str | None, now: float) -> float:
        """When this chat has a token."""
        bucket = self._find(name, now)
        return now if bucket is None else bucket.ready_at(now)

    def take(self, name: str | None, now: float, cost: float = 1.0) -> None:
        """One row leaves: it costs the lane and its chat."""
        self._own.take(now, cost)
        bucket = self._find(name, now)
        if bucket is not None:
            bucket.take(now, cost)

    def give_back(self, name: str | None, now: float, cost: float = 1.0) -> None:
        """The row left without a call."""
        self._own.give_back(now, cost)
        bucket = self._find(name, now)
        if bucket is not None:
            bucket.give_back(now, cost)

    def freeze(self, name: str, until: float) -> None:
        """``name`` is this lane or one of its buckets."""
        bucket = self._own if name == self.lane else self._made(name, until)
        bucket.freeze(until)

    def full(self, now: float) -> dict[str, float]:
        """Buckets without a token and when each gets one. Forgets those that are as good as new."""
        for name in [name for name, bucket in self._buckets.items() if bucket.is_full(now)]:
            del self._buckets[name]
        waits = {name: bucket.ready_at(now) for name, bucket in self._buckets.items()}
        return {name: at for name, at in waits.items() if at > now}

    def rooms(self, now: float) -> dict[str, int]:
        """How many rows each remembered bucket takes now; 0 for those of ``full``. Where nothing limits, none."""
        full = self.full(now)
        if math.isinf(self.pace.bucket_rate):
            return dict.fromkeys(full, 0)
        return {name: max(0, math.floor(bucket.level(now) + 1e-9)) for name, bucket in self._buckets.items()}

    def fresh_room(self, now: float) -> int | None:
        """The same for any other bucket. None where nothing limits."""
        if math.isinf(self.pace.bucket_rate):
            return None
        return max(1, math.floor(self._first_tokens(now)))

    def frozen(self, now: float) -> bool:
        """The lane itself stands still."""
        return now < self._own.frozen_until

    def _find(self, name: str | None, now: float) -> Bucket | None:
        if name is None or math.isinf(self.pace.bucket_rate):
            return self._buckets.get(name) if name is not None else None
        return self._made(name, now)

    def _made(self, name: str, now: float) -> Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = Bucket(self.pace.bucket_rate, self.pace.bucket_burst, now, self._first_tokens(now))
            self._buckets[name] = bucket
        return bucket

    def _first_tokens(self, now: float) -> float:
        if not self.cold or math.isinf(self.pace.bucket_rate):
            return self.pace.bucket_burst
        return min(self.pace.bucket_burst, 1 + max(0.0, now - self.started) * self.pace.bucket_rate)
