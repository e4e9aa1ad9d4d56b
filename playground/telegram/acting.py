"""What people do: write, send, edit, react, tap, block. Bots learn of it by updates."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

from playground.kit.errors import ControlError

from .business import RIGHTS, Connection, Mailbox
from .callbacks import Query, remember
from .chats import Chat, Message
from .entities import clean, detect, utf16
from .keyboards import find_button
from .media import Media
from .people import Bot, Person
from .world import World, chat_key

Json = dict[str, Any]

MAX_PERSON_TEXT = 4096


@dataclass(slots=True)
class Scene:
    """A person in a chat, facing one bot of it."""

    world: World
    person: Person
    bot: Bot
    chat: Chat

    def say(
        self,
        content: Json,
        media: Media | None = None,
        thread: int | None = None,
        reply_to: int | None = None,
        album: str = "",
        extra: Json | None = None,
    ) -> Message:
        """Post what the person wrote or sent, and tell the bots."""
        self._require_open()
        original = self._original(reply_to)
        if thread is None and original is not None:
            thread = original.thread_id
        if thread is not None and thread not in self.chat.topics:
            raise ControlError(f"no topic {thread} in this chat")
        message = self.world.post(
            self.chat, self.person, content, media, thread, reply_to, album=album, extra=extra or {}
        )
        if self.chat.connection is None or self.person is self.chat.person:
            self.chat.last_incoming = self.world.clock.now()
        self.world.deliver("message", message)
        return message

    def _require_open(self) -> None:
        if self.person.deactivated:
            raise ControlError("this account is deleted")
        if self.chat.kind == "private" and self.chat.connection is None and self.bot.id in self.person.blocked:
            raise ControlError("this person has blocked the bot; unblock first")

    def _original(self, reply_to: int | None) -> Message | None:
        if reply_to is None:
            return None
        original = self.chat.find(reply_to)
        if original is None:
            raise ControlError(f"no message {reply_to} to reply to")
        return original

    def own(self, message_id: int) -> Message:
        """A message that this person wrote here."""
        message = self.chat.find(message_id)
        if message is None or message.author is not self.person:
            raise ControlError(f"message {message_id} is not there, or somebody else's")
        return message

    def edit(self, message_id: int, content: Json, media: Media | None) -> Message:
        """Change an own message."""
        message = self.own(message_id)
        message.versions.append(message.content)
        message.content, message.media = content, media or message.media
        message.edited = int(self.world.clock.now())
        self.chat.touch()
        self.world.deliver("edited_message", message)
        return message

    def delete(self, message_ids: list[int]) -> None:
        """Delete messages for everyone. Bots learn of it in business chats only."""
        for message_id in message_ids:
            message = self.chat.find(message_id)
            if message is None:
                raise ControlError(f"no message {message_id}")
            message.deleted, message.pinned = True, False
        self.chat.touch()
        self.world.deliver_deletion(self.chat, message_ids)

    def react(self, message_id: int, reactions: list[Json]) -> None:
        """Set this person's reactions; bots that asked for `message_reaction` learn of it."""
        message = self.chat.find(message_id)
        if message is None:
            raise ControlError(f"no message {message_id}")
        old = message.reactions.get(self.person.id, [])
        message.reactions[self.person.id] = reactions
        self.chat.touch()
        payload = {
            "chat": self.chat.api(),
            "message_id": message_id,
            "user": self.person.user(),
            "date": int(self.world.clock.now()),
            "old_reaction": old,
            "new_reaction": reactions,
        }
        for bot in self.chat.bots.values():
            bot.updates.push("message_reaction", payload, chat_key(self.chat))

    def find_button(self, label: str, message_id: int | None) -> tuple[Message, Json]:
        """The button with this label on that message, or on the newest that has it."""
        messages = [self.chat.find(message_id)] if message_id else reversed(list(self.chat.messages.values()))
        for message in messages:
            if message is not None and not message.deleted:
                button = find_button(message.markup, label)
                if button is not None:
                    return message, button
        raise ControlError(f"no button {label!r} in sight")

    def tap(self, message_id: int, data: str) -> Query:
        """Send a callback query, also one that no button would send."""
        self._require_open()
        message = self.chat.messages.get(message_id)
        gone = {"chat": self.chat.api(), "message_id": message_id, "date": 0}
        number = str(secrets.randbits(60))
        query = Query(number, self.world.clock.now(), asyncio.get_running_loop().create_future())
        remember(self.bot.queries, query)
        payload = {
            "id": number,
            "from": self.person.user(),
            "message": gone if message is None or message.deleted else message.api(self.bot.id),
            "chat_instance": str(hash((self.bot.id, self.chat.id))),
            "data": data,
        }
        self.bot.updates.push("callback_query", payload, chat_key(self.chat))
        return query

    def set_blocked(self, blocked: bool) -> None:
        """Block or unblock; the bot learns of it by `my_chat_member`."""
        if (self.bot.id in self.person.blocked) == blocked:
            return
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        (self.person.blocked.add if blocked else self.person.blocked.discard)(self.bot.id)
        payload = {
            "chat": self.chat.api(),
            "from": self.person.user(),
            "date": int(self.world.clock.now()),
            "old_chat_member": _member(self.bot, old),
            "new_chat_member": _member(self.bot, new),
        }
        self.bot.updates.push("my_chat_member", payload, chat_key(self.chat))


def _member(bot: Bot, status: str) -> Json:
    return {"user": bot.user(), "status": status} | ({"until_date": 0} if status == "kicked" else {})


def scene(world: World, bot_id: int, person_id: int, chat_id: int = 0, connection: str = "", client: int = 0) -> Scene:
    """Where a person acts: the chat with the bot, a group, or a business chat (`client` when the owner acts)."""
    bot, person = world.bot(bot_id), world.person(person_id)
    if connection:
        found = _connection(world, connection)
        return Scene(world, person, bot, found.chat(world.person(client or person_id)))
    if chat_id:
        if chat_id not in world.groups:
            raise ControlError(f"no group {chat_id}")
        return Scene(world, person, bot, world.groups[chat_id])
    return Scene(world, person, bot, world.private_chat(bot, person))


def _connection(world: World, connection_id: str) -> Connection:
    if connection_id not in world.connections:
        raise ControlError(f"no connection {connection_id}")
    return world.connections[connection_id]


def text_content(text: str, entities: list[Json] | None) -> Json:
    """What a person's client would send: cleaned, with what it highlights by itself."""
    text, given = clean(text, [dict(entity) for entity in entities or []])
    if not text or utf16(text) > MAX_PERSON_TEXT:
        raise ControlError("a person's text has 1 to 4096 characters")
    found = given + detect(text)
    return {"text": text, "entities": found} if found else {"text": text}


def connect_business(world: World, bot: Bot, owner: Person, rights: Json) -> Connection:
    """The owner connects the bot to their account; whatever bot was connected before is so no more."""
    if not bot.can_connect_to_business:
        raise ControlError("BOT_BUSINESS_MISSING: create the bot with business=True")
    mailbox = world.mailboxes.setdefault(owner.id, Mailbox(owner))
    if mailbox.connection is not None and mailbox.connection.enabled:
        change_connection(mailbox.connection, enabled=False)
    connection = Connection(
        "bc_" + secrets.token_urlsafe(12), mailbox, bot, int(world.clock.now()), checked_rights(rights)
    )
    world.connections[connection.id] = connection
    mailbox.connected(connection)
    _tell(connection)
    return connection


def checked_rights(rights: Json) -> Json:
    """Only those that exist (Bot API, BusinessBotRights)."""
    unknown = rights.keys() - RIGHTS
    if unknown:
        raise ControlError(f"no right {', '.join(sorted(unknown))}")
    return rights


def change_connection(connection: Connection, enabled: bool | None = None, rights: Json | None = None) -> None:
    """The owner gives or takes rights, or disconnects the bot; the bot is told."""
    connection.enabled = connection.enabled if enabled is None else enabled
    connection.rights = connection.rights if rights is None else checked_rights(rights)
    _tell(connection)


def _tell(connection: Connection) -> None:
    connection.bot.updates.push("business_connection", connection.api(), connection.id)
