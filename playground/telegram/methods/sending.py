"""Sending what is not a file: text, places, contacts, polls, dice; and the one way everything is sent."""

from __future__ import annotations

import random
from typing import Any

from playground.telegram.chats import Chat, Message
from playground.telegram.entities import MAX_RAW_BYTES, MAX_TEXT, formatted, utf16
from playground.telegram.errors import BadRequest
from playground.telegram.media import Media
from playground.telegram.people import Bot, Person

from .registry import Call, Json, method
from .targets import external_reply, find_topic, markup_of, reply_of, target, thread_of

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def send(call: Call, content: Json, media: Media | None = None, chat: Chat | None = None, album: str = "") -> Message:
    """Post a message as this call asks for it."""
    chat = chat or target(call)
    thread_id = thread_of(call, chat)
    original, extra = reply_of(call, chat)
    if original is not None and original.thread_id != thread_id:
        if "message_thread_id" in call.params:
            extra = external_reply(original)
            original = None
        else:
            thread_id = original.thread_id
    markup = None if album else markup_of(call, chat)
    message = call.world.post(
        chat,
        author_in(call, chat, extra),
        content,
        media,
        thread_id,
        original.id if original is not None else None,
        markup=markup,
        silent=call.params.boolean("disable_notification"),
        protected=call.params.boolean("protect_content"),
        album=album,
        extra=extra,
    )
    call.world.echo("message", message)
    return message


def author_in(call: Call, chat: Chat, extra: Json) -> Bot | Person:
    """The bot, or in a business chat its owner, marked as written by the bot."""
    if chat.connection is None:
        return call.bot
    extra["sender_business_bot"] = call.bot.user()
    return chat.connection.owner


def text_of(call: Call, limit: int = MAX_TEXT) -> Json:
    """The checked `text` with its entities."""
    raw = call.params.text("text")
    if len(raw) > MAX_RAW_BYTES // 4 and len(raw.encode("utf-8", "surrogatepass")) > MAX_RAW_BYTES:
        raise BadRequest("text is too long")
    entities = call.params.items_of("entities")
    text, found = formatted(raw, call.params.text("parse_mode"), entities, limit, "message is too long")
    if not text:
        raise BadRequest("message text is empty")
    return {"text": text, "entities": found} if found else {"text": text}


@method("sendMessage", charged=True)
def send_message(call: Call) -> Json:
    """Text."""
    content = text_of(call)
    options = call.params.object_of("link_preview_options")
    if options:
        content["link_preview_options"] = options
    return send(call, content).api(call.bot.id)


@method("sendMessageDraft")
def send_message_draft(call: Call) -> bool:
    """A preview for 30 seconds; kept only as the newest draft of the chat."""
    chat = target(call)
    thread_of(call, chat)
    if not call.params.integer("draft_id"):
        raise BadRequest("draft_id must be non-zero")
    if utf16(call.params.text("text")) > MAX_TEXT:
        raise BadRequest("message is too long")
    chat.actions.append({"draft": call.params.text("text"), "time": call.world.clock.now()})
    del chat.actions[:-50]
    chat.touch()
    return True


@method("sendLocation", charged=True)
def send_location(call: Call) -> Json:
    """A point, live when `live_period` is given."""
    return send(call, {"location": _point(call)}).api(call.bot.id)


def _point(call: Call) -> Json:
    latitude, longitude = call.params.number("latitude"), call.params.number("longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise BadRequest("wrong location specified")
    point: Json = {"latitude": latitude, "longitude": longitude}
    if "live_period" in call.params:
        point["live_period"] = call.params.integer("live_period")
    return point


@method("sendVenue", charged=True)
def send_venue(call: Call) -> Json:
    """A place with a name; `location` is set too, as in the Bot API."""
    point = _point(call)
    venue = {"location": point, "title": _needed(call, "title"), "address": _needed(call, "address")}
    return send(call, {"venue": venue, "location": point}).api(call.bot.id)


@method("sendContact", charged=True)
def send_contact(call: Call) -> Json:
    """A phone contact; the vcard may hold 2048 bytes."""
    contact = {"phone_number": _needed(call, "phone_number"), "first_name": _needed(call, "first_name")}
    for name in ("last_name", "vcard"):
        if call.params.text(name):
            contact[name] = call.params.text(name)
    if len(contact.get("vcard", "").encode()) > 2048:
        raise BadRequest("vCard is too long")
    return send(call, {"contact": contact}).api(call.bot.id)


@method("sendPoll", charged=True)
def send_poll(call: Call) -> Json:
    """A poll with 2 to 12 options."""
    options = call.params.items_of("options")
    if not 2 <= len(options) <= 12:
        raise BadRequest(
            "poll must have at least 2 option" if len(options) < 2 else "poll can't have more than 12 options"
        )
    texts = [option if isinstance(option, str) else option["text"] for option in options]
    return send(call, {"poll": poll(_needed(call, "question"), texts, call.params)}).api(call.bot.id)


def poll(question: str, options: list[str], params: dict[str, Any]) -> Json:
    """The `Poll` object."""
    return {
        "id": str(random.getrandbits(60)),
        "question": question,
        "options": [
            {"text": text, "voter_count": 0, "persistent_id": str(number)} for number, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": params.get("type", "regular"),
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    }


@method("sendDice", charged=True)
def send_dice(call: Call) -> Json:
    """A die whose value Telegram throws."""
    emoji = call.params.text("emoji") or "🎲"
    if emoji not in DICE:
        raise BadRequest("wrong dice emoji specified")
    return send(call, {"dice": {"emoji": emoji, "value": random.randint(1, DICE[emoji])}}).api(call.bot.id)  # noqa: S311


@method("sendChatAction")
def send_chat_action(call: Call) -> bool:
    """«typing…»; kept for tests."""
    chat = target(call)
    thread_id = call.params.integer("message_thread_id")
    if thread_id:
        find_topic(chat, call.bot, thread_id, "message thread not found")
    action = call.params.text("action")
    if action not in ACTIONS:
        raise BadRequest("wrong parameter action in request")
    chat.actions.append({"action": action, "thread_id": thread_id or None, "time": call.world.clock.now()})
    del chat.actions[:-50]
    chat.touch()
    return True


def _needed(call: Call, name: str) -> str:
    value = call.params.text(name).strip()
    if not value:
        raise BadRequest(f"{name} is empty")
    return value
