"""Kommo's limits: 7 requests/s for an integration, 50/s for the account, and the block of whoever ignores the 429s."""

from __future__ import annotations

from collections import deque

from .errors import forbidden, too_many
from .options import Options


class Limits:
    """Requests of the last second, by integration and of all. `refused` counts 429s, by integration."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.refused: dict[str, int] = {}
        self._passed: dict[str, deque[float]] = {}
        self._abuse: dict[str, deque[float]] = {}
        self._blocked: dict[str, float] = {}

    def charge(self, integration: str, now: float) -> None:
        """Count a request; raises 429, or 403 while blocked. Refused requests don't fill the second."""
        if not self.options.limits:
            return
        if now < self._blocked.get(integration, 0.0):
            raise forbidden("IP address or integration is blocked for exceeding the limit of requests")
        windows = ((integration, self.options.rate), ("", self.options.account_rate))
        if any(len(self._recent(key, now)) >= most for key, most in windows):
            self._refuse(integration, now)
        for key, _most in windows:
            self._passed[key].append(now)

    def block(self, integration: str, until: float) -> None:
        """Refuse everything with 403 until then; a time that has passed lifts the block."""
        self._blocked[integration] = until

    def reset(self) -> None:
        """Forget all that was so far."""
        self._passed.clear()
        self._abuse.clear()
        self._blocked.clear()

    def _recent(self, key: str, now: float) -> deque[float]:
        """A second is half open: a client that sends every 1/7 s passes."""
        window = self._passed.setdefault(key, deque())
        while window and window[0] <= now - 1.0 + 1e-6:
            window.popleft()
        return window

    def _refuse(self, integration: str, now: float) -> None:
        self.refused[integration] = self.refused.get(integration, 0) + 1
        abuse = self._abuse.setdefault(integration, deque())
        abuse.append(now)
        while abuse[0] < now - self.options.abuse_seconds:
            abuse.popleft()
        if len(abuse) >= self.options.abuse_after:
            self.block(integration, now + self.options.block_seconds)
        raise too_many()
