"""What a person sees: the chat with its messages, files, reactions and ticks."""

from __future__ import annotations

from typing import Any

from .chats import Chat, Message

Json = dict[str, Any]


def message_view(message: Message) -> Json:
    """A message as it is on the person's phone. `text` is the body, caption, or what the kind reads as."""
    return {
        "id": message.id,
        "by": message.by,
        "type": message.type,
        "text": _text(message),
        "content": message.content,
        "buttons": _buttons(message),
        "file": _file(message),
        "reply_to": (message.context or {}).get("id", ""),
        "reactions": message.reactions,
        "status": message.status,
        "error": message.error,
        "shown": message.shown,
        "deleted": message.deleted,
        "read_by_business": message.read_by_business,
        "tracker": message.tracker,
        "at": message.at,
        "versions": [_of(message.type, content) for content in message.versions],
    }


def _text(message: Message) -> str:
    return "" if message.deleted else _of(message.type, message.content)


def _of(kind: str, content: Any) -> str:
    if not isinstance(content, dict):
        return ""
    if kind == "interactive":
        return str((content.get("body") or {}).get("text", ""))
    for name in ("body", "caption", "text"):
        if isinstance(content.get(name), str):
            return str(content[name])
    return ""


def _buttons(message: Message) -> list[str]:
    """The labels that can be seen."""
    if message.type == "template":
        return [button["text"] for button in message.content["buttons"]]
    if message.type != "interactive" or not message.outgoing:
        return []
    action = message.content["action"]
    if "buttons" in action:
        return [button["reply"]["title"] for button in action["buttons"]]
    if "sections" in action:
        return [row["title"] for section in action["sections"] for row in section["rows"]]
    return [action["parameters"]["display_text"]] if "parameters" in action else []


def _file(message: Message) -> Json | None:
    blob = message.blob
    if blob is None:
        return None
    name = message.content.get("filename") or blob.name
    return {"number": blob.number, "size": blob.size, "name": name, "mime": blob.mime}


def chat_view(chat: Chat, now: float, last: int) -> Json:
    """The chat, newest `last` messages; `version` is for waiting on changes."""
    messages = [message for message in chat.messages.values() if not message.cleared]
    return {
        "version": chat.version,
        "messages": [message_view(message) for message in (messages[-last:] if last else messages)],
        "typing": chat.typing_until > now,
        "window_until": chat.window_until,
        "now": now,
    }
