"""Reading calls of the Chats API: the signature, and the parts of a body."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from .chat_types import TYPES, Channel, Message, Peer
from .errors import HttpError

Json = dict[str, Any]

WITH_MEDIA = ("file", "video", "picture", "voice", "audio", "sticker")


def refused(status: int, words: str) -> HttpError:
    """A refusal of the Chats API. Its words are not documented; the statuses are."""
    return HttpError(status, {"error_code": status, "error_description": words})


def sign(secret: str, content: bytes) -> str:
    """HMAC-SHA1 in lower-case hex."""
    return hmac.new(secret.encode(), content, hashlib.sha1).hexdigest()


def check(channel: Channel, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
    """403 unless the signature is right; Content-MD5 and Date are part of what is signed, and checked as well.

    The date is compared with real time, not with the server's clock, which tests move.
    """
    given = [headers.get(name, "") for name in ("Content-MD5", "Content-Type", "Date")]
    if not all(given) or given[0] != hashlib.md5(body).hexdigest():  # noqa: S324 - what Kommo wants
        raise refused(403, "Content-MD5, Content-Type and Date are required, and the hash must be the body's")
    signed = "\n".join([method, *given, path]).encode()
    if not hmac.compare_digest(sign(channel.secret, signed), headers.get("X-Signature", "")):
        raise refused(403, "wrong signature")
    try:
        at = parsedate_to_datetime(given[2]).timestamp()
    except ValueError:
        raise refused(403, "wrong date") from None
    if abs(time.time() - at) > seconds:
        raise refused(403, "the date is too old")


def read_message(payload: Json, author: str) -> Message:
    """What `new_message` carries."""
    content = inner(payload, "message")
    kind = text(content, "type")
    if kind not in TYPES:
        raise refused(400, f"message.type is one of {', '.join(TYPES)}")
    if kind == "text":
        text(content, "text")
    if kind in WITH_MEDIA:
        text(content, "media")
    at_ms = payload.get("msec_timestamp")
    if not isinstance(at_ms, int) or not isinstance(payload.get("timestamp"), int):
        raise refused(400, "timestamp and msec_timestamp are required")
    return Message(
        author,
        at_ms,
        kind,
        str(content.get("text", "")),
        media=str(content.get("media", "")),
        file_name=str(content.get("file_name", "")),
        file_size=int(content.get("file_size", 0)),
        msgid=text(payload, "msgid"),
        reply_to=_replied(payload),
        silent=bool(payload.get("silent", False)),
    )


def _replied(payload: Json) -> str:
    message = (payload.get("reply_to") or {}).get("message") or {}
    return str(message.get("msgid") or message.get("id") or "")


def read_peer(values: Json) -> Peer:
    """The customer."""
    profile = values.get("profile") or {}
    about = {name: str(profile.get(name, "")) for name in ("phone", "email")}
    return Peer(text(values, "id"), text(values, "name"), avatar=str(values.get("avatar", "")), **about)


def text(values: Json, name: str) -> str:
    """A string that must not be empty."""
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise refused(400, f"{name} is required")
    return value


def inner(values: Json, name: str) -> Json:
    """An object that must be there."""
    value = values.get(name)
    if not isinstance(value, dict):
        raise refused(400, f"{name} is required")
    return value


def read_json(body: bytes) -> Json:
    """The whole body."""
    try:
        values = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise refused(400, "the body is no JSON") from None
    if not isinstance(values, dict):
        raise refused(400, "the body is no object")
    return values
