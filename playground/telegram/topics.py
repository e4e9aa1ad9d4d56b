"""Forum topics, in groups and in private chats with a bot."""

from __future__ import annotations

from .chats import Chat, Message, Topic
from .entities import utf16
from .errors import BadRequest
from .people import Bot, Person
from .world import World

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)
MAX_NAME = 128


def check_name(name: str) -> str:
    """1 to 128 characters after trimming."""
    name = name.strip()
    if not name:
        raise BadRequest("topic name must be non-empty")
    if utf16(name) > MAX_NAME:
        raise BadRequest("TOPIC_TITLE_TOO_LONG")
    return name


def create(world: World, chat: Chat, author: Bot | Person, name: str, color: int = COLORS[0], emoji: str = "") -> Topic:
    """A topic begins with a service message whose id is the thread's."""
    content = {"forum_topic_created": {"name": name, "icon_color": color}}
    if emoji:
        content["forum_topic_created"]["icon_custom_emoji_id"] = emoji
    message = world.post(chat, author, content, service=True, silent=True)
    message.thread_id = message.id
    topic = chat.topics[message.id] = Topic(message.id, name, color, emoji)
    chat.touch()
    return topic


def rename(world: World, chat: Chat, author: Bot | Person, topic: Topic, name: str, emoji: str | None) -> Message:
    """New name or icon, told by a service message."""
    edited: dict[str, str] = {}
    if name and name != topic.name:
        topic.name, topic.implicit = edited.setdefault("name", name), False
    if emoji is not None and emoji != topic.icon_custom_emoji_id:
        topic.icon_custom_emoji_id = edited.setdefault("icon_custom_emoji_id", emoji)
    if not edited:
        raise BadRequest("TOPIC_NOT_MODIFIED")
    return world.post(chat, author, {"forum_topic_edited": edited}, thread_id=topic.id, service=True, silent=True)


def delete(chat: Chat, topic: Topic) -> None:
    """The topic goes, and every message in it."""
    del chat.topics[topic.id]
    for message in chat.messages.values():
        if message.thread_id == topic.id:
            message.deleted = True
            message.pinned = False
    chat.touch()
