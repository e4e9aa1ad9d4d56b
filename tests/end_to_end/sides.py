"""Both ends of a chat in one shape, whatever the platform: what is said there, done, and seen."""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from playground.telegram.control import Talk as TelegramTalk
from playground.telegram.control_types import Item, Json
from playground.telegram.control_types import Seen as TelegramSeen
from playground.whatsapp_cloud.control import Seen as CloudSeen
from playground.whatsapp_cloud.control import Talk as CloudTalk
from playground.whatsapp_gateway.control import Seen as LinkedSeen
from playground.whatsapp_gateway.control import Talk as LinkedTalk
from sales.messages import MessageKind

MessageId = int | str
PLACE = (52.5, 13.4)
PHONE = "+4915112345678"
_TO_API = {
    MessageKind.PHOTO: "image",
    MessageKind.VIDEO_NOTE: "video",
    MessageKind.ANIMATION: "video",
    MessageKind.VOICE: "audio",
}
_FROM_API = {"image": MessageKind.PHOTO, "contacts": MessageKind.CONTACT}
_TO_PHONE = {MessageKind.PHOTO: "image", MessageKind.ANIMATION: "gif"}
_FROM_PHONE = {"image": MessageKind.PHOTO, "gif": MessageKind.ANIMATION, "vcard": MessageKind.CONTACT}
"""Kinds as the platforms call them, where they call them otherwise."""
_MARKED = re.compile(r"\*(\S[^*]*)\*")


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
    """What is sent: ``words`` stand below it where its kind has a caption on that platform."""

    kind: MessageKind
    data: bytes
    words: str = ""
    name: str = ""


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
        said = await self.talk.send(file.kind, data=file.data, caption=file.words, **named, **self.how)
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


def _marked(text: str) -> tuple[str, ...]:
    return tuple(_MARKED.findall(text))


@dataclass
class OnBusinessApi:
    """A person on WhatsApp facing a number of the Business API."""

    talk: CloudTalk

    async def write(self, text: str, *, bold: str = "", reply_to: MessageId | None = None) -> MessageId:
        marked = text.replace(bold, f"*{bold}*") if bold else text
        return (await self.talk.write(marked, reply_to=reply_to or "")).id

    async def send(self, file: File) -> MessageId:
        kind, voice = _TO_API.get(file.kind, str(file.kind)), file.kind is MessageKind.VOICE
        mime: Json = {"mime": "audio/mpeg"} if file.kind is MessageKind.AUDIO else {}
        named: Json = {"name": file.name} if file.name else {}
        how = {**mime, **named, **({"voice": True} if voice else {})}
        return (await self.talk.send(kind, data=file.data, caption=file.words, **how)).id

    async def send_album(self, photos: Sequence[File]) -> None:
        for photo in photos:
            await self.send(photo)

    async def send_place(self) -> None:
        await self.talk.location(*PLACE)

    async def send_contact(self) -> None:
        await self.talk.contact(PHONE, "Bob")

    async def send_poll(self) -> MessageId:
        return (await self.talk.unsupported("poll")).id

    async def call(self) -> None:
        await self.talk.call()

    async def edit(self, message: MessageId, text: str) -> None:
        await self.talk.edit(str(message), text)

    async def delete(self, message: MessageId) -> None:
        await self.talk.revoke(str(message))

    async def react(self, message: MessageId, emoji: str) -> None:
        await self.talk.react(str(message), emoji)

    async def wait_until(self, look: Callable[[Sequence[Heard]], bool]) -> Sequence[Heard]:
        seen = await self.talk.wait_until(lambda all_: look([self._one(one) for one in all_ if one.shown]))
        return [self._one(one) for one in seen if one.shown]

    async def download(self, message: MessageId) -> bytes:
        return await self.talk.download(await self.talk.seen(str(message)))

    def _one(self, seen: CloudSeen) -> Heard:
        content = seen.content if isinstance(seen.content, dict) else {}
        place = (content["latitude"], content["longitude"]) if seen.type == "location" else None
        return Heard(
            seen.id,
            seen.by == "person",
            self._kind(seen, content),
            seen.text,
            seen.file.size if seen.file else 0,
            seen.file.name if seen.file else "",
            seen.reply_to or None,
            bold=_marked(seen.text),
            emojis=tuple(seen.reactions.values()),
            place=place,
            phone=seen.content[0]["phones"][0]["phone"] if seen.type == "contacts" else "",
            deleted=seen.deleted,
        )

    def _kind(self, seen: CloudSeen, content: Json) -> str:
        if seen.type == "audio" and content.get("voice"):
            return MessageKind.VOICE
        return _FROM_API.get(seen.type, seen.type)


@dataclass
class OnWhatsApp:
    """A person on WhatsApp facing a linked phone."""

    talk: LinkedTalk

    async def write(self, text: str, *, bold: str = "", reply_to: MessageId | None = None) -> MessageId:
        marked = text.replace(bold, f"*{bold}*") if bold else text
        return (await self.talk.write(marked, reply_to=reply_to or "")).id

    async def send(self, file: File) -> MessageId:
        named: Json = {"name": file.name} if file.name else {}
        kind = _TO_PHONE.get(file.kind, str(file.kind))
        return (await self.talk.send(kind, data=file.data, caption=file.words, **named)).id

    async def send_album(self, photos: Sequence[File]) -> None:
        for photo in photos:
            await self.send(photo)

    async def send_place(self) -> None:
        await self.talk.location(*PLACE)

    async def send_contact(self) -> None:
        await self.talk.vcard("Bob", PHONE)

    async def send_poll(self) -> MessageId:
        return (await self.talk.poll("Blue or red?", ["Blue", "Red"])).id

    async def call(self) -> None:
        await self.talk.call()

    async def edit(self, message: MessageId, text: str) -> None:
        await self.talk.edit(str(message), text)

    async def delete(self, message: MessageId) -> None:
        await self.talk.revoke(str(message))

    async def react(self, message: MessageId, emoji: str) -> None:
        await self.talk.react(str(message), emoji)

    async def wait_until(self, look: Callable[[Sequence[Heard]], bool]) -> Sequence[Heard]:
        return [
            self._one(one) for one in await self.talk.wait_until(lambda all_: look([self._one(one) for one in all_]))
        ]

    async def download(self, message: MessageId) -> bytes:
        return await self.talk.download(await self.talk.seen(str(message)))

    def _one(self, seen: LinkedSeen) -> Heard:
        point = seen.location
        return Heard(
            seen.id,
            not seen.from_me,
            _FROM_PHONE.get(seen.kind, seen.kind),
            seen.text,
            seen.media.size if seen.media else 0,
            seen.media.name if seen.media else "",
            seen.reply_to or None,
            bold=_marked(seen.text),
            emojis=tuple(seen.reactions.values()),
            place=(float(point["latitude"]), float(point["longitude"])) if point else None,
            phone=seen.vcards[0] if seen.vcards else "",
            deleted=seen.revoked,
        )
