"""Deleting, by the rules of deleteMessage in the Bot API."""

from __future__ import annotations

from typing import Any

from playground.telegram.chats import Chat, Message
from playground.telegram.errors import BadRequest

from .registry import Call, method
from .targets import known_chat, target

CANT_DELETE = "message can't be deleted for everyone"
DICE_SECONDS = 24 * 3600


def deletable(call: Call, chat: Chat, message: Message) -> bool:
    """Younger than 48 h, not the birth of a topic, no fresh dice in private, and own or in the bot's power."""
    age = call.world.clock.now() - message.date
    if age > call.world.options.delete_seconds or "forum_topic_created" in message.content:
        return False
    if chat.kind == "private":
        return "dice" not in message.content or age > DICE_SECONDS
    return message.author is call.bot or call.bot.id in chat.admins


def erase(message: Message) -> None:
    """Gone for everyone; a trace stays for tests."""
    message.deleted = True
    message.pinned = False
    message.chat.touch()


@method("deleteMessage")
def delete_message(call: Call) -> bool:
    """One message."""
    chat = known_chat_or_target(call)
    message = chat.find(call.params.integer("message_id"))
    if message is None:
        raise BadRequest("message to delete not found")
    if not deletable(call, chat, message):
        raise BadRequest(CANT_DELETE)
    erase(message)
    return True


@method("deleteMessages")
def delete_messages(call: Call) -> bool:
    """Up to 100; those not found are skipped."""
    chat = known_chat_or_target(call)
    for message_id in message_ids(call):
        message = chat.find(message_id)
        if message is not None and deletable(call, chat, message):
            erase(message)
    return True


def message_ids(call: Call) -> list[int]:
    """The checked `message_ids`."""
    ids: list[Any] = call.params.items_of("message_ids")
    if not ids:
        raise BadRequest("message identifiers are not specified")
    if len(ids) > 100:
        raise BadRequest("too many message identifiers specified")
    if not all(isinstance(item, int) for item in ids):
        raise BadRequest("message identifiers are invalid")
    return ids


def known_chat_or_target(call: Call) -> Chat:
    """Deleting needs a chat that exists; it works on people who blocked the bot, too."""
    raw = call.params.text("chat_id")
    return known_chat(call, raw) if raw else target(call)
