"""What a person sees, as JSON for tests."""

from __future__ import annotations

from typing import Any

from .chats import Chat, Message
from .people import Bot

Json = dict[str, Any]

_TEXT_KEYS = frozenset(("text", "entities", "caption", "caption_entities"))


def message_view(message: Message) -> Json:
    """One message with all that a test may ask about it."""
    content = message.content
    return {
        "message_id": message.id,
        "from_id": message.author.id,
        "from_name": message.author.first_name,
        "from_bot": isinstance(message.author, Bot) or "sender_business_bot" in message.extra,
        "date": message.date,
        "text": content.get("text") or content.get("caption") or "",
        "entities": content.get("entities") or content.get("caption_entities") or [],
        "content": {name: value for name, value in content.items() if name not in _TEXT_KEYS},
        "buttons": (message.markup or {}).get("inline_keyboard", []),
        "markup": message.markup,
        "media": _media(message),
        "thread_id": message.thread_id,
        "reply_to": message.reply_to,
        "album": message.album,
        "pinned": message.pinned,
        "reactions": {str(who): given for who, given in message.reactions.items() if given},
        "edited": bool(message.edited),
        "deleted": message.deleted,
        "silent": message.silent,
        "protected": message.protected,
        "service": message.service,
        "extra": message.extra,
        "versions": [old.get("text") or old.get("caption") or "" for old in message.versions],
    }


def _media(message: Message) -> Json | None:
    media = message.media
    if media is None:
        return None
    blob = media.blob
    return {
        "kind": media.kind,
        "file": blob.number,
        "size": blob.size,
        "name": blob.name,
        "mime": blob.mime,
        "attributes": media.attributes,
    }


def chat_view(chat: Chat, last: int) -> Json:
    """The chat, newest `last` messages; `version` is for waiting on changes."""
    messages = list(chat.messages.values())[-last:] if last else list(chat.messages.values())
    return {
        "version": chat.version,
        "messages": [message_view(message) for message in messages],
        "topics": [topic.api() for topic in chat.topics.values()],
        "actions": chat.actions,
    }
