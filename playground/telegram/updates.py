"""A bot's queue of updates, and long polling with its conflicts (telegram-bot-api Client.cpp)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from playground.kit.clock import Clock

from .errors import Conflict
from .options import Options

Json = dict[str, Any]

ALL_KINDS = frozenset(
    [
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_connection",
        "business_message",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "callback_query",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "subscription",
        "stopped_message_generation",
    ]
)
DEFAULT_KINDS = ALL_KINDS - {"chat_member", "message_reaction", "message_reaction_count"}

WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"
MAX_TIMEOUT = 50
REPEAT_SECONDS = 3


@dataclass(slots=True)
class Entry:
    """An update that waits. `chat` is the key whose order a webhook keeps."""

    id: int
    body: Any
    chat: str
    expires: float


class UpdateQueue:
    """Updates of one bot, oldest first. `listener` is told of each new one while a webhook is set."""

    def __init__(self, clock: Clock, options: Options, first_id: int) -> None:
        self.clock = clock
        self.options = options
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.allowed_listed: list[str] = []
        self.entries: dict[int, Entry] = {}
        self.listener: Callable[[Entry], None] | None = None
        self.delivered = 0
        self._next_id = first_id
        self._poller: asyncio.Future[None] | None = None
        self._last_poll = (0, 0.0)

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember `allowed_updates`; None keeps the earlier setting, an empty list is the default one."""
        if kinds is None:
            return
        self.allowed_listed = sorted({kind for kind in kinds if kind in ALL_KINDS})
        self.allowed = frozenset(self.allowed_listed) or DEFAULT_KINDS

    def push(self, kind: str, payload: Json, chat: str) -> int | None:
        """Queue an update if its kind is allowed now. Returns its id."""
        if kind not in self.allowed:
            return None
        seconds = self.options.callback_seconds if kind == "callback_query" else self.options.update_seconds
        return self.inject({kind: payload}, chat, seconds)

    def inject(self, body: Any, chat: str, seconds: int | None = None) -> int:
        """Queue a raw update, whatever it is. A dict without `update_id` gets one."""
        number, self._next_id = self._next_id, self._next_id + 1
        if isinstance(body, dict):
            body = {"update_id": number} | body
        keep = self.options.update_seconds if seconds is None else seconds
        entry = self.entries[number] = Entry(number, body, chat, self.clock.now() + keep)
        if self.listener is not None:
            self.listener(entry)
        elif self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return number

    def done(self, number: int) -> None:
        """Delivered, or given up: forget it."""
        if self.entries.pop(number, None) is not None:
            self.delivered += 1

    def clear(self) -> None:
        """`drop_pending_updates`."""
        self.entries.clear()

    def pending(self) -> list[Entry]:
        """Everything that has not expired; what has is dropped."""
        now = self.clock.now()
        for entry in [entry for entry in self.entries.values() if entry.expires <= now]:
            del self.entries[entry.id]
        return list(self.entries.values())

    def terminate(self, why: str) -> None:
        """End a waiting getUpdates with 409."""
        poller, self._poller = self._poller, None
        if poller is not None and not poller.done():
            poller.set_exception(Conflict(why))

    async def poll(self, offset: int, limit: int, seconds: int) -> list[Any]:
        """One getUpdates. Confirms below `offset`; waits up to so many real seconds while nothing is there."""
        if self.listener is not None:
            raise Conflict(WEBHOOK_ACTIVE)
        self.terminate(OTHER_POLLER)
        self._confirm(offset)
        seconds = self._slowed(offset, min(max(seconds, 0), MAX_TIMEOUT))
        limit = limit if 1 <= limit <= 100 else 100
        if not (found := self._take(limit)) and seconds > 0:
            await self._wait(seconds)
            found = self._take(limit)
        return found

    def _take(self, limit: int) -> list[Any]:
        now = self.clock.now()
        found: list[Any] = []
        expired: list[int] = []
        for entry in self.entries.values():
            if entry.expires <= now:
                expired.append(entry.id)
            elif len(found) < limit:
                found.append(entry.body)
            else:
                break
        for number in expired:
            del self.entries[number]
        return found

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            gone = [entry.id for entry in self.pending()][:offset]
        else:
            gone = list(itertools.takewhile(lambda number: number < offset, self.entries))
        for number in gone:
            self.done(number)

    def _slowed(self, offset: int, seconds: int) -> int:
        """The same offset again within 3 s waits at least 3 s for news (Client.cpp, do_get_updates)."""
        now = self.clock.now()
        repeated = self._last_poll[0] == offset and now < self._last_poll[1] + REPEAT_SECONDS
        self._last_poll = (offset, now)
        return max(seconds, REPEAT_SECONDS) if repeated and self.options.slow_repeated_polls else seconds

    async def _wait(self, seconds: int) -> None:
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait([poller], timeout=seconds)
            if poller.done():
                poller.result()
        finally:
            if self._poller is poller:
                self._poller = None
