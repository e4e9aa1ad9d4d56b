"""Sending files: uploads, file ids, albums."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from playground.telegram.entities import MAX_CAPTION, formatted
from playground.telegram.errors import WRONG_FILE_ID, BadRequest
from playground.telegram.files import parse_file_id
from playground.telegram.media import KINDS, Media

from .registry import Call, Json, method
from .sending import send
from .targets import target

ATTRIBUTES = frozenset(("duration", "width", "height", "length", "performer", "title", "emoji"))
NUMBERS = frozenset(("duration", "width", "height", "length"))
ALBUM_KINDS = frozenset(("photo", "video", "audio", "document", "animation"))
ALBUM_MIX = frozenset(("photo", "video"))


def caption_of(values: Any, limit: int = MAX_CAPTION) -> Json:
    """Caption and entities of a call's parameters, or of an album's part."""
    raw = values.get("caption")
    if not raw:
        return {}
    entities = values.items_of("caption_entities") if hasattr(values, "items_of") else values.get("caption_entities")
    mode = str(values.get("parse_mode") or "")
    text, found = formatted(str(raw), mode, entities or [], limit, "message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": found} if found else {"caption": text}


def input_media(call: Call, kind: str, value: Any, options: Any) -> Media:
    """The file that a value names: an upload's field, `attach://name`, or a file id of this bot."""
    media = _upload(call, kind, value) or _known(call, kind, value)
    for name in ATTRIBUTES & set(options):
        if name != "title" or kind == "audio":
            media.attributes[name] = _attribute(name, options[name])
    return media


def _attribute(name: str, value: Any) -> Any:
    try:
        return int(value) if name in NUMBERS else str(value)
    except (TypeError, ValueError):
        raise BadRequest(f"invalid {name} specified") from None


def _upload(call: Call, kind: str, value: Any) -> Media | None:
    name = value.removeprefix("attach://") if isinstance(value, str) and value.startswith("attach://") else None
    if name is None and not value:
        name = call.name[4:].lower() if call.name.startswith("send") else kind
        blob = call.files.get(kind)
    else:
        blob = call.files.get(name) if name is not None else None
    if blob is None:
        if name is not None:
            raise BadRequest(f"there is no {kind.replace('_', ' ')} in the request")
        return None
    if blob.size == 0:
        raise BadRequest("file must be non-empty")
    media = Media(kind, blob)
    _check_size(call, media)
    return media


def _known(call: Call, kind: str, value: Any) -> Media:
    text = str(value)
    if text.startswith(("http://", "https://")):
        raise BadRequest("failed to get HTTP URL content")
    was, number = parse_file_id(call.bot.id, text)
    blob = call.world.files.get(number)
    if blob is None:
        raise BadRequest(WRONG_FILE_ID)
    was = "photo" if was == "thumb" else was
    if was != kind:
        raise BadRequest(f"can't use file of type {_type(was)} as {_type(kind)}")
    return Media(kind, blob)


def _type(kind: str) -> str:
    return {"video_note": "VideoNote", "voice": "VoiceNote"}.get(kind, kind.capitalize())


def _check_size(call: Call, media: Media) -> None:
    if media.kind == "photo" and media.blob.size > call.world.options.photo_bytes:
        limit = call.world.options.photo_bytes
        raise BadRequest(
            f"file of size {media.blob.size} bytes is too big for a photo; the maximum size is {limit} bytes"
        )


def _sender(kind: str) -> Callable[[Call], Json]:
    def run(call: Call) -> Json:
        media = input_media(call, kind, call.params.get(kind), call.params)
        content = caption_of(call.params) if KINDS[kind].caption else {}
        if call.params.boolean("has_spoiler"):
            content["has_media_spoiler"] = True
        return send(call, content, media).api(call.bot.id)

    return run


for _kind in KINDS:
    method("send" + _kind.title().replace("_", ""), charged=True)(_sender(_kind))


@method("sendMediaGroup", charged=True)
def send_media_group(call: Call) -> list[Json]:
    """2 to 10 files as one album; nothing is sent unless every part is fine."""
    parts = [_part(call, item) for item in call.params.items_of("media")]
    if not 2 <= len(parts) <= 10:
        raise BadRequest("album must have from 2 to 10 items")
    _check_mix({media.kind for media, _ in parts})
    chat = target(call)
    album = str(secrets.randbelow(10**17))
    return [send(call, content, media, chat, album).api(call.bot.id) for media, content in parts]


def _part(call: Call, item: Any) -> tuple[Media, Json]:
    if not isinstance(item, dict) or item.get("type") not in ALBUM_KINDS:
        raise BadRequest("can't parse InputMedia: unsupported type specified")
    if item["type"] == "animation":
        raise BadRequest("can't parse InputMedia: animation can't be sent in an album")
    return input_media(call, item["type"], item.get("media"), item), caption_of(item)


def _check_mix(kinds: set[str]) -> None:
    if len(kinds) == 1 or kinds <= ALBUM_MIX:
        return
    odd = "Document" if "document" in kinds else "Audio"
    raise BadRequest(f"{odd.lower()} can't be mixed with other media types")
