"""Sending rates: one chat about 1/s with a short burst, a group 20/min, a bot 30/s (Telegram's FAQ on limits).

A refused call freezes its bucket for `retry_after`; whoever calls again while it is frozen makes it longer.
"""

from __future__ import annotations

import math
from collections import OrderedDict

from .options import Options

MAX_BUCKETS = 50_000
IGNORED_PENALTY = 1.0


class Bucket:
    """A token bucket. May go below zero, so that an album passes and is paid for afterwards."""

    __slots__ = ("burst", "frozen_until", "rate", "tokens", "updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self.updated = now
        self.frozen_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next call would pass; 0 when it passes now. Extends a freeze that is ignored."""
        if now < self.frozen_until:
            self.frozen_until += IGNORED_PENALTY
            return self.frozen_until - now
        self.tokens = min(self.burst, self.tokens + (now - self.updated) * self.rate)
        self.updated = now
        # A client that waits exactly 1/rate must pass in spite of rounding.
        return 0.0 if self.tokens >= 1 - 1e-6 else (1 - self.tokens) / self.rate

    def freeze(self, now: float, seconds: float) -> None:
        """Refuse everything until then."""
        self.frozen_until = max(self.frozen_until, now + seconds)


class Limits:
    """All buckets of one server. `refused` counts 429s per bot."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.refused: dict[int, int] = {}
        self._bots: dict[int, Bucket] = {}
        self._chats: OrderedDict[tuple[int, str], Bucket] = OrderedDict()

    def charge(self, bot_id: int, chat_id: str, count: int, now: float) -> int:
        """Take `count` messages from every bucket concerned. Returns 0, or `retry_after` in whole seconds."""
        buckets = (self._chat(bot_id, chat_id, now), self._bot(bot_id, now))
        retry_after = 0
        for bucket in buckets:
            wait = bucket.wait(now)
            if wait > 0:
                seconds = max(1, math.ceil(wait))
                bucket.freeze(now, seconds)
                retry_after = max(retry_after, seconds)
        if retry_after:
            self.refused[bot_id] = self.refused.get(bot_id, 0) + 1
            return retry_after
        for bucket in buckets:
            bucket.tokens -= count
        return 0

    def reset(self) -> None:
        """Forget all that was sent so far."""
        self._bots.clear()
        self._chats.clear()

    def _bot(self, bot_id: int, now: float) -> Bucket:
        bucket = self._bots.get(bot_id)
        if bucket is None:
            bucket = self._bots[bot_id] = Bucket(self.options.bot_rate, self.options.bot_burst, now)
        return bucket

    def _chat(self, bot_id: int, chat_id: str, now: float) -> Bucket:
        key = (bot_id, chat_id)
        bucket = self._chats.get(key)
        if bucket is None:
            if len(self._chats) >= MAX_BUCKETS:
                self._chats.popitem(last=False)
            bucket = self._chats[key] = self._new_chat_bucket(chat_id, now)
        return bucket

    def _new_chat_bucket(self, chat_id: str, now: float) -> Bucket:
        if chat_id.startswith("-"):
            return Bucket(self.options.group_per_minute / 60, self.options.group_per_minute, now)
        return Bucket(self.options.chat_rate, self.options.chat_burst, now)
