"""Clients on WhatsApp, in the shape of ``sides``: facing a number of the Business API, or a linked phone."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.telegram.control_types import Json
from playground.whatsapp_cloud.control import Seen as CloudSeen
from playground.whatsapp_cloud.control import Talk as CloudTalk
from playground.whatsapp_gateway.control import Seen as LinkedSeen
from playground.whatsapp_gateway.control import Talk as LinkedTalk
from sales.messages import MessageKind
from tests.end_to_end.sides import PHONE, PLACE, File, Heard, MessageId

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
        return (await self.talk.send(kind, size=file.size, data=file.data, caption=file.words, **how)).id

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
class OnLinkedPhone:
    """A person on WhatsApp facing a linked phone."""

    talk: LinkedTalk

    async def write(self, text: str, *, bold: str = "", reply_to: MessageId | None = None) -> MessageId:
        marked = text.replace(bold, f"*{bold}*") if bold else text
        return (await self.talk.write(marked, reply_to=reply_to or "")).id

    async def send(self, file: File) -> MessageId:
        named: Json = {"name": file.name} if file.name else {}
        kind = _TO_PHONE.get(file.kind, str(file.kind))
        return (await self.talk.send(kind, size=file.size, data=file.data, caption=file.words, **named)).id

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
