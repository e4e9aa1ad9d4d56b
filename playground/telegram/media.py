"""Kinds of media: what each is called, and how a bot sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.kit.files import Blob

from .files import THUMB_BYTES, file_id, unique_id

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One media kind. `defaults` are what Telegram would find out by looking into the file."""

    name: str
    folder: str
    file_name: str
    mime: str
    defaults: Json = field(default_factory=dict)
    named: bool = True
    caption: bool = True


_MOVING = {"duration": 7, "width": 640, "height": 360}
_STICKER = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}

KINDS = {
    kind.name: kind
    for kind in (
        Kind("photo", "photos", "photo.jpg", "image/jpeg", named=False),
        Kind("video", "videos", "video.mp4", "video/mp4", _MOVING),
        Kind("animation", "animations", "animation.mp4", "video/mp4", _MOVING),
        Kind("video_note", "video_notes", "note.mp4", "video/mp4", {"duration": 5, "length": 384}, False, False),
        Kind("voice", "voice", "voice.oga", "audio/ogg", {"duration": 3}, named=False),
        Kind("audio", "music", "audio.mp3", "audio/mpeg", {"duration": 180}),
        Kind("document", "documents", "file.bin", "application/octet-stream"),
        Kind("sticker", "stickers", "sticker.webp", "image/webp", _STICKER, False, False),
    )
}


@dataclass(slots=True)
class Media:
    """A file as a message shows it."""

    kind: str
    blob: Blob
    attributes: Json = field(default_factory=dict)

    def fields(self, bot_id: int) -> Json:
        """The message fields, with file ids of this bot."""
        if self.kind == "photo":
            return {"photo": self._sizes(bot_id)}
        shown = self._object(bot_id)
        # Animations also carry `document`, for clients from before animations existed (Bot API, Message.animation).
        return {"animation": shown, "document": shown} if self.kind == "animation" else {self.kind: shown}

    def same_as(self, other: Media | None) -> bool:
        """Whether an edit with `other` would change nothing."""
        return other is not None and self.kind == other.kind and self.blob.number == other.blob.number

    def _object(self, bot_id: int) -> Json:
        kind, blob = KINDS[self.kind], self.blob
        shown: Json = {
            "file_id": file_id(bot_id, self.kind, blob.number),
            "file_unique_id": unique_id(self.kind, blob.number),
            "file_size": blob.size,
        }
        if kind.named:
            shown["file_name"] = blob.name
        if self.kind not in ("video_note", "sticker"):
            shown["mime_type"] = blob.mime
        return {**shown, **kind.defaults, **self.attributes}

    def _sizes(self, bot_id: int) -> list[Json]:
        """Smallest first, as Telegram has it: taking the first one is a bug that must show."""
        blob = self.blob
        sizes = [("thumb", min(THUMB_BYTES, blob.size), 90, 51), ("photo", blob.size, 1280, 720)]
        return [
            {
                "file_id": file_id(bot_id, kind, blob.number),
                "file_unique_id": unique_id(kind, blob.number),
                "file_size": size,
                "width": width,
                "height": height,
            }
            for kind, size, width, height in sizes
        ]
