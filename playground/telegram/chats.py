"""Chats, their messages and topics, as kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.kit.news import Versioned

from .media import Media
from .people import Bot, Counter, Person

if TYPE_CHECKING:
    from .business import Connection

Json = dict[str, Any]


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is the id of the message that announced it."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    implicit: bool = False
    closed: bool = False
    lost: bool = False

    def api(self) -> Json:
        """The `ForumTopic` object."""
        shown: Json = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        if self.icon_custom_emoji_id:
            shown["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return shown | ({"is_name_implicit": True} if self.implicit else {})


@dataclass(slots=True, eq=False)
class Message:
    """One message, with what bots see and what only a test may know (`silent`, `versions`, `deleted`)."""

    id: int
    chat: Chat
    author: Person | Bot
    date: int
    content: Json
    media: Media | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    markup: Json | None = None
    album: str = ""
    extra: Json = field(default_factory=dict)
    silent: bool = False
    protected: bool = False
    service: bool = False
    edited: int = 0
    deleted: bool = False
    pinned: bool = False
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    versions: list[Json] = field(default_factory=list)

    def api(self, bot_id: int, nested: bool = False) -> Json:
        """The `Message` object for this bot. A nested one shows no reply of its own, as the Bot API has it."""
        shown = {
            "message_id": self.id,
            "from": self.author.user(),
            "chat": self.chat.api(),
            "date": self.date,
            **self.content,
        }
        if self.media is not None:
            shown.update(self.media.fields(bot_id))
        if self.thread_id is not None:
            shown["message_thread_id"] = self.thread_id
            shown["is_topic_message"] = True
        if self.markup is not None and "inline_keyboard" in self.markup:
            shown["reply_markup"] = self.markup
        if self.extra or self.edited or self.album or self.protected:
            shown.update(self._rare())
        if self.chat.connection is not None:
            shown["business_connection_id"] = self.chat.connection.id
        if self.reply_to is not None and not nested:
            original = self.chat.find(self.reply_to)
            if original is not None:
                shown["reply_to_message"] = original.api(bot_id, nested=True)
        return shown

    def _rare(self) -> Json:
        shown = dict(self.extra)
        if self.edited:
            shown["edit_date"] = self.edited
        if self.album:
            shown["media_group_id"] = self.album
        if self.protected:
            shown["has_protected_content"] = True
        return shown


@dataclass(slots=True, eq=False)
class Chat(Versioned):
    """A private chat of one bot with one person, a group, or a business chat."""

    id: int
    kind: str
    counter: Counter
    person: Person | None = None
    bots: dict[int, Bot] = field(default_factory=dict)
    members: dict[int, Person] = field(default_factory=dict)
    admins: set[int] = field(default_factory=set)
    title: str = ""
    username: str = ""
    is_forum: bool = False
    connection: Connection | None = None
    topics_fault: str = ""
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    actions: list[Json] = field(default_factory=list)
    last_incoming: float = 0.0

    def api(self) -> Json:
        """The `Chat` object."""
        if self.person is not None:
            return self.person.chat()
        shown: Json = {"id": self.id, "type": self.kind, "title": self.title}
        if self.username:
            shown["username"] = self.username
        return shown | ({"is_forum": True} if self.is_forum else {})

    def find(self, message_id: int) -> Message | None:
        """A message that is still there."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def add(self, message: Message) -> None:
        """Keep a message and wake who waits for news."""
        self.messages[message.id] = message
        self.touch()
