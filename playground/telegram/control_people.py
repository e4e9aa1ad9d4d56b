"""Control actions of people: who they are, what they do, what they see."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError

from . import topics
from .acting import Scene, scene, text_content
from .entities import utf16
from .media import KINDS, Media
from .methods.commands import menu
from .methods.sending import poll
from .people import Person
from .views import chat_view, message_view
from .world import World

Json = dict[str, Any]

WHERE = ("bot_id", "person_id", "chat_id", "connection", "client")


def _scene(world: World, values: Json) -> Scene:
    return scene(world, **{name: values[name] for name in WHERE if values.get(name)})


def _person(world: World, values: Json) -> Json:
    person = world.people.get(values["id"])
    if person is None:
        person = world.people[values["id"]] = Person(**values)
    else:
        person.renamed(**{name: value for name, value in values.items() if name != "id"})
    return person.user()


def _people(world: World, values: Json) -> int:
    """Many at once: `count` people with ids from `first_id` on."""
    for number in range(values["first_id"], values["first_id"] + values["count"]):
        world.people.setdefault(number, Person(number, f"{values.get('name', 'Person')} {number}"))
    return len(world.people)


def _write(world: World, values: Json) -> Json:
    content = text_content(values["text"], values.get("entities"))
    return message_view(_scene(world, values).say(content, **_how(values)))


def _write_many(world: World, values: Json) -> Json | list[int]:
    """`[[person_id, text], …]` to one bot; for load. With `timed` it tells when they were written, too."""
    at = world.clock.now()
    bot = world.bot(values["bot_id"])
    sent = []
    for person_id, text in values["texts"]:
        person = world.person(person_id)
        said = Scene(world, person, bot, world.private_chat(bot, person)).say({"text": text})
        sent.append(said.id)
    return {"at": at, "ids": sent} if values.get("timed") else sent


def _how(values: Json) -> Json:
    return {name: values[name] for name in ("thread", "reply_to", "extra") if values.get(name) is not None}


def _start(world: World, values: Json) -> Json:
    place = _scene(world, values)
    place.set_blocked(False)
    text = f"/start {values.get('payload') or ''}".strip()
    return message_view(place.say(text_content(text, None)))


def _media(world: World, values: Json) -> Media:
    kind = KINDS.get(values["kind"])
    if kind is None:
        raise ControlError(f"kinds of media are {', '.join(KINDS)}")
    return Media(kind.name, world.files.given(values, kind.file_name, kind.mime), values.get("attributes") or {})


def _caption(values: Json) -> Json:
    text = values.get("caption") or ""
    if utf16(text) > 1024:
        raise ControlError("a caption has up to 1024 characters")
    content = {"caption": text} if text else {}
    return content | ({"caption_entities": values["entities"]} if values.get("entities") else {})


def _send(world: World, values: Json) -> Json:
    return message_view(_scene(world, values).say(_caption(values), _media(world, values), **_how(values)))


def _album(world: World, values: Json) -> list[Json]:
    place, album = _scene(world, values), str(secrets.randbelow(10**17))
    parts = [(_caption(item), _media(world, item)) for item in values["items"]]
    return [message_view(place.say(content, media, album=album, **_how(values))) for content, media in parts]


def _say(world: World, values: Json) -> Json:
    """Anything else as raw content: location, venue, contact, dice, a game, a story …"""
    return message_view(_scene(world, values).say(values["content"], **_how(values)))


def _poll(world: World, values: Json) -> Json:
    content = {"poll": poll(values["question"], values["options"], {})}
    return message_view(_scene(world, values).say(content, **_how(values)))


def _edit(world: World, values: Json) -> Json:
    place = _scene(world, values)
    message = place.own(values["message_id"])
    if message.media is None:
        content = text_content(values["text"], values.get("entities"))
    else:
        content = _caption({"caption": values["text"], "entities": values.get("entities")})
    media = _media(world, values["media"]) if values.get("media") else None
    return message_view(place.edit(values["message_id"], content, media))


def _delete(world: World, values: Json) -> bool:
    _scene(world, values).delete(values["message_ids"])
    return True


def _react(world: World, values: Json) -> bool:
    given = [item if isinstance(item, dict) else {"type": "emoji", "emoji": item} for item in values["reactions"]]
    _scene(world, values).react(values["message_id"], given)
    return True


async def _tap(world: World, values: Json) -> Json:
    """Tap a button by label, or forge `data` on a message; wait for the bot's answer."""
    place = _scene(world, values)
    if values.get("data") is not None:
        message_id, data = values["message_id"], values["data"]
    else:
        message, button = place.find_button(values["label"], values.get("message_id"))
        if "callback_data" not in button:
            return {"answered": True, "text": "", "show_alert": False, "url": button.get("url", ""), "button": button}
        message_id, data = message.id, button["callback_data"]
    query = place.tap(message_id, data)
    if values.get("timeout", 5):
        await asyncio.wait([query.answer], timeout=values.get("timeout", 5))
    answer = query.answer.result() if query.answer.done() else {"text": "", "show_alert": False, "url": ""}
    return {"answered": query.answer.done(), "query_id": query.id} | answer


async def _tap_many(world: World, values: Json) -> Json:
    """Many people tap the same label on their newest message that has it, at one instant; for load. Nobody waits."""
    bot = world.bot(values["bot_id"])
    taps = []
    for person_id in values["people"]:
        person = world.person(person_id)
        scene = Scene(world, person, bot, world.private_chat(bot, person))
        message, button = scene.find_button(values["label"], None)
        taps.append((scene, message.id, button["callback_data"]))
    at = world.clock.now()
    return {"at": at, "query_ids": [scene.tap(message_id, data).id for scene, message_id, data in taps]}


def _block(world: World, values: Json) -> bool:
    _scene(world, values).set_blocked(values["blocked"])
    return True


def _deactivate(world: World, values: Json) -> bool:
    world.person(values["person_id"]).deactivated = True
    return True


async def _chat(world: World, values: Json) -> Json:
    """The chat now, or as soon as its `version` has passed `after`."""
    chat = _scene(world, values).chat
    await chat.asked(values)
    return chat_view(chat, values.get("last", 0))


def _menu(world: World, values: Json) -> list[Json]:
    place = _scene(world, values)
    return menu(place.bot, place.chat.id, place.person.id, place.person.language_code)


def _sounded(world: World, values: Json) -> int:
    return world.person(values["person_id"]).sounded.get(values["bot_id"], 0)


def _create_topic(world: World, values: Json) -> Json:
    place = _scene(world, values)
    if not place.bot.allows_users_to_create_topics and not values.get("force"):
        raise ControlError("this bot does not let people create topics")
    topic = topics.create(world, place.chat, place.person, topics.check_name(values["name"]))
    topic.implicit = bool(values.get("implicit"))
    message = place.chat.messages[topic.id]
    if topic.implicit:
        message.content["forum_topic_created"]["is_name_implicit"] = True
    world.deliver("message", message)
    return topic.api()


def _delete_topic(world: World, values: Json) -> bool:
    chat = _scene(world, values).chat
    if values["thread"] not in chat.topics:
        raise ControlError(f"no topic {values['thread']}")
    topics.delete(chat, chat.topics[values["thread"]])
    return True


def _break_topics(world: World, values: Json) -> bool:
    """`off`, `lose`, `main_chat` or `` for the whole chat; with `thread` only that topic is lost."""
    chat = _scene(world, values).chat
    if values.get("thread"):
        chat.topics[values["thread"]].lost = values["how"] == "lose"
    elif values["how"] in ("", "off", "lose", "main_chat"):
        chat.topics_fault = values["how"]
    else:
        raise ControlError("topics break as off, lose or main_chat")
    return True


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "person": _person,
    "people": _people,
    "write": _write,
    "write_many": _write_many,
    "start": _start,
    "send": _send,
    "album": _album,
    "say": _say,
    "poll": _poll,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "tap": _tap,
    "tap_many": _tap_many,
    "block": _block,
    "deactivate": _deactivate,
    "chat": _chat,
    "menu": _menu,
    "sounded": _sounded,
    "create_topic": _create_topic,
    "delete_topic": _delete_topic,
    "break_topics": _break_topics,
}
