"""One person facing one business number: what they do, and what they see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.kit.control_talk import Facing, file_values
from playground.whatsapp_cloud.control_types import Json, Seen, seen


def _id(message: Seen | str) -> str:
    return message if isinstance(message, str) else message.id


def _file(kind: str, size: int, data: bytes, path: Path | None) -> Json:
    return {"kind": kind} | file_values(size, data, path)


class Talk(Facing[Seen]):
    """See `control.py`. `how` everywhere: `reply_to` (message or id), `forwarded`, `often`, `extra`, `given`."""

    def _reference(self, message: Seen | str) -> str:
        return _id(message)

    def _shown(self, chat: Json) -> list[Seen]:
        return [seen(view) for view in chat["messages"]]

    def _line(self, message: Seen) -> str:
        return f"{message.by} {message.type} {message.status}: {message.text!r}"

    async def write(self, text: str, **how: Any) -> Seen:
        """Write a text."""
        return seen(await self.act("write", text=text, **how))

    async def send(
        self, kind: str, size: int = 2048, data: bytes = b"", path: Path | None = None, caption: str = "", **how: Any
    ) -> Seen:
        """Send a file of a kind: made up of `size` bytes, or `data`, or what is at `path`. Also `name`, `mime`,
        `voice=True` (audio), `animated=True` (sticker)."""
        return seen(await self.act("send", caption=caption, **_file(kind, size, data, path), **how))

    async def say(self, kind: str, content: Any, **how: Any) -> Seen:
        """Send a message of any type with this content."""
        return seen(await self.act("say", type=kind, content=content, **how))

    async def voice(self, data: bytes = b"", **how: Any) -> Seen:
        """Send a voice message."""
        return await self.send("audio", data=data, voice=True, **how)

    async def location(self, latitude: float, longitude: float, name: str = "", address: str = "", **how: Any) -> Seen:
        """Send a place."""
        named = {"name": name, "address": address} if name else {}
        return await self.say("location", {"latitude": latitude, "longitude": longitude} | named, **how)

    async def contact(self, phone: str, name: str, wa_id: str = "", **how: Any) -> Seen:
        """Send a contact."""
        number = {"phone": phone, "type": "CELL"} | ({"wa_id": wa_id} if wa_id else {})
        card = {"name": {"first_name": name, "formatted_name": name}, "phones": [number]}
        return await self.say("contacts", [card], **how)

    async def order(self, *items: Json, text: str = "", catalog: str = "354160437058781", **how: Any) -> Seen:
        """Order products: `{"product_retailer_id", "quantity", "item_price", "currency"}` each."""
        return await self.say("order", {"catalog_id": catalog, "text": text, "product_items": list(items)}, **how)

    async def write_from_ad(self, text: str, **referral: str) -> Seen:
        """The first message after a click on an ad; `referral` replaces fields of the ad."""
        ad = {
            "source_url": "https://fb.me/ad",
            "source_id": "120210000000000000",
            "source_type": "ad",
            "headline": "Spring sale",
            "body": "Ask us on WhatsApp",
            "media_type": "image",
            "image_url": "https://scontent.example/ad.jpg",
            "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ",
        }
        return await self.write(text, extra={"referral": ad | referral})

    async def unsupported(self, kind: str = "poll") -> Seen:
        """Send what the API does not pass on."""
        return seen(await self.act("unsupported", kind=kind))

    async def react(self, message: Seen | str, emoji: str, removal: str = "empty") -> None:
        """React; an empty emoji takes it back, told as an `empty` emoji or with it `missing`."""
        await self.act("react", message=_id(message), emoji=emoji, removal=removal)

    async def tap(self, label: str, message: Seen | str = "") -> Seen:
        """Tap a reply button, a list's row or a template's quick reply; the answer is the message it sends."""
        return seen(await self.act("tap", label=label, message=_id(message)))

    async def edit(self, message: Seen | str, text: str, kind: str = "", data: bytes = b"") -> Seen:
        """Change an own text or caption, with `kind` the file, too."""
        file = _file(kind, 2048, data, None) if kind else None
        return seen(await self.act("edit", message=_id(message), text=text, file=file))

    async def revoke(self, message: Seen | str) -> None:
        """Delete an own message for everyone."""
        await self.act("revoke", message=_id(message))

    async def read(self, message: Seen | str = "", status: str = "read") -> list[str]:
        """Read up to a message (or all), or hear it (`played`); answers what was read."""
        ids: list[str] = await self.act("read", message=_id(message), status=status)
        return ids

    async def online(self, on: bool = True) -> None:
        """Switch the phone off, or on again: then it gets what waited."""
        await self.act("online", online=on)

    async def change_number(self, phone: str) -> None:
        """Move to another number; the business is told by a system message."""
        await self.act("change_number", phone=phone)

    async def change_identity(self) -> None:
        """Install WhatsApp anew; the business is told by a system message."""
        await self.act("change_identity")

    async def call(self, answered: bool = False) -> str:
        """Call; nobody answers."""
        return str(await self.act("call", answered=answered))

    async def block(self, blocked: bool = True) -> None:
        """Block the business, or take it back. It is not told."""
        await self.act("block", blocked=blocked)

    async def stop_marketing(self, stop: bool = True) -> None:
        """Opt out of marketing messages, or in again."""
        await self.act("marketing", stop=stop)

    async def delete_chat(self) -> None:
        """Delete the chat on this phone; nobody is told."""
        await self.act("delete_chat")

    async def phone_write(self, text: str = "", kind: str = "", data: bytes = b"", **file: Any) -> Seen:
        """The business types to this person in its Business app (needs a number with coexistence)."""
        values = _file(kind, 2048, data, None) | {"caption": text} if kind else {"text": text}
        return seen(await self.act("phone_write", **values, **file))

    async def phone_edit(self, message: Seen | str, text: str) -> None:
        """The business changes on the phone what it typed there."""
        await self.act("phone_edit", message=_id(message), text=text)

    async def phone_revoke(self, message: Seen | str) -> None:
        """The business deletes on the phone what it typed there."""
        await self.act("phone_revoke", message=_id(message))

    async def messages(self, last: int = 0) -> list[Seen]:
        """What is in the chat, oldest first, also what failed or was deleted."""
        return self._shown(await self.act("chat", last=last))

    async def last(self) -> Seen:
        """The newest message."""
        return (await self.messages(last=1))[-1]

    async def seen(self, message: Seen | str) -> Seen:
        """The message as it is now; KeyError when it is not there."""
        return {found.id: found for found in await self.messages()}[_id(message)]

    async def typing(self) -> bool:
        """Whether the business is shown as typing."""
        return bool((await self.act("chat", last=1))["typing"])

    async def window_left(self) -> float:
        """Seconds till only templates may be sent; negative when that time has come."""
        chat = await self.act("chat", last=1)
        return float(chat["window_until"] - chat["now"])

    async def download(self, message: Seen) -> bytes:
        """The file of a message."""
        if message.file is None:
            raise ValueError("this message has no file")
        return await self._download(message.file.number)
