"""What staff wrote, as calls of python-telegram-bot. Pure but for the file handles, which the caller closes.

Formatting goes as entities, never through a parse mode. ``InputFile`` keeps the open handle, so that httpx reads the
file while it sends it: a video is never in memory as a whole.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from telegram import (
    InputFile,
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    ReplyParameters,
)

from channels.telegram.capabilities import ALBUM
from channels.telegram.contents import ENTITY_TYPES
from sales.messages import Content, Entity, MessageKind, same_file

InputMedia = InputMediaPhoto | InputMediaVideo | InputMediaDocument | InputMediaAudio | InputMediaAnimation


@dataclass(frozen=True, slots=True)
class Call:
    """A method of ``telegram.Bot`` and its arguments, all but the chat."""

    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


_METHODS = {kind: (f"send_{kind}", str(kind)) for kind in MessageKind}
_WITHOUT_CAPTION = frozenset({MessageKind.VIDEO_NOTE, MessageKind.STICKER})
_INPUT_MEDIA: dict[MessageKind, type[InputMedia]] = {
    MessageKind.PHOTO: InputMediaPhoto,
    MessageKind.VIDEO: InputMediaVideo,
    MessageKind.DOCUMENT: InputMediaDocument,
    MessageKind.AUDIO: InputMediaAudio,
    MessageKind.ANIMATION: InputMediaAnimation,
}
_MIXES = {
    MessageKind.PHOTO: "pictures",
    MessageKind.VIDEO: "pictures",
    MessageKind.DOCUMENT: "documents",
    MessageKind.AUDIO: "audio",
}
"""What may stand in one album together (Bot API, sendMediaGroup)."""

_ENDINGS = {
    MessageKind.PHOTO: ".jpg",
    MessageKind.VIDEO: ".mp4",
    MessageKind.VIDEO_NOTE: ".mp4",
    MessageKind.ANIMATION: ".mp4",
    MessageKind.VOICE: ".ogg",
    MessageKind.AUDIO: ".mp3",
    MessageKind.STICKER: ".webp",
}
_ENDINGS_BY_MIME = {"audio/ogg": ".ogg", "application/x-tgsticker": ".tgs", "video/webm": ".webm", "image/jpeg": ".jpg"}


def albums(kinds: Sequence[MessageKind]) -> list[range]:
    """Runs of neighbours that may be sent together, of at most ten. The order stays."""
    runs: list[range] = []
    for place, kind in enumerate(kinds):
        last = runs[-1] if runs else None
        mix = _MIXES.get(kind)
        if last is not None and len(last) < ALBUM and mix is not None and mix == _MIXES.get(kinds[last[0]]):
            runs[-1] = range(last.start, place + 1)
        else:
            runs.append(range(place, place + 1))
    return runs


def to_send(content: Content, file: BinaryIO | None, reply_to: str | None) -> Call:
    """The call that sends it. ``file`` is given for what has one."""
    call = _with_file(content, file) if file is not None else _without_file(content)
    return Call(call.method, {**call.arguments, "reply_parameters": _reply(reply_to)})


def to_send_album(contents: Sequence[Content], files: Sequence[BinaryIO], reply_to: str | None) -> Call:
    media = [_input_media(content, file) for content, file in zip(contents, files, strict=True)]
    return Call("send_media_group", {"media": media, "reply_parameters": _reply(reply_to)})


def has_new_file(content: Content, former: Sequence[Content]) -> bool:
    """If any former version had another one: an edit in between may not have left."""
    return content.file is not None and any(not same_file(version.file, content.file) for version in former)


def to_edit(content: Content, new_file: BinaryIO | None, message_id: int) -> Call | None:
    """The call that brings a sent message up to date; ``None`` where Telegram has none for it."""
    about = {"message_id": message_id}
    if content.kind is MessageKind.TEXT:
        return Call("edit_message_text", about | {"text": content.text, "entities": entities(content.entities)})
    if new_file is not None:
        known = content.kind in _INPUT_MEDIA
        return Call("edit_message_media", about | {"media": _input_media(content, new_file)}) if known else None
    if content.file is None or content.kind in _WITHOUT_CAPTION:
        return None
    return Call("edit_message_caption", about | _caption(content))


def _with_file(content: Content, file: BinaryIO) -> Call:
    method, name = _METHODS[content.kind]
    caption = {} if content.kind in _WITHOUT_CAPTION else _caption(content)
    upload = InputFile(file, filename=file_name(content), read_file_handle=False)
    return Call(method, {name: upload, **caption, **_facts(content)})


def _without_file(content: Content) -> Call:
    place, contact = content.location, content.contact
    if place is not None and place.title:
        point = {"latitude": place.latitude, "longitude": place.longitude}
        return Call("send_venue", point | {"title": place.title, "address": place.address or place.title})
    if place is not None:
        return Call("send_location", {"latitude": place.latitude, "longitude": place.longitude})
    if contact is not None:
        names = {"first_name": contact.first_name, "last_name": contact.last_name}
        return Call("send_contact", {"phone_number": contact.phone, **names, "vcard": contact.vcard})
    return Call("send_message", {"text": content.text, "entities": entities(content.entities)})


def _input_media(content: Content, file: BinaryIO) -> InputMedia:
    upload = InputFile(file, filename=file_name(content), attach=True, read_file_handle=False)
    media: InputMedia = _INPUT_MEDIA[content.kind](media=upload, **_caption(content), **_facts(content))
    return media


def _caption(content: Content) -> dict[str, Any]:
    return {"caption": content.text or None, "caption_entities": entities(content.entities)}


def _facts(content: Content) -> dict[str, Any]:
    """What Telegram can't find out about the upload in time, or would guess at."""
    remote = content.file
    if remote is None:
        return {}
    size = {"duration": remote.duration, "width": remote.width, "height": remote.height}
    match content.kind:
        case MessageKind.VIDEO:
            return {**size, "supports_streaming": True}
        case MessageKind.ANIMATION:
            return size
        case MessageKind.VIDEO_NOTE:
            return {"duration": remote.duration, "length": remote.width}
        case MessageKind.VOICE | MessageKind.AUDIO:
            return {"duration": remote.duration}
        case MessageKind.DOCUMENT:
            return {"disable_content_type_detection": True}
    return {}


def file_name(content: Content) -> str:
    """As it was sent, else one whose ending says what it is: Telegram goes by it."""
    remote = content.file
    if remote is not None and remote.file_name:
        return remote.file_name
    mime = (remote.mime or "") if remote is not None else ""
    ending = _ENDINGS_BY_MIME.get(mime) or _ENDINGS.get(content.kind) or mimetypes.guess_extension(mime) or ".bin"
    return f"{content.kind}{ending}"


def entities(found: Sequence[Entity]) -> list[MessageEntity]:
    """Formatting that any bot may send; the rest is left to the plain text."""
    return [
        MessageEntity(
            entity.type,
            entity.offset,
            entity.length,
            url=entity.url,
            language=entity.language,
            custom_emoji_id=entity.custom_emoji_id,
        )
        for entity in found
        if entity.type in ENTITY_TYPES
    ]


def _reply(reply_to: str | None) -> ReplyParameters | None:
    """The answered message may be gone by now: what was written must arrive all the same."""
    return ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to is not None else None
