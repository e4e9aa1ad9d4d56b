"""Both ends of a chat in one shape, whatever the platform: what is said there, done, and seen."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from playground.telegram.control import Talk as TelegramTalk
from playground.telegram.control_types import Item, Json
from playground.telegram.control_types import Seen as TelegramSeen
from sales.messages import MessageKind

MessageId = int | str
PLACE = (52.5, 13.4)
PHONE = "+4915112345678"


@dataclass(frozen=True)
class Heard:
    """A message as one end sees it. ``bold`` are the words that stand out; ``mine``: this end wrote it itself."""

    id: MessageId
    mine: bool
    kind: str
    text: str
    size: int = 0
    name: str = ""
    reply_to: MessageId | None = None
    album: str = ""
    bold: tuple[str, ...] = ()
    emojis: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    phone: str = ""
    deleted: bool = False


Look = Callable[[Heard], bool]


@dataclass(frozen=True)
class File:
    """What is sent: ``data``, or so many bytes made up. ``words`` are its caption."""

    kind: MessageKind
    data: bytes = b""
    words: str = ""
    name: str = ""
    size: int = 0


class Side(Protocol):
    async def write(self, text: str, *, bold: str = "", reply_to: MessageId | None = None) -> MessageId: ...
    async def send(self, file: File) -> MessageId: ...
    async def send_album(self, photos: Sequence[File]) -> None: ...
    async def send_place(self) -> None: ...
    async def send_contact(self) -> None: ...
    async def send_poll(self) -> MessageId: ...
    async def call(self) -> None: ...
    async def edit(self, message: MessageId, text: str) -> None: ...
    async def delete(self, message: MessageId) -> None: ...
    async def react(self, message: MessageId, emoji: str) -> None: ...
    async def wait_until(self, look: Callable[[Sequence[Heard]], bool]) -> Sequence[Heard]: ...
    async def download(self, message: MessageId) -> bytes: ...


async def wait_for(side: Side, look: Look) -> Heard:
    """The newest that looks like this."""
    heard = await side.wait_until(lambda all_: any(look(one) for one in all_))
    return [one for one in heard if look(one)][-1]


@dataclass
class OnTelegram:
    """``own``: who writes at this end. ``how`` says where: Anna writes into a client's topic, and sees only it."""

    talk: TelegramTalk
    own: Callable[[TelegramSeen], bool] = lambda message: not message.from_bot
    how: Json = field(default_factory=dict)

    async def write(self, text: str, *, bold: str = "", reply_to: MessageId | None = None) -> MessageId:
        at = {"type": "bold", "offset": _units(text[: text.find(bold)]), "length": _units(bold)}
        said = await self.talk.write(text, [at] if bold else [], reply_to=reply_to, **self.how)
        return said.message_id

    async def send(self, file: File) -> MessageId:
        named: Json = {"name": file.name} if file.name else {}
        said = await self.talk.send(file.kind, size=file.size, data=file.data, caption=file.words, **named, **self.how)
        return said.message_id

    async def send_album(self, photos: Sequence[File]) -> None:
        items = [Item(one.kind, caption=one.words, base64=base64.b64encode(one.data).decode()) for one in photos]
        await self.talk.album(items, **self.how)

    async def send_place(self) -> None:
        await self.talk.location(*PLACE, **self.how)

    async def send_contact(self) -> None:
        await self.talk.contact(PHONE, "Bob", **self.how)

    async def send_poll(self) -> MessageId:
        return (await self.talk.poll("Blue or red?", ["Blue", "Red"], **self.how)).message_id

    async def call(self) -> None:
        raise AssertionError("nobody calls a bot")

    async def edit(self, message: MessageId, text: str) -> None:
        await self.talk.edit(int(message), text)

    async def delete(self, message: MessageId) -> None:
        await self.talk.delete(int(message))

    async def react(self, message: MessageId, emoji: str) -> None:
        await self.talk.react(int(message), emoji)

    async def wait_until(self, look: Callable[[Sequence[Heard]], bool]) -> Sequence[Heard]:
        """What was deleted is not there any more."""
        return self._heard(await self.talk.wait_until(lambda all_: look(self._heard(all_))))

    async def download(self, message: MessageId) -> bytes:
        return await self.talk.download(await self.talk.seen(int(message)))

    def _heard(self, seen: Sequence[TelegramSeen]) -> list[Heard]:
        thread = self.how.get("thread")
        return [self._one(message) for message in seen if thread is None or message.thread_id == thread]

    def _one(self, seen: TelegramSeen) -> Heard:
        place, contact = seen.content.get("location"), seen.content.get("contact")
        kind = seen.media.kind if seen.media else "location" if place else "contact" if contact else "text"
        return Heard(
            seen.message_id,
            self.own(seen),
            kind,
            seen.text,
            seen.media.size if seen.media else 0,
            seen.media.name if seen.media else "",
            seen.reply_to,
            seen.album,
            tuple(_cut(seen.text, one) for one in seen.entities if one["type"] == "bold"),
            tuple(seen.emojis),
            (place["latitude"], place["longitude"]) if place else None,
            contact["phone_number"] if contact else "",
        )


class InTopic(OnTelegram):
    """A rep in the topic of a client: some things are commands there, and a client's deletion is a line."""

    async def delete(self, message: MessageId) -> None:
        await self.talk.write("/delete", reply_to=int(message), **self.how)

    def _one(self, seen: TelegramSeen) -> Heard:
        heard = super()._one(seen)
        return Heard(**{**vars(heard), "deleted": not heard.mine and "🗑" in heard.text})


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, entity: Json) -> str:
    """Entities count UTF-16 code units."""
    units = text.encode("utf-16-le")[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2]
    return units.decode("utf-16-le")
