"""Chats of a business number with a person, and the messages in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playground.kit.news import Versioned

if TYPE_CHECKING:
    from playground.kit.files import Blob

    from .accounts import Number, Person

Json = dict[str, Any]

RANKS = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}


@dataclass(slots=True)
class Message:
    """One message. `by` is `person`, `api` or `phone` (Business app); `content` is the object named as `type`.

    `status` is that of what the business wrote. `shown`: whether the person has it; `cleared`: gone with the chat that
    the person deleted, on their side only. `versions` are earlier contents.
    """

    id: str
    chat: Chat
    by: str
    at: float
    type: str
    content: Any
    blob: Blob | None = None
    context: Json | None = None
    extra: Json = field(default_factory=dict)
    tracker: str = ""
    template: bool = False
    status: str = ""
    error: int = 0
    shown: bool = True
    deleted: bool = False
    cleared: bool = False
    read_by_business: bool = False
    reactions: dict[str, str] = field(default_factory=dict)
    versions: list[Any] = field(default_factory=list)

    @property
    def outgoing(self) -> bool:
        """Whether the business wrote it."""
        return self.by != "person"


@dataclass(slots=True)
class Chat(Versioned):
    """A number and a person. `window_until`: till when anything may be sent (seconds since the epoch)."""

    number: Number
    person: Person
    window_until: float = 0.0
    typing_until: float = 0.0
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What webhooks are kept in order by."""
        return f"{self.number.id}:{self.person.key}"

    def add(self, message: Message) -> Message:
        """A new message."""
        self.messages[message.id] = message
        self.touch()
        return message
