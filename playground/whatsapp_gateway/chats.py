"""The small WhatsApp behind the gateway: contacts, groups, chats, messages, and the owner's account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.kit.files import Blob
from playground.kit.news import Versioned

from .ids import full_id

Json = dict[str, Any]

ERROR, PENDING, SERVER, DEVICE, READ, PLAYED = -1, 0, 1, 2, 3, 4
ACK_NAMES = {ERROR: "ERROR", PENDING: "PENDING", SERVER: "SERVER", DEVICE: "DEVICE", READ: "READ", PLAYED: "PLAYED"}


@dataclass(slots=True, eq=False)
class Contact:
    """A person. `by_lid` addresses them by the hidden number, `mapped` lets the gateway find the phone of it.

    `others` are further ways to write the number that `check-exists` understands (Brazil's ninth digit).
    """

    phone: str
    name: str = ""
    lid: str = ""
    exists: bool = True
    by_lid: bool = False
    mapped: bool = True
    phone_on: bool = True
    others: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The chat id that WAHA names this person by."""
        return f"{self.lid}@lid" if self.by_lid else f"{self.phone}@c.us"


@dataclass(slots=True, eq=False)
class Room:
    """What is no person: a group, a newsletter, or everybody's status."""

    id: str
    name: str = ""


@dataclass(slots=True, eq=False)
class Message:
    """One message. `author` is None for the owner; `ack` are the ticks of the owner's messages, and 3 of a
    customer's when the owner has read it. `proto` is the engine's own content, where there is no other."""

    id: str
    chat: Chat
    author: Contact | None
    at: float
    kind: str = "text"
    text: str = ""
    blob: Blob | None = None
    location: Json | None = None
    vcards: list[str] = field(default_factory=list)
    reply_to: str = ""
    source: str = "app"
    ack: int = DEVICE
    extra: Json = field(default_factory=dict)
    proto: Json | None = None
    without_media: bool = False
    edited: bool = False
    revoked: bool = False
    reactions: dict[str, str] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    @property
    def from_me(self) -> bool:
        """Whether the owner's account sent it."""
        return self.author is None

    @property
    def participant(self) -> str | None:
        """Who wrote it, in groups; None elsewhere."""
        in_room = isinstance(self.chat.peer, Room) and not self.chat.id.endswith("@newsletter")
        return self.author.id if self.author is not None and in_room else None

    @property
    def full_id(self) -> str:
        """The id that WAHA names it by."""
        return full_id(self.from_me, self.chat.id, self.id, self.participant)


@dataclass(slots=True, eq=False)
class Chat(Versioned):
    """One chat of an account. `typing` holds [began, ended or None] of what the other side saw."""

    peer: Contact | Room
    owner: Account
    messages: dict[str, Message] = field(default_factory=dict)
    typing: list[list[float | None]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """As WAHA names it now; changes when the person is addressed differently."""
        return self.peer.id

    def ordered(self) -> list[Message]:
        """Oldest first."""
        return sorted(self.messages.values(), key=lambda message: message.at)

    def start_typing(self, now: float) -> None:
        """The other side sees it; again changes nothing."""
        if not self.typing or self.typing[-1][1] is not None:
            self.typing.append([now, None])
            self.touch()

    def stop_typing(self, now: float) -> None:
        """Also by sending a message."""
        if self.typing and self.typing[-1][1] is None:
            self.typing[-1][1] = now
            self.touch()


@dataclass(slots=True, eq=False)
class Account:
    """The owner's WhatsApp: what is on the phone, whether or not a session is linked to it."""

    phone: str
    push_name: str
    lid: str
    banned: bool = False
    chats: dict[Contact | Room, Chat] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The owner's own chat id."""
        return f"{self.phone}@c.us"

    def chat(self, peer: Contact | Room) -> Chat:
        """The chat with them, made when first asked for."""
        return self.chats.setdefault(peer, Chat(peer, self))

    def me(self) -> Json:
        """The `me` of sessions and envelopes."""
        jid = f"{self.phone}:1@s.whatsapp.net"
        return {"id": self.id, "pushName": self.push_name, "lid": f"{self.lid}@lid", "jid": jid}
