"""Webhook delivery: form-encoded, unsigned, 2 s, tried again after 5, 15 and 60 minutes, then switched off."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from playground.kit.timers import Timers

from .options import Options

Json = dict[str, Any]

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True, eq=False)
class Hook:
    """A subscription. `settings` are the events."""

    id: int
    destination: str
    settings: list[str]
    sort: int
    created_by: int
    created_at: int
    updated_at: int
    disabled: bool = False


@dataclass(slots=True, eq=False)
class Delivery:
    """One body on its way to one address; `hook` is the subscription, none for the hook of a chat channel."""

    url: str
    event: str
    body: bytes
    headers: dict[str, str]
    hook: Hook | None
    attempt: int = 0

    def again(self) -> Delivery:
        """The same once more from the beginning."""
        return Delivery(self.url, self.event, self.body, dict(self.headers), self.hook)


@dataclass(slots=True)
class Webhooks:
    """Every delivery of one server. `log` has each try, `kept` what was sent, newest last."""

    options: Options
    timers: Timers
    start: Callable[[Awaitable[None]], None]
    log: deque[Json]
    kept: deque[Delivery] = field(default_factory=lambda: deque(maxlen=1000))
    muted: bool = False
    _busy: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _http: aiohttp.ClientSession | None = None
    _closed: bool = False

    def send(self, delivery: Delivery) -> None:
        """Deliver; while muted it is lost without a trace."""
        if self.muted or self._closed:
            return
        self.kept.append(delivery)
        self._run(self._try(delivery))

    def post(self, hook: Hook, event: str, body: bytes) -> None:
        """A body to a subscriber."""
        self.send(Delivery(hook.destination, event, body, {"Content-Type": FORM, "User-Agent": "amoCRM"}, hook))

    async def settled(self) -> None:
        """Return when nothing is under way; what waits for its retry doesn't count."""
        while self._busy:
            self._idle.clear()
            await self._idle.wait()

    async def close(self) -> None:
        """Stop; what is undelivered is lost."""
        self._closed = True
        if self._http is not None:
            await self._http.close()

    def _run(self, work: Awaitable[None]) -> None:
        self._busy += 1
        self.start(self._counted(work))

    async def _counted(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._busy -= 1
            self._idle.set()

    async def _try(self, delivery: Delivery) -> None:
        if delivery.hook is not None and delivery.hook.disabled:
            return
        delivery.attempt += 1
        status, error = await self._post(delivery)
        fine = 100 <= status < 300
        wait = None if fine else self._wait(delivery)
        self._note(delivery, status, error, gave_up=not fine and wait is None)
        if wait is not None and not self._closed:
            self.timers.after(wait, lambda: self._run(self._try(delivery)))
        elif not fine and delivery.hook is not None:
            delivery.hook.disabled = True

    def _wait(self, delivery: Delivery) -> float | None:
        """Seconds until the next try. Messages of chat channels are sent once."""
        waits = self.options.webhook_retries if delivery.hook is not None else ()
        return waits[delivery.attempt - 1] if delivery.attempt <= len(waits) else None

    async def _post(self, delivery: Delivery) -> tuple[int, str]:
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        seconds = self.options.webhook_timeout if delivery.hook is not None else self.options.chat_timeout
        try:
            async with self._http.post(
                delivery.url,
                data=delivery.body,
                headers=delivery.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=seconds),
            ) as answer:
                return answer.status, "" if answer.ok else f"status {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError, ValueError) as error:
            return 0, str(error) or type(error).__name__

    def _note(self, delivery: Delivery, status: int, error: str, gave_up: bool) -> None:
        self.log.append(
            {
                "time": self.timers.clock.now(),
                "url": delivery.url,
                "event": delivery.event,
                "body": delivery.body.decode(errors="replace"),
                "attempt": delivery.attempt,
                "status": status,
                "error": error,
                "gave_up": gave_up,
            }
        )
