"""Webhooks on their way: signed, retried with growing pauses for a week, in no promised order.

First attempts about one chat go one after the other; what failed waits by itself, and later events overtake it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from playground.kit.news import Bell
from playground.kit.timers import Timers

from .envelope import Event, body_of, encode, signature
from .options import Options

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class Parcel:
    """One POST until it is taken. `route` gives the address of now; `wait` is the next pause."""

    raw: bytes
    secret: str
    route: Callable[[], str]
    key: str
    until: float
    wait: float
    attempts: int = 0


@dataclass(slots=True)
class Delivery:
    """All webhooks of one server. While `holding`, events wait in `held` for `release`."""

    timers: Timers
    options: Options
    start: Callable[[Awaitable[None]], None]
    log: deque[Json]
    holding: bool = False
    held: list[Event] = field(default_factory=list)
    delivered: int = 0
    closed: bool = False
    coming: int = 0
    _lanes: dict[str, deque[Parcel]] = field(default_factory=dict)
    _waiting: int = 0
    _session: aiohttp.ClientSession | None = None
    _idle: Bell = field(default_factory=Bell)

    @property
    def pending(self) -> int:
        """POSTs that are not taken yet, and actions that are `coming` and may bring some."""
        return self.coming + self._waiting + sum(len(lane) for lane in self._lanes.values())

    async def idle(self, seconds: float) -> None:
        """Return when nothing is pending, or that many real seconds later."""
        if self.pending:
            await self._idle.wait(seconds)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something in a moment of real time, unless the server ends before."""
        self.coming += 1
        asyncio.get_running_loop().call_later(seconds, self._come, action)

    def _come(self, action: Callable[[], None]) -> None:
        self.coming -= 1
        if not self.closed:
            action()
            self._rest()

    def _rest(self) -> None:
        if not self.pending:
            self._idle.ring()

    def tell(self, event: Event) -> None:
        """Tell of one thing, or hold it."""
        if self.holding:
            self.held.append(event)
        elif event.callback():
            self.post([event])

    def post(self, events: list[Event]) -> None:
        """Several things in one POST; the first one says where and how it is signed."""
        first = events[0]
        self.send(encode(body_of(events)), first.business.app.secret, first.callback, first.key)

    def send(self, raw: bytes, secret: str, route: Callable[[], str], key: str) -> None:
        """Any bytes, signed with the secret."""
        now = self.timers.clock.now()
        parcel = Parcel(raw, secret, route, key, now + self.options.retry_seconds, self.options.retry_first)
        lane = self._lanes.get(key)
        if lane is not None:
            lane.append(parcel)
            return
        self._lanes[key] = deque((parcel,))
        self.start(self._work(key))

    def release(self, together: bool, order: str, times: int) -> int:
        """Send what was held: in one POST or each by itself, `kept`, `reversed` order, so many times over."""
        self.holding = False
        events, self.held = self.held, []
        events = [event for event in events if event.callback()]
        if order == "reversed":
            events.reverse()
        for _ in range(times):
            for batch in [events] if together and events else [[event] for event in events]:
                self.post(batch)
        return len(events)

    async def close(self) -> None:
        """Stop; what is undelivered is lost."""
        self.closed = True
        self.coming = 0
        if self._session is not None:
            await self._session.close()

    async def _work(self, key: str) -> None:
        lane = self._lanes[key]
        while lane and not self.closed:
            await self._attempt(lane[0])
            lane.popleft()
        del self._lanes[key]
        self._rest()

    async def _attempt(self, parcel: Parcel) -> None:
        parcel.attempts += 1
        url, status, error = parcel.route(), 0, ""
        try:
            status = await self._post(url, parcel)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        self._note(parcel, url, status, error)
        if status == 200:
            self.delivered += 1
        else:
            self._retry_later(parcel)
        self._rest()

    async def _post(self, url: str, parcel: Parcel) -> int:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self.options.webhook_connections)
            timeout = aiohttp.ClientTimeout(total=self.options.webhook_timeout)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": signature(parcel.secret, parcel.raw),
        }
        async with self._session.post(url, data=parcel.raw, headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer.status

    def _retry_later(self, parcel: Parcel) -> None:
        if self.closed or self.timers.clock.now() + parcel.wait > parcel.until:
            return
        self.timers.after(parcel.wait, lambda: self._retry(parcel))
        parcel.wait = min(parcel.wait * 2, self.options.retry_longest)
        self._waiting += 1

    def _retry(self, parcel: Parcel) -> None:
        self._waiting -= 1
        if not self.closed:
            self.start(self._attempt(parcel))

    def _note(self, parcel: Parcel, url: str, status: int, error: str) -> None:
        told = {
            "time": self.timers.clock.now(),
            "url": url,
            "status": status,
            "error": error,
            "attempt": parcel.attempts,
        }
        self.log.append(told | {"body": parcel.raw.decode(errors="replace"), "key": parcel.key})


async def verify(url: str, token: str, challenge: str, seconds: float) -> str:
    """Ask a callback whether it knows the token, as Meta does on subscription. Returns what is wrong, or nothing."""
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    try:
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, params=query, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                return f"HTTP Status Code = {answer.status}; HTTP Message = {answer.reason}"
            said = await answer.text()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        return f"the callback could not be reached: {type(error).__name__}"
    return "" if said == challenge else f"HTTP body is not the challenge: {json.dumps(said[:100])}"
