"""One customer and the owner's account: what both do, and what the customer sees."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from playground.whatsapp_gateway.control_types import Json, Seen, Typing, seen


class Do(Protocol):
    """Runs a control action."""

    async def __call__(self, action: str, /, **values: Any) -> Any: ...


def _id(message: Seen | str) -> str:
    return message if isinstance(message, str) else message.id


class Talk:
    """See `control.py`. With `owner=True` it is the owner who acts, on the phone.

    `how` of what is written: `reply_to` (message or id), `ago` (seconds), `announce=False` (only in the history),
    `message_id`, `extra` (raw fields of the payload), `without_media=True` (`hasMedia` with `media` null).
    """

    def __init__(self, do: Do, download: Callable[[int], Awaitable[bytes]], where: Json) -> None:
        self._do = do
        self._download = download
        self._where = where

    async def act(self, action: str, /, **values: Any) -> Any:
        """Any control action in this chat."""
        if isinstance(values.get("reply_to"), Seen):
            values["reply_to"] = values["reply_to"].id
        return await self._do(action, **self._where, **values)

    async def write(self, text: str, **how: Any) -> Seen:
        """Write a text."""
        return seen(await self.act("say", text=text, **how))

    async def send(
        self, kind: str, size: int = 2048, data: bytes = b"", path: Path | None = None, caption: str = "", **how: Any
    ) -> Seen:
        """Send an image, video, gif, video_note, voice, audio, document or sticker. Also `name`, `mime`."""
        file = {"size": size, "base64": base64.b64encode(data).decode(), "path": str(path) if path else ""}
        return seen(await self.act("say", kind=kind, text=caption, **file, **how))

    async def location(self, latitude: float, longitude: float, title: str = "", **how: Any) -> Seen:
        """Send a place."""
        place = {"description": title or None, "latitude": str(latitude), "longitude": str(longitude)}
        return seen(await self.act("say", kind="location", location=place, **how))

    async def vcard(self, name: str, phone: str, **how: Any) -> Seen:
        """Send a contact."""
        number = "".join(filter(str.isdigit, phone))
        card = f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;type=CELL;waid={number}:{phone}\nEND:VCARD"
        return seen(await self.act("say", kind="vcard", vcards=[card], **how))

    async def poll(self, question: str, options: Sequence[str], **how: Any) -> Seen:
        """Send a poll, of which WAHA tells only in `_data`."""
        poll = {"name": question, "options": [{"optionName": option} for option in options]}
        return seen(await self.act("say", kind="poll", proto={"pollCreationMessageV3": poll}, **how))

    async def history(self, lines: Sequence[tuple[float, bool, str]]) -> list[Seen]:
        """What was written earlier, told to nobody: (seconds ago, whether by the owner, text)."""
        return [await self.write(text, ago=ago, owner=owner, announce=False) for ago, owner, text in lines]

    async def edit(self, message: Seen | str, text: str, owner: bool = False) -> Seen:
        """Change an own message."""
        return seen(await self.act("edit", message_id=_id(message), text=text, owner=owner))

    async def revoke(self, message: Seen | str, owner: bool = False) -> Seen:
        """Delete an own message for everyone."""
        return seen(await self.act("revoke", message_id=_id(message), owner=owner))

    async def react(self, message: Seen | str, emoji: str, owner: bool = False) -> None:
        """React; an empty emoji takes it away."""
        await self.act("react", message_id=_id(message), emoji=emoji, owner=owner)

    async def read(self, upto: Seen | str = "", owner: bool = False) -> None:
        """Read what the other side wrote."""
        await self.act("read", message_id=_id(upto), owner=owner)

    async def play(self, message: Seen | str) -> None:
        """Listen to a voice message of the owner's."""
        await self.act("play", message_id=_id(message))

    async def ack(self, message: Seen | str, ack: int) -> None:
        """Any tick at any time, also backwards or repeated."""
        await self.act("ack", message_id=_id(message), ack=ack)

    async def call(self, video: bool = False, outcome: str = "missed") -> str:
        """Call the owner: `missed`, `accepted` or `rejected`."""
        return str(await self.act("call", video=video, outcome=outcome))

    async def types(self, presence: str = "typing") -> None:
        """`typing`, `recording` or `paused`, as the customer's phone tells."""
        await self.act("types", presence=presence)

    async def chat_id(self) -> str:
        """How WAHA names this chat now."""
        return str((await self.act("chat"))["id"])

    async def messages(self) -> list[Seen]:
        """What is in the chat, oldest first, revoked ones too."""
        return [seen(view) for view in (await self.act("chat"))["messages"]]

    async def last(self) -> Seen:
        """The newest message."""
        return (await self.messages())[-1]

    async def seen(self, message: Seen | str) -> Seen:
        """The message as it is now; KeyError when it never was."""
        return {found.id: found for found in await self.messages()}[_id(message)]

    async def typing(self) -> list[Typing]:
        """When the customer saw the owner's side typing."""
        return [Typing(*times) for times in (await self.act("chat"))["typing"]]

    async def download(self, message: Seen) -> bytes:
        """The file of a message."""
        if message.media is None:
            raise ValueError("this message has no file")
        return await self._download(message.media.file)

    async def wait_for(self, predicate: Callable[[Seen], bool], seconds: float = 10) -> Seen:
        """The newest message that satisfies the predicate; TimeoutError lists what there is instead."""
        found = await self.wait_until(lambda messages: any(predicate(message) for message in messages), seconds)
        return [message for message in found if predicate(message)][-1]

    async def wait_until(self, predicate: Callable[[list[Seen]], bool], seconds: float = 10) -> list[Seen]:
        """All messages, as soon as the predicate on them holds."""
        deadline = asyncio.get_running_loop().time() + seconds
        chat = await self.act("chat")
        while True:
            messages = [seen(view) for view in chat["messages"]]
            if predicate(messages):
                return messages
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                there = "\n".join(f"{'owner' if one.from_me else 'customer'}: {one.text!r}" for one in messages[-20:])
                raise TimeoutError(f"not seen within {seconds} s; the chat shows\n{there}")
            chat = await self.act("chat", after=chat["version"], timeout=left)
