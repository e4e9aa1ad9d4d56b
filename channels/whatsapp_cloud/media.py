"""What may go as which kind (PLATFORMS.md B6): the rest goes as a file. Pure but for a look at a file's first bytes."""

import mimetypes
from dataclasses import replace
from typing import BinaryIO

from channels.whatsapp_cloud.capabilities import CAPABILITIES, STATIC_STICKER
from sales.messages import Content, MessageKind
from sales.views.outgoing import Part

_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    MessageKind.PHOTO: ("image/jpeg", "image/png"),
    MessageKind.VIDEO: ("video/mp4", "video/3gpp"),
    MessageKind.AUDIO: ("audio/mpeg", "audio/ogg", "audio/aac", "audio/amr", "audio/mp4"),
    MessageKind.VOICE: ("audio/ogg",),
    MessageKind.STICKER: ("image/webp",),
}
"""The first is what a file is taken for that says nothing."""
_DOCUMENTS = frozenset(
    {
        "application/pdf",
        "text/plain",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        f"{_OFFICE}.wordprocessingml.document",
        f"{_OFFICE}.presentationml.presentation",
        f"{_OFFICE}.spreadsheetml.sheet",
    }
)
_ANY_FILE = "text/plain"
"""Uploads of other types are refused, and of ``application/octet-stream`` too. Phones go by the ending of the name."""
_OPUS = "audio/ogg; codecs=opus"
_NAMES = {
    MessageKind.PHOTO: "image",
    MessageKind.VIDEO: "video",
    MessageKind.AUDIO: "audio",
    MessageKind.VOICE: "audio",
    MessageKind.DOCUMENT: "document",
    MessageKind.STICKER: "sticker",
}
WITHOUT_CAPTION = frozenset({MessageKind.VOICE, MessageKind.AUDIO, MessageKind.STICKER})
_VIDEOS = frozenset({MessageKind.ANIMATION, MessageKind.VIDEO_NOTE})
_ENDINGS = {"audio/ogg": ".ogg", "image/jpeg": ".jpg", "video/mp4": ".mp4", "audio/mpeg": ".mp3", "image/webp": ".webp"}
_HEAD = 4096
LONGEST_NAME = 240
"""Characters; of a longer name the end is kept, where the type stands."""


def fit(part: Part) -> Part:
    """As WhatsApp takes it: animations and round videos are videos, and what it does not know is a file."""
    content = part.content
    if content.kind in _VIDEOS:
        content = replace(content, kind=MessageKind.VIDEO)
    size = (part.media.size if part.media is not None else None) or 0
    if content.kind in TYPES and (bare_mime(content) not in TYPES[content.kind] or size > _most(content.kind)):
        content = replace(content, kind=_instead(content, size))
    return part if content is part.content else replace(part, content=content)


def _most(kind: MessageKind) -> int:
    return CAPABILITIES.sizes[kind]


def _instead(content: Content, size: int) -> MessageKind:
    """A voice message in another format is still something to listen to."""
    audible = content.kind is MessageKind.VOICE and bare_mime(content) in TYPES[MessageKind.AUDIO]
    return MessageKind.AUDIO if audible and size <= _most(MessageKind.AUDIO) else MessageKind.DOCUMENT


def looked_into(content: Content, file: BinaryIO) -> Content:
    """Told by the file itself: ogg without opus is no audio here, and a sticker that stands still must be small."""
    head = file.read(_HEAD)
    size = file.seek(0, 2)
    file.seek(0)
    if bare_mime(content) == "audio/ogg" and head.startswith(b"OggS") and not _is_mono_opus(head):
        return replace(content, kind=MessageKind.DOCUMENT)
    webp = content.kind is MessageKind.STICKER and head.startswith(b"RIFF")
    if webp and size > STATIC_STICKER and b"ANIM" not in head[:64]:
        return replace(content, kind=MessageKind.DOCUMENT)
    return content


def _is_mono_opus(head: bytes) -> bool:
    """After ``OpusHead`` stand a version and the number of channels (RFC 7845, 5.1)."""
    at = head.find(b"OpusHead")
    return at >= 0 and head[at + 9 : at + 10] == b"\x01"


def bare_mime(content: Content) -> str:
    """Without parameters; what nobody told is taken from the name, else from the kind."""
    remote = content.file
    told = (remote.mime or "") if remote is not None else ""
    if not told and remote is not None and content.kind is MessageKind.DOCUMENT:
        told = mimetypes.guess_type(remote.file_name or "")[0] or ""
    usual = TYPES.get(content.kind, ("application/octet-stream",))[0]
    return told.partition(";")[0].strip().lower() or usual


def upload_mime(content: Content, size: int) -> str:
    """What the upload is called. Each type has a limit of its own there, which files sent as such do not have."""
    mime = bare_mime(content)
    if mime == "audio/ogg":
        return _OPUS if content.kind is not MessageKind.DOCUMENT else _ANY_FILE
    if mime in _DOCUMENTS:
        return mime
    kind = next((kind for kind, types in TYPES.items() if mime in types), None)
    return mime if kind is not None and size <= _most(kind) else _ANY_FILE


def file_name(content: Content) -> str:
    """As it was sent, else one whose ending says what it is."""
    remote = content.file
    if remote is not None and remote.file_name:
        return remote.file_name[-LONGEST_NAME:]
    mime = bare_mime(content)
    return f"{_NAMES.get(content.kind, 'file')}{_ENDINGS.get(mime) or mimetypes.guess_extension(mime) or '.bin'}"


def api_kind(kind: MessageKind) -> str:
    """The API's word for a kind that has a file."""
    return _NAMES[kind]
