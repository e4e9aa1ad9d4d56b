"""Waiting for news, as the long polls of `/control` do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any


class Bell:
    """Wakes whoever waits for it now; who comes later waits for the next ring."""

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wake them all."""
        if not self._waiters:
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return at the next ring, or that many real seconds later."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await asyncio.wait([waiter], timeout=seconds)


@dataclass(slots=True, eq=False, kw_only=True)
class Versioned:
    """Something that people look at, such as a chat: `version` grows with each change that they could see."""

    version: int = 0
    _bell: Bell = field(default_factory=Bell, init=False, repr=False, compare=False)

    def touch(self) -> None:
        """Something a person could see has changed; who waits for it looks again."""
        self.version += 1
        self._bell.ring()

    async def changed(self, after: int, seconds: float) -> None:
        """Return when `version` is past `after`, or that many real seconds later."""
        if self.version <= after:
            await self._bell.wait(seconds)

    async def asked(self, values: dict[str, Any]) -> None:
        """Wait as a control action asks: for a version past `after` if it has one, up to `timeout` real seconds."""
        if values.get("after") is not None:
            await self.changed(values["after"], values.get("timeout", 10))
