"""Kinds of media: which types and sizes each takes, and what is looked at inside of files.

Types and sizes: Meta's page "Media". The texts of refusals are those that the real API was seen to answer.
"""

from __future__ import annotations

from dataclasses import dataclass

from playground.kit.files import Blob

from .options import Options

KILOBYTE = 1024
MEGABYTE = 1024 * 1024
_HEAD = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Kind:
    """One media kind. `name` and `file_name` are for what people send."""

    name: str
    types: tuple[str, ...]
    size: int
    file_name: str
    captioned: bool = True


KINDS = {
    kind.name: kind
    for kind in (
        Kind("image", ("image/jpeg", "image/png"), 5 * MEGABYTE, "photo.jpg"),
        Kind(
            "audio",
            ("audio/ogg", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/opus"),
            16 * MEGABYTE,
            "voice.ogg",
            False,
        ),
        Kind("video", ("video/mp4", "video/3gpp", "video/3gp"), 16 * MEGABYTE, "video.mp4"),
        Kind(
            "document",
            (
                "application/pdf",
                "text/plain",
                "application/msword",
                "application/vnd.ms-excel",
                "application/vnd.ms-powerpoint",
                f"{_OFFICE}.wordprocessingml.document",
                f"{_OFFICE}.presentationml.presentation",
                f"{_OFFICE}.spreadsheetml.sheet",
            ),
            100 * MEGABYTE,
            "file.pdf",
        ),
        Kind("sticker", ("image/webp",), 500 * KILOBYTE, "sticker.webp", False),
    )
}

_STATIC_STICKER = 100 * KILOBYTE
_WHOLE = {"audio/ogg": "audio/ogg; codecs=opus"}


def bare(mime: str) -> str:
    """The type without its parameters."""
    return mime.partition(";")[0].strip().lower()


def usual_type(kind: str) -> str:
    """What the phone of a person names as the type."""
    first = KINDS[kind].types[0]
    return _WHOLE.get(first, first)


def upload_refusal(mime: str) -> str:
    """Why the type can't be uploaded; empty when it can."""
    types = [name for kind in KINDS.values() for name in kind.types]
    if bare(mime) in types:
        return ""
    return (
        f"Param file must be a file with one of the following types: {', '.join(types)}. "
        f"Received file of type '{mime}'."
    )


def upload_limit(mime: str) -> int:
    """How many bytes a file of this type may have."""
    return max(kind.size for kind in KINDS.values() if bare(mime) in kind.types)


def send_refusal(kind: Kind, blob: Blob, options: Options) -> str:
    """Why the file can't be sent as this kind; empty when it can. Meta tells it afterwards, by 131053.

    Any type goes as a document, as on the phone.
    """
    if kind.name != "document" and bare(blob.mime) not in kind.types:
        types = ", ".join(kind.types)
        return f"Unsupported {kind.name.title()} mime type {blob.mime}. Please use one of {types}."
    with blob.path.open("rb") as source:
        head = source.read(_HEAD)
    if blob.size > _limit(kind, head):
        return f"{kind.name.title()} file size is too big: {blob.size} bytes."
    return _inside(bare(blob.mime), head, options.strict_files) if kind.name != "document" else ""


def _limit(kind: Kind, head: bytes) -> int:
    if kind.name == "sticker" and b"ANIM" not in head[:64]:
        return _STATIC_STICKER
    return kind.size


def _inside(mime: str, head: bytes, strict: bool) -> str:
    """What Meta finds when it looks into the file. Unless `strict`, a file that only claims its type passes."""
    if mime == "audio/ogg" and (strict or head.startswith(b"OggS")):
        return _ogg(head)
    magic = {"image/jpeg": (0, b"\xff\xd8\xff"), "image/png": (0, b"\x89PNG"), "image/webp": (8, b"WEBP")}
    magic |= {"video/mp4": (4, b"ftyp"), "audio/mp4": (4, b"ftyp")}
    if strict and mime in magic:
        at, expected = magic[mime]
        if head[at : at + len(expected)] != expected:
            return f"Uploaded file is of type that isn't allowed for {mime}."
    return ""


def _ogg(head: bytes) -> str:
    at = head.find(b"OpusHead")
    if at < 0:
        return "Audio file uploaded with mimetype as audio/ogg; codecs=opus, however on processing it is not opus."
    channels = head[at + 9 : at + 10]
    return "" if channels == b"\x01" else "Only mono input supported for audio/ogg; codecs=opus."
