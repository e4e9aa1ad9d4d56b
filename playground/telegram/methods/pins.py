"""Pinned messages."""

from __future__ import annotations

from playground.telegram.chats import Message
from playground.telegram.errors import BadRequest

from .registry import Call, method
from .sending import author_in
from .targets import find_topic, target


@method("pinChatMessage")
def pin_chat_message(call: Call) -> bool:
    """Pins, and says so with a service message, once."""
    chat = target(call)
    message = chat.find(call.params.integer("message_id"))
    if message is None:
        raise BadRequest("message to pin not found")
    if message.service:
        raise BadRequest("message can't be pinned")
    if not message.pinned:
        message.pinned = True
        content = {"pinned_message": message.api(call.bot.id, nested=True)}
        author = author_in(call, chat, {})
        call.world.post(chat, author, content, thread_id=message.thread_id, silent=True, service=True)
    return True


@method("unpinChatMessage")
def unpin_chat_message(call: Call) -> bool:
    """One, or the newest pinned when none is named."""
    chat = target(call)
    message_id = call.params.integer("message_id")
    pinned = [message for message in chat.messages.values() if message.pinned]
    message = chat.find(message_id) if message_id else pinned[-1] if pinned else None
    if message is None:
        raise BadRequest("message to unpin not found")
    _unpin([message])
    return True


@method("unpinAllChatMessages")
def unpin_all_chat_messages(call: Call) -> bool:
    """Every one of the chat."""
    _unpin(list(target(call).messages.values()))
    return True


@method("unpinAllForumTopicMessages")
def unpin_all_forum_topic_messages(call: Call) -> bool:
    """Every one of a topic."""
    chat = target(call)
    topic = find_topic(chat, call.bot, call.params.integer("message_thread_id"), "message thread not found")
    _unpin([message for message in chat.messages.values() if message.thread_id == topic.id])
    return True


def _unpin(messages: list[Message]) -> None:
    for message in messages:
        message.pinned = False
    if messages:
        messages[0].chat.touch()
