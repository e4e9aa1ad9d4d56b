"""Webhook delivery: order kept per chat, chats in parallel, retries (telegram-bot-api WebhookActor.cpp)."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from playground.kit.timers import Timer, Timers

from .options import Options
from .updates import Entry, UpdateQueue

Json = dict[str, Any]

MAX_BACKOFF = (60, 120)
MAX_RETRY_AFTER = 3600
GONE_SECONDS = 3600
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


@dataclass(slots=True)
class Lane:
    """Updates of one chat in order; only the first one is under way."""

    waiting: deque[Entry] = field(default_factory=deque)
    backoff: float = 1.0


@dataclass(slots=True)
class Webhook:
    """What setWebhook asked for, and how it goes."""

    url: str
    secret: str
    max_connections: int
    queue: UpdateQueue
    timers: Timers
    options: Options
    log: deque[Json]
    bot_id: int
    run_method: Callable[[Json], Awaitable[None]]
    start: Callable[[Awaitable[None]], None]
    last_error: str = ""
    last_error_at: int = 0
    closed: bool = False
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _ready: deque[str] = field(default_factory=deque)
    _workers: int = 0
    _session: aiohttp.ClientSession | None = None
    _retries: dict[str, Timer] = field(default_factory=dict)
    _gone_since: float = 0.0

    def open(self) -> None:
        """Take over the queue, beginning with what already waits."""
        self.queue.listener = self.add
        for entry in self.queue.pending():
            self.add(entry)

    def close(self) -> None:
        """Stop; what is undelivered stays in the queue."""
        self.closed = True
        self.queue.listener = None
        for timer in self._retries.values():
            timer.cancel()
        self._ready.clear()

    def add(self, entry: Entry) -> None:
        """A new update: it waits behind its chat's earlier ones."""
        lane = self._lanes.get(entry.chat)
        if lane is not None:
            lane.waiting.append(entry)
            return
        self._lanes[entry.chat] = Lane(deque((entry,)))
        self._offer(entry.chat)

    def _offer(self, chat: str) -> None:
        if self.closed:
            return
        self._ready.append(chat)
        if self._workers < self.max_connections:
            self._workers += 1
            self.start(self._work())

    async def _work(self) -> None:
        try:
            while self._ready:
                chat = self._ready.popleft()
                await self._advance(chat, self._lanes[chat])
        finally:
            self._workers -= 1
            if self._workers == 0 and self._session is not None and self.closed:
                await self._session.close()

    async def _advance(self, chat: str, lane: Lane) -> None:
        entry = lane.waiting[0]
        if entry.id in self.queue.entries and entry.expires > self.timers.clock.now():
            wait = await self._deliver(entry, lane)
            if wait:
                self._retry_later(chat, wait)
                return
        self.queue.done(entry.id)
        lane.waiting.popleft()
        lane.backoff = 1.0
        if lane.waiting:
            self._offer_again(chat)
        else:
            del self._lanes[chat]

    def _offer_again(self, chat: str) -> None:
        if not self.closed:
            self._ready.append(chat)

    def _retry_later(self, chat: str, wait: float) -> None:
        if not self.closed:
            self._retries[chat] = self.timers.after(wait, lambda: self._retry(chat))

    def _retry(self, chat: str) -> None:
        del self._retries[chat]
        self._offer(chat)

    async def _deliver(self, entry: Entry, lane: Lane) -> float:
        """Post one update. Returns 0 when it was taken, else the seconds to wait."""
        try:
            status, headers, body = await self._post(json.dumps(entry.body, separators=(",", ":")).encode())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return self._failed(entry, lane, 0, f"Connection failed: {error or type(error).__name__}", None)
        if 200 <= status < 300:
            self._note(self.timers.clock.now(), entry, status, "")
            await self._run_reply(body)
            return 0.0
        return self._failed(
            entry, lane, status, f"Wrong response from the webhook: {status}", headers.get("Retry-After")
        )

    async def _post(self, body: bytes) -> tuple[int, Any, bytes]:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self.max_connections)
            timeout = aiohttp.ClientTimeout(total=self.options.webhook_timeout)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers[SECRET_HEADER] = self.secret
        async with self._session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, answer.headers, await answer.read()

    async def _run_reply(self, body: bytes) -> None:
        """The answer may hold a call; its result is told to nobody."""
        if not body.startswith(b"{"):
            return
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self.run_method(call)

    def _failed(self, entry: Entry, lane: Lane, status: int, error: str, retry_after: str | None) -> float:
        now = self.timers.clock.now()
        self.last_error, self.last_error_at = error, int(now)
        self._note(now, entry, status, error)
        self._drop_if_gone(status, now)
        if retry_after is not None and retry_after.isdigit():
            return min(max(int(retry_after), 1), MAX_RETRY_AFTER)
        wait = lane.backoff
        lane.backoff = min(lane.backoff * 2, random.uniform(*MAX_BACKOFF))  # noqa: S311
        return wait

    def _note(self, now: float, entry: Entry, status: int, error: str) -> None:
        self.log.append({"time": now, "bot_id": self.bot_id, "update_id": entry.id, "status": status, "error": error})

    def _drop_if_gone(self, status: int, now: float) -> None:
        """410 for long means that nobody wants the updates any more."""
        if status != 410:
            self._gone_since = 0.0
        elif not self._gone_since:
            self._gone_since = now
        elif now - self._gone_since > GONE_SECONDS:
            self.close()

    async def shutdown(self) -> None:
        """Stop and close the connections; what is under way may finish, and closes them then."""
        self.close()
        if self._session is not None and self._workers == 0:
            await self._session.close()

    def info(self) -> Json:
        """The part of getWebhookInfo that only the webhook knows."""
        shown: Json = {"url": self.url, "max_connections": self.max_connections}
        if self.last_error:
            shown |= {"last_error_date": self.last_error_at, "last_error_message": self.last_error}
        return shown
