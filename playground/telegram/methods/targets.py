"""Where a message goes: chat, topic, reply, keyboard. Shared by everything that sends or changes messages."""

from __future__ import annotations

from typing import Any

from playground.telegram.chats import Chat, Message, Topic
from playground.telegram.errors import BadRequest, Forbidden
from playground.telegram.keyboards import check_markup
from playground.telegram.people import Bot, Person
from playground.telegram.world import World

from .registry import Call

Json = dict[str, Any]

THREAD_LOST = "message thread not found"


def target(call: Call, name: str = "chat_id") -> Chat:
    """The chat this bot may write to; refuses as Telegram does when it may not."""
    raw = call.params.text(name)
    if not raw:
        raise BadRequest("chat_id is empty")
    connection_id = call.params.get("business_connection_id")
    if connection_id:
        return business_chat(call, str(connection_id), raw)
    chat = known_chat(call, raw)
    if chat.person is not None:
        _check_person(chat.person, call.bot)
    return chat


def known_chat(call: Call, raw: str) -> Chat:
    """A chat of this bot by id or @username, whether or not the bot may write there."""
    if raw.startswith("@"):
        return _by_username(call.world, call.bot, raw[1:].lower())
    try:
        chat_id = int(raw)
    except ValueError:
        raise BadRequest("chat not found") from None
    chat = call.bot.chats.get(chat_id)
    if chat is not None:
        return chat
    if chat_id < 0:
        return _group(call.world, call.bot, chat_id)
    return _unmet(call.world, chat_id)


def _unmet(world: World, chat_id: int) -> Chat:
    if any(bot.id == chat_id for bot in world.bots.values()):
        raise Forbidden("bot can't send messages to bots")
    person = world.people.get(chat_id)
    if person is None:
        raise BadRequest("chat not found")
    if person.deactivated:
        raise Forbidden("user is deactivated")
    raise Forbidden("bot can't initiate conversation with a user")


def _group(world: World, bot: Bot, chat_id: int) -> Chat:
    group = world.groups.get(chat_id)
    if group is None:
        raise BadRequest("chat not found")
    if bot.id not in group.bots:
        raise Forbidden(f"bot was kicked from the {'supergroup' if group.kind == 'supergroup' else 'group'} chat")
    return group


def _by_username(world: World, bot: Bot, username: str) -> Chat:
    for group in world.groups.values():
        if group.username.lower() == username:
            return _group(world, bot, group.id)
    raise BadRequest("chat not found")


def business_chat(call: Call, connection_id: str, raw: str) -> Chat:
    """A chat of the connected owner, inside its 24-hour window."""
    connection = call.world.connections.get(connection_id)
    if connection is None or connection.bot is not call.bot:
        raise BadRequest("business connection not found")
    if not raw.lstrip("-").isdigit():
        raise BadRequest("chat not found")
    return connection.writable(int(raw), call.world.clock.now())


def _check_person(person: Person, bot: Bot) -> None:
    if person.deactivated:
        raise Forbidden("user is deactivated")
    if bot.id in person.blocked:
        raise Forbidden("bot was blocked by the user")


def topics_work(chat: Chat, bot: Bot) -> bool:
    """Whether this chat has topics now."""
    if chat.connection is not None:
        return False
    return chat.is_forum if chat.person is None else bot.has_topics_enabled and chat.topics_fault != "off"


def thread_of(call: Call, chat: Chat) -> int | None:
    """The topic asked for, if it is there. The fault `main_chat` quietly forgets it, as Telegram sometimes does."""
    thread_id = call.params.integer("message_thread_id")
    if not thread_id:
        return None
    find_topic(chat, call.bot, thread_id, THREAD_LOST)
    return None if chat.topics_fault == "main_chat" else thread_id


def find_topic(chat: Chat, bot: Bot, thread_id: int, error: str) -> Topic:
    """The topic; BadRequest with `error` when it is gone or broken."""
    topic = chat.topics.get(thread_id)
    if topic is None or topic.lost or chat.topics_fault == "lose" or not topics_work(chat, bot):
        raise BadRequest(error)
    return topic


def reply_of(call: Call, chat: Chat) -> tuple[Message | None, Json]:
    """The message replied to, and what a quote adds. Missing ones are refused unless the call allows it."""
    reply = call.params.object_of("reply_parameters")
    if reply is None:
        if "reply_to_message_id" not in call.params:
            return None, {}
        reply = {
            "message_id": call.params.integer("reply_to_message_id"),
            "allow_sending_without_reply": call.params.boolean("allow_sending_without_reply"),
        }
    if str(reply.get("chat_id", chat.id)) != str(chat.id):
        return _reply_elsewhere(call, reply)
    original = _found(chat, reply.get("message_id"))
    if original is None:
        if reply.get("allow_sending_without_reply") is True or chat.connection is not None:
            return None, {}
        raise BadRequest("message to be replied not found")
    return original, _quote(reply, original)


def _found(chat: Chat, message_id: Any) -> Message | None:
    if not isinstance(message_id, int) or isinstance(message_id, bool):
        raise BadRequest("message identifier is not specified")
    return chat.find(message_id)


def _reply_elsewhere(call: Call, reply: Json) -> tuple[None, Json]:
    original = _found(known_chat(call, str(reply["chat_id"])), reply.get("message_id"))
    if original is None:
        raise BadRequest("message to be replied not found")
    return None, external_reply(original)


def external_reply(original: Message) -> Json:
    """How a reply across chats or topics shows."""
    origin = {"type": "user", "sender_user": original.author.user(), "date": original.date}
    return {"external_reply": {"origin": origin, "chat": original.chat.api(), "message_id": original.id}}


def _quote(reply: Json, original: Message) -> Json:
    quote = reply.get("quote")
    if not quote:
        return {}
    text = original.content.get("text") or original.content.get("caption") or ""
    if quote not in text:
        raise BadRequest("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": reply.get("quote_position", 0), "is_manual": True}}


def markup_of(call: Call, chat: Chat) -> Json | None:
    """The checked keyboard."""
    if "reply_markup" not in call.params:
        return None
    markup = call.params.object_of("reply_markup")
    return check_markup(markup, chat.kind == "private", chat.connection is not None)
