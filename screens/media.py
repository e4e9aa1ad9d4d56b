"""Files in staff chats: which call shows which kind, and what the staff bot may upload (PLATFORMS.md A3)."""

import mimetypes
from dataclasses import dataclass

from sales.messages import MEDIA_KINDS, Media, MediaState, MessageKind
from sales.ports.files import MediaStore
from sales.views.relays import Part
from screens.telegram import Upload

PHOTO_LIMIT = 10_000_000
UPLOAD_LIMIT = 50_000_000


@dataclass(frozen=True, slots=True)
class Way:
    """``captioned``: it can carry words. ``group``: which albums it may be part of."""

    method: str
    field: str
    captioned: bool
    group: str | None = None


WAYS = {
    MessageKind.PHOTO: Way("sendPhoto", "photo", True, "pictures"),
    MessageKind.VIDEO: Way("sendVideo", "video", True, "pictures"),
    MessageKind.DOCUMENT: Way("sendDocument", "document", True, "documents"),
    MessageKind.AUDIO: Way("sendAudio", "audio", True, "audio"),
    MessageKind.VOICE: Way("sendVoice", "voice", True),
    MessageKind.ANIMATION: Way("sendAnimation", "animation", True),
    MessageKind.VIDEO_NOTE: Way("sendVideoNote", "video_note", False),
    MessageKind.STICKER: Way("sendSticker", "sticker", False),
}
AS_DOCUMENT = WAYS[MessageKind.DOCUMENT]

_ENDINGS = {
    MessageKind.PHOTO: ".jpg",
    MessageKind.VIDEO: ".mp4",
    MessageKind.VIDEO_NOTE: ".mp4",
    MessageKind.ANIMATION: ".mp4",
    MessageKind.VOICE: ".ogg",
    MessageKind.AUDIO: ".mp3",
    MessageKind.STICKER: ".webp",
}


@dataclass(frozen=True, slots=True)
class Sendable:
    """A stored file on its way."""

    way: Way
    upload: Upload
    shape: dict[str, object]


def sendable(store: MediaStore, part: Part) -> Sendable | None:
    """``None`` when there is no file to send: not stored, too big to upload, or gone from the disk."""
    kind, media = part.message.content.kind, part.media
    if kind not in MEDIA_KINDS or media is None or media.state is not MediaState.STORED or media.sha256 is None:
        return None
    path = store.path(media.sha256)
    if (media.size or 0) > UPLOAD_LIMIT or not path.is_file():
        return None
    way = AS_DOCUMENT if kind is MessageKind.PHOTO and (media.size or 0) > PHOTO_LIMIT else WAYS[kind]
    return Sendable(way, Upload(path, _file_name(kind, media)), _shape(way, media))


def _file_name(kind: MessageKind, media: Media) -> str:
    if media.remote.file_name:
        return media.remote.file_name
    ending = mimetypes.guess_extension(media.remote.mime or "") or _ENDINGS.get(kind, "")
    return f"{kind}{ending}"


def _shape(way: Way, media: Media) -> dict[str, object]:
    """What lets phones show a player of the right size before the file has loaded."""
    remote, shape = media.remote, dict[str, object]()
    if remote.duration is not None and way.method in {"sendVideo", "sendVoice", "sendAudio", "sendAnimation"}:
        shape["duration"] = remote.duration
    if remote.width and remote.height and way.method in {"sendVideo", "sendAnimation"}:
        shape |= {"width": remote.width, "height": remote.height}
    return shape


REPLACEABLE = frozenset({"photo", "video", "document", "audio", "animation"})
"""Kinds of file that Telegram lets a bot put in place of another (editMessageMedia)."""


def as_document(sent: Sendable) -> Sendable:
    """Telegram refuses some pictures and stickers for their form; as files they pass."""
    return Sendable(AS_DOCUMENT, sent.upload, {})
