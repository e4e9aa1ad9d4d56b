"""Control actions of users in chats: they write, react and type inside Kommo, and a Salesbot does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError

from . import chats
from .chat_types import Chat, Message
from .seeing import chat_view
from .world import World

Json = dict[str, Any]


def _chat_of(world: World, values: Json) -> Chat:
    """By Kommo's id of the chat, or by the channel's id of the conversation."""
    for chat in world.chats.values():
        if values["chat"] in (chat.id, chat.conversation_id):
            return chat
    raise ControlError(f"no chat {values['chat']}")


def _write(world: World, values: Json) -> str:
    """A user writes to the customer; `bot` lets a Salesbot do it. Returns Kommo's id of the message."""
    chat = _chat_of(world, values)
    author = "bot" if values.get("bot") else str(values.get("by") or world.admin.id)
    if author != "bot":
        world.known(world.users, int(author), "user")
    names = ("media", "file_name", "file_size")
    about = {name: values[name] for name in names if values.get(name)}
    at_ms = int(world.clock.now() * 1000)
    message = Message(author, at_ms, values.get("kind", "text"), values.get("text", ""), **about)
    chats.write(world, chat, message)
    return message.id


def _react(world: World, values: Json) -> bool:
    """A user reacts to a message, or takes it back when there is no emoji."""
    chat = _chat_of(world, values)
    message = next((item for item in chat.messages if values["message"] in (item.id, item.msgid)), None)
    if message is None:
        raise ControlError(f"no message {values['message']}")
    emoji, user = values.get("emoji", ""), world.users[values.get("by") or world.admin.id]
    content = {
        "conversation": {"id": chat.id, "client_id": chat.conversation_id},
        "sender": {"id": user.amojo_id, "name": user.name},
        "message": {"id": message.id, "client_id": message.msgid},
        "type": "react" if emoji else "unreact",
        "emoji": emoji,
    }
    chats.tell_channel(world, chat.channel, "reaction", content)
    return True


def _types(world: World, values: Json) -> bool:
    """A user is typing."""
    chat, user = _chat_of(world, values), world.users[values.get("by") or world.admin.id]
    content = {"conversation": {"id": chat.id, "client_id": chat.conversation_id}, "sender": {"id": user.amojo_id}}
    chats.tell_channel(world, chat.channel, "typing", content | {"expired_at": world.now() + 5})
    return True


def _chat(world: World, values: Json) -> Json:
    return chat_view(_chat_of(world, values))


def _chats(world: World, _values: Json) -> list[Json]:
    return [chat_view(chat) for chat in world.chats.values()]


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "write": _write,
    "react": _react,
    "types": _types,
    "chat": _chat,
    "chats": _chats,
}
