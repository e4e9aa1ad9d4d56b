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


@dataclass(slots=True, eq=False)
class Connection:
    """One owner's account connected to one bot. Message ids are the owner's, not the bot's."""

    id: str
    owner: Person
    bot: Bot
    date: int
    rights: Json
    enabled: bool = True
    counter: Counter = field(default_factory=Counter)
    chats: dict[int, Chat] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)

    def api(self) -> Json:
        """The `BusinessConnection` object."""
        return {
            "id": self.id,
            "user": self.owner.user(),
            "user_chat_id": self.owner.id,
            "date": self.date,
            "rights": self.rights,
            "is_enabled": self.enabled,
        }

    def chat(self, client: Person) -> Chat:
        """The owner's chat with this client, made when first asked for."""
        chat = self.chats.get(client.id)
        if chat is None:
            bots = {self.bot.id: self.bot}
            chat = Chat(client.id, "private", self.counter, person=client, bots=bots, connection=self)
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
        chat = self.chats.get(chat_id)
        if chat is None or now - chat.last_incoming > REPLY_WINDOW:
            raise BadRequest("BUSINESS_PEER_INVALID")
        return chat
