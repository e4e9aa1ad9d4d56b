"""One customer and the owner's account: what both do, and what the customer sees."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playground.kit.control_talk import Facing, file_values
from playground.whatsapp_gateway.control_types import Json, Seen, Typing, seen


def _id(message: Seen | str) -> str:
    return message if isinstance(message, str) else message.id


class Talk(Facing[Seen]):
    """See `control.py`. With `owner=True` it is the owner who acts, on the phone.

    `how` of what is written: `reply_to` (message or id), `ago` (seconds), `announce=False` (only in the history),
    `message_id`, `extra` (raw fields of the payload), `without_media=True` (`hasMedia` with `media` null).
    """

    def _reference(self, message: Seen | str) -> str:
        return _id(message)

    def _shown(self, chat: Json) -> list[Seen]:
        return [seen(view) for view in chat["messages"]]

    def _line(self, message: Seen) -> str:
        return f"{'owner' if message.from_me else 'customer'}: {message.text!r}"

    async def write(self, text: str, **how: Any) -> Seen:
        """Write a text."""
        return seen(await self.act("say", text=text, **how))

    async def send(
        self, kind: str, size: int = 2048, data: bytes = b"", path: Path | None = None, caption: str = "", **how: Any
    ) -> Seen:
        """Send an image, video, gif, video_note, voice, audio, document or sticker. Also `name`, `mime`."""
        return seen(await self.act("say", kind=kind, text=caption, **file_values(size, data, path), **how))

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
        return self._shown(await self.act("chat"))

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
