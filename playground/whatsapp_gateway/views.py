"""What a person sees, as JSON for tests."""

from __future__ import annotations

from typing import Any

from .chats import ACK_NAMES, Chat, Message

Json = dict[str, Any]


def message_view(message: Message) -> Json:
    """One message with all that a test may ask about it."""
    return {
        "id": message.id,
        "full_id": message.full_id,
        "from_me": message.from_me,
        "from_name": message.author.name if message.author is not None else "",
        "source": message.source,
        "at": message.at,
        "kind": message.kind,
        "text": message.text,
        "media": _media(message),
        "location": message.location,
        "vcards": message.vcards,
        "reply_to": message.reply_to,
        "ack": message.ack,
        "ack_name": ACK_NAMES[message.ack],
        "reactions": message.reactions,
        "edited": message.edited,
        "revoked": message.revoked,
        "versions": message.versions,
    }


def _media(message: Message) -> Json | None:
    blob = message.blob
    if blob is None:
        return None
    return {"file": blob.number, "size": blob.size, "name": blob.name, "mime": blob.mime}


def chat_view(chat: Chat) -> Json:
    """The whole chat; `version` is for waiting on changes."""
    messages = [message_view(message) for message in chat.ordered()]
    return {"id": chat.id, "version": chat.version, "messages": messages, "typing": chat.typing}
