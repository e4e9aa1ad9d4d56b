"""The half of a `Talk` that is the same for every stand-in: acting in one chat, and waiting for what it shows."""

from __future__ import annotations

import asyncio
import base64
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

Json = dict[str, Any]
M = TypeVar("M")
LISTED = 20


class Do(Protocol):
    """Runs a control action."""

    async def __call__(self, action: str, /, **values: Any) -> Any:
        """The action's result; ControlFailed when it is refused."""


class Facing(ABC, Generic[M]):
    """Somebody in one chat, which `where` tells the server; `M` is a message as they see it."""

    def __init__(self, do: Do, download: Callable[[int], Awaitable[bytes]], where: Json) -> None:
        self._do = do
        self._download = download
        self._where = where

    @abstractmethod
    def _shown(self, chat: Json) -> list[M]:
        """The messages that are there to see, oldest first."""

    @abstractmethod
    def _line(self, message: M) -> str:
        """Who wrote what, for the error that lists what there is instead."""

    @abstractmethod
    def _reference(self, message: Any) -> int | str:
        """The id of a message, or the id that was given."""

    async def act(self, action: str, /, **values: Any) -> Any:
        """Any control action in this chat."""
        if values.get("reply_to"):
            values["reply_to"] = self._reference(values["reply_to"])
        return await self._do(action, **self._where, **values)

    async def wait_for(self, predicate: Callable[[M], bool], seconds: float = 10) -> M:
        """The newest message that satisfies the predicate; TimeoutError lists what there is instead."""
        found = await self.wait_until(lambda messages: any(predicate(message) for message in messages), seconds)
        return [message for message in found if predicate(message)][-1]

    async def wait_until(self, predicate: Callable[[list[M]], bool], seconds: float = 10) -> list[M]:
        """All messages, as soon as the predicate on them holds."""
        deadline = asyncio.get_running_loop().time() + seconds
        chat = await self.act("chat")
        while True:
            messages = self._shown(chat)
            if predicate(messages):
                return messages
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                there = "\n".join(self._line(message) for message in messages[-LISTED:])
                raise TimeoutError(f"not seen within {seconds} s; the chat shows\n{there}")
            chat = await self.act("chat", after=chat["version"], timeout=left)


def file_values(size: int, data: bytes, path: Path | None) -> Json:
    """A file for a control action: made up of `size` bytes, or `data`, or what is at `path`."""
    return {"size": size, "base64": base64.b64encode(data).decode(), "path": str(path) if path else ""}
