"""The whole small Telegram: who exists, who talks to whom, and how a message gets to the bots."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from playground.kit.clock import Clock
from playground.kit.errors import ControlError
from playground.kit.faults import Faults
from playground.kit.timers import Timers

from .business import Connection, Mailbox
from .calls import CallLog, Fault
from .chats import Chat, Message
from .files import FileStore
from .limits import Limits
from .media import Media
from .options import Options
from .people import Bot, Counter, Person
from .updates import UpdateQueue

Json = dict[str, Any]

_BUSINESS = {"message": "business_message", "edited_message": "edited_business_message"}


class World:
    """State of one server. `start` runs something in the background for as long as the server lives."""

    def __init__(self, options: Options, start: Callable[[Awaitable[None]], None]) -> None:
        self.options = options
        self.start = start
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.files = FileStore()
        self.limits = Limits(options)
        self.calls = CallLog(options.call_log)
        self.faults = Faults[Fault]()
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Chat] = {}
        self.connections: dict[str, Connection] = {}
        self.mailboxes: dict[int, Mailbox] = {}
        self.webhook_log: deque[Json] = deque(maxlen=options.webhook_log)
        self.messages_total = 0
        self.run_reply: Callable[[Bot, Json], Awaitable[None]] = _nothing
        self._history: deque[Message] = deque()

    def add_bot(self, token: str, username: str, first_name: str = "", **flags: Any) -> Bot:
        """A new bot; its id is the part of the token before the colon."""
        head, colon, _ = token.partition(":")
        if not (head.isdigit() and colon):
            raise ControlError(f"a token looks like 12345:secret, not {token!r}")
        if token in self.bots:
            raise ControlError("this token is taken")
        queue = UpdateQueue(self.clock, self.options, 100_000_000 + secrets.randbelow(100_000_000))
        bot = self.bots[token] = Bot(int(head), token, username, first_name or username, queue, **flags)
        return bot

    def bot(self, bot_id: int) -> Bot:
        """The bot with this id; ControlError when there is none."""
        for bot in self.bots.values():
            if bot.id == bot_id:
                return bot
        raise ControlError(f"no bot {bot_id}")

    def person(self, person_id: int) -> Person:
        """The person with this id; ControlError when there is none."""
        person = self.people.get(person_id)
        if person is None:
            raise ControlError(f"no person {person_id}")
        return person

    def private_chat(self, bot: Bot, person: Person) -> Chat:
        """The chat between the two, made by whoever comes first."""
        chat = bot.chats.get(person.id)
        if chat is None:
            chat = Chat(person.id, "private", bot.counter, person=person, bots={bot.id: bot})
            bot.chats[person.id] = chat
        return chat

    def add_group(self, chat_id: int, title: str, bots: list[Bot], people: list[Person], is_forum: bool) -> Chat:
        """A supergroup, or a basic group when its id doesn't begin with -100."""
        kind = "supergroup" if str(chat_id).startswith("-100") else "group"
        chat = Chat(chat_id, kind, Counter(), title=title, is_forum=is_forum)
        chat.bots = {bot.id: bot for bot in bots}
        chat.admins = {bot.id for bot in bots}
        chat.members = {person.id: person for person in people}
        self.groups[chat_id] = chat
        return chat

    def post(
        self,
        chat: Chat,
        author: Person | Bot,
        content: Json,
        media: Media | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        **rest: Any,
    ) -> Message:
        """A new message in a chat; nobody is told yet. `rest` are further fields of `Message`."""
        message = Message(
            chat.counter.next(), chat, author, int(self.clock.now()), content, media, thread_id, reply_to, **rest
        )
        chat.add(message)
        self._remember(message)
        if chat.person is not None and not message.silent and not message.service and isinstance(author, Bot):
            sounded = chat.person.sounded
            sounded[author.id] = sounded.get(author.id, 0) + 1
        return message

    def _remember(self, message: Message) -> None:
        self.messages_total += 1
        self._history.append(message)
        if len(self._history) > self.options.history:
            old = self._history.popleft()
            old.chat.messages.pop(old.id, None)

    def deliver(self, kind: str, message: Message) -> None:
        """Tell every bot of the chat: `message` or `edited_message`."""
        chat = message.chat
        if chat.connection is not None:
            kind = _BUSINESS[kind]
            if not chat.connection.enabled:
                return
        for bot in chat.bots.values():
            if kind in bot.updates.allowed:
                bot.updates.push(kind, message.api(bot.id), chat_key(chat))

    def echo(self, kind: str, message: Message) -> None:
        """In an account's chats the bot is told of what it did itself, too."""
        if message.chat.connection is not None and self.options.business_echo:
            self.deliver(kind, message)

    def deliver_deletion(self, chat: Chat, message_ids: list[int]) -> None:
        """Bots learn of deletions in accounts' chats only."""
        connection = chat.connection
        if connection is not None and connection.enabled:
            payload = {"business_connection_id": connection.id, "chat": chat.api(), "message_ids": message_ids}
            connection.bot.updates.push("deleted_business_messages", payload, chat_key(chat))

    def advance(self, seconds: float) -> None:
        """Move time; what became due happens now."""
        self.timers.jump(seconds)

    async def close(self) -> None:
        """Stop webhooks, end polls, delete files."""
        for bot in self.bots.values():
            bot.updates.terminate("the server is closing")
            if bot.webhook is not None:
                await bot.webhook.shutdown()
        self.timers.close()
        await asyncio.sleep(0)
        self.files.close()


def chat_key(chat: Chat) -> str:
    """What a webhook keeps in order."""
    return str(chat.id) if chat.connection is None else f"{chat.connection.id}:{chat.id}"


async def _nothing(_bot: Bot, _call: Json) -> None:
    return None
