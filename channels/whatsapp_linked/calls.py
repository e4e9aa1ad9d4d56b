"""What staff wrote, as calls of WAHA. Pure but for reading the file, which happens while the call is sent."""

import asyncio
import base64
import json
import mimetypes
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from sales.marks import marked
from sales.messages import Content, MessageKind, SharedContact
from sales.views.outgoing import Part

CHUNK = 3 * 64 * 1024
"""Bytes read at a time: a multiple of three, so that the pieces of base64 join without a seam."""

_JPEG_OR_PNG = ("image/jpeg", "image/png")
_MIMES = {
    MessageKind.PHOTO: "image/jpeg",
    MessageKind.VIDEO: "video/mp4",
    MessageKind.ANIMATION: "video/mp4",
    MessageKind.VIDEO_NOTE: "video/mp4",
    MessageKind.VOICE: "audio/ogg",
    MessageKind.AUDIO: "audio/mpeg",
    MessageKind.STICKER: "image/webp",
}
_METHODS = {
    MessageKind.PHOTO: "sendImage",
    MessageKind.VIDEO: "sendVideo",
    MessageKind.ANIMATION: "sendVideo",
    MessageKind.VIDEO_NOTE: "sendVideo",
    MessageKind.VOICE: "sendVoice",
}
"""The rest goes as a document: WAHA has no call for music, nor one for stickers."""
OPUS = "audio/ogg; codecs=opus"


@dataclass(frozen=True, slots=True)
class Call:
    """A sending method and its arguments, all but the session and the chat. ``takes_id``: the caller may name it."""

    method: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    takes_id: bool = False


def words(content: Content) -> str:
    """With its formatting as WhatsApp writes it."""
    return marked(content.text, content.entities)


def to_send(content: Content) -> Call:
    """What has no file."""
    place, contact = content.location, content.contact
    if place is not None:
        title = ", ".join(filter(None, (place.title, place.address)))
        point = {"latitude": place.latitude, "longitude": place.longitude, "title": title}
        return Call("sendLocation", point)
    if contact is not None:
        return Call("sendContactVcard", {"contacts": [{"vcard": contact.vcard or _vcard(contact)}]})
    return Call("sendText", {"text": words(content)}, takes_id=True)


def to_send_file(content: Content) -> Call:
    """``file`` is put in by ``streamed``. Converting costs the gateway time, so only what is of another type is."""
    method = _METHODS.get(content.kind, "sendFile")
    caption = words(content)
    arguments: dict[str, object] = {"caption": caption} if caption and method != "sendVoice" else {}
    if method == "sendVoice":
        arguments["convert"] = not mime_of(content).startswith("audio/ogg")
    if method == "sendVideo":
        arguments["convert"] = mime_of(content) != "video/mp4"
        arguments["asNote"] = content.kind is MessageKind.VIDEO_NOTE
    return Call(method, arguments)


def goes_as_document(part: Part, limit: int) -> bool:
    """What WhatsApp shows as a picture or a video only up to a size and of a type."""
    content = part.content
    size = part.media.size if part.media is not None else None
    if content.kind not in (MessageKind.PHOTO, MessageKind.VIDEO, MessageKind.ANIMATION):
        return content.kind in (MessageKind.AUDIO, MessageKind.STICKER)
    fits = mime_of(content) in _JPEG_OR_PNG if content.kind is MessageKind.PHOTO else True
    return not fits or (size or 0) > limit


def mime_of(content: Content) -> str:
    told = content.file.mime if content.file is not None else None
    return told or _MIMES.get(content.kind, "application/octet-stream")


def file_name(content: Content) -> str:
    """As it was sent, else one whose ending says what it is."""
    if content.file is not None and content.file.file_name:
        return content.file.file_name
    mime = mime_of(content).partition(";")[0]
    ending = {"audio/ogg": ".ogg", "image/webp": ".webp"}.get(mime) or mimetypes.guess_extension(mime) or ".bin"
    return f"{content.kind}{ending}"


def streamed(body: Mapping[str, object], content: Content, file: BinaryIO) -> tuple[AsyncIterator[bytes], int]:
    """A JSON body with the file in it as base64, and its length. Never in memory as a whole."""
    mime = OPUS if content.kind is MessageKind.VOICE and "ogg" in mime_of(content) else mime_of(content)
    about = {"mimetype": mime, "filename": file_name(content), "data": ""}
    before, after = _around({**body, "file": about})
    size = os.fstat(file.fileno()).st_size
    return _encoded(before, file, after), len(before) + 4 * ((size + 2) // 3) + len(after)


def _around(body: Mapping[str, object]) -> tuple[bytes, bytes]:
    """``data`` is the last of ``file``, which is the last of all: so it stands right before the end."""
    whole = json.dumps(body).encode()
    end = b'"}}'
    if not whole.endswith(b'"data": "' + end):
        raise AssertionError("the file is not the last")
    return whole.removesuffix(end), end


async def _encoded(before: bytes, file: BinaryIO, after: bytes) -> AsyncIterator[bytes]:
    yield before
    while chunk := await asyncio.to_thread(file.read, CHUNK):
        yield base64.b64encode(chunk)
    yield after


def _vcard(contact: SharedContact) -> str:
    """RFC 2426; ``waid`` makes WhatsApp offer a chat with them."""
    names = [_escaped(contact.last_name or ""), _escaped(contact.first_name)]
    full = _escaped(" ".join(filter(None, (contact.first_name, contact.last_name))))
    phone = contact.phone if contact.phone.startswith("+") else f"+{contact.phone}"
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{';'.join(names)};;;", f"FN:{full}"]
    digits = "".join(filter(str.isdigit, phone))
    return "\n".join([*lines, f"TEL;type=CELL;type=VOICE;waid={digits}:{_escaped(phone)}", "END:VCARD"])


def _escaped(text: str) -> str:
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return " ".join(text.split())
