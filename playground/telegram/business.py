"""Business connections: a bot that answers in an owner's own chats (Bot API, BusinessConnection)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .chats import Chat
from .errors import BadRequest
from .people import Bot, Counter, Person

Json = dict[str, Any]

REPLY_WINDOW = 24 * 3600
DEFAULT_RIGHTS = {"can_reply": True, "can_read_messages": True, "can_delete_sent_messages": True}
RIGHTS = frozenset(
    [
        *DEFAULT_RIGHTS,
        "can_delete_all_messages",
        "can_edit_name",
        "can_edit_bio",
        "can_edit_profile_photo",
        "can_edit_username",
        "can_change_gift_settings",
        "can_view_gifts_and_stars",
        "can_convert_gifts_to_stars",
        "can_transfer_and_upgrade_gifts",
        "can_transfer_stars",
        "can_manage_stories",
    ]
)


@dataclass(slots=True, eq=False)
class Mailbox:
    """What an owner's account holds, whoever is connected to it: message ids and chats are the account's own."""

    owner: Person
    counter: Counter = field(default_factory=Counter)
    chats: dict[int, Chat] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)
    connection: Connection | None = None

    def connected(self, connection: Connection) -> None:
        """From now on its chats are seen through this connection."""
        self.connection = connection
        for chat in self.chats.values():
            chat.connection = connection
            chat.bots = {connection.bot.id: connection.bot}


@dataclass(slots=True, eq=False)
class Connection:
    """One owner's account connected to one bot. Whoever connects again gets another id."""

    id: str
    mailbox: Mailbox
    bot: Bot
    date: int
    rights: Json
    enabled: bool = True

    @property
    def owner(self) -> Person:
        """Whose account it is."""
        return self.mailbox.owner

    @property
    def chats(self) -> dict[int, Chat]:
        """The account's chats by the client's id."""
        return self.mailbox.chats

    def api(self) -> Json:
        """The `BusinessConnection` object; rights that are not given are left out, as the Bot API does."""
        return {
            "id": self.id,
            "user": self.owner.user(),
            "user_chat_id": self.owner.id,
            "date": self.date,
            "rights": {name: True for name, given in self.rights.items() if given},
            "is_enabled": self.enabled,
        }

    def chat(self, client: Person) -> Chat:
        """The owner's chat with this client, made when first asked for, seen through the connection of now."""
        chat = self.chats.get(client.id)
        if chat is None:
            now = self.mailbox.connection or self
            chat = Chat(client.id, "private", self.mailbox.counter, person=client, bots={now.bot.id: now.bot})
            chat.connection = now
            self.chats[client.id] = chat
        return chat

    def require(self, right: str) -> None:
        """Refuse without this right, or when the owner has disconnected the bot."""
        if not self.enabled:
            raise BadRequest("business connection not found")
        if not self.rights.get(right):
            raise BadRequest("BOT_ACCESS_FORBIDDEN")

    def writable(self, chat_id: int, now: float) -> Chat:
        """The chat, if the bot may write there: only within 24 hours of the client's last message."""
        self.require("can_reply")
        return self.open_chat(chat_id, now)

    def open_chat(self, chat_id: int, now: float) -> Chat:
        """The chat, if the client has written in the last 24 hours."""
        chat = self.chats.get(chat_id)
        if chat is None or now - chat.last_incoming > REPLY_WINDOW:
            raise BadRequest("BUSINESS_PEER_INVALID")
        return chat
