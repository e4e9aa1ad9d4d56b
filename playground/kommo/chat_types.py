"""What a chat is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Json = dict[str, Any]

TYPES = ("text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location")


@dataclass(slots=True, eq=False)
class Channel:
    """What Kommo's support registers. `hook` is where messages go; `{scope_id}` in it is replaced."""

    id: str
    secret: str
    title: str
    hook: str
    bot_id: str = field(default_factory=lambda: str(uuid4()))
    connected: bool = False


@dataclass(slots=True, eq=False)
class Peer:
    """The customer of a conversation. `client_id` is what the channel calls them."""

    client_id: str
    name: str
    phone: str = ""
    email: str = ""
    avatar: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))

    def view(self) -> Json:
        """For answers and for histories."""
        view = {"id": self.id, "client_id": self.client_id, "name": self.name}
        given = {"phone": self.phone, "email": self.email, "avatar": self.avatar}
        return view | {name: value for name, value in given.items() if value}


@dataclass(slots=True, eq=False)
class Message:
    """`author` is `client`, `bot` or a user's id. `status` is 0 until the channel reports 1, 2 or -1."""

    author: str
    at_ms: int
    kind: str
    text: str
    media: str = ""
    file_name: str = ""
    file_size: int = 0
    msgid: str = ""
    reply_to: str = ""
    silent: bool = False
    status: int = 0
    error: str = ""
    versions: list[str] = field(default_factory=list)
    reactions: dict[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))

    def content(self) -> Json:
        """As channels read and write it."""
        names = {"type": self.kind, "text": self.text, "markup": None, "tag": "", "media": self.media, "thumbnail": ""}
        return {"id": self.id} | names | {"file_name": self.file_name, "file_size": self.file_size}


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation. `lead_id` is the lead whose card shows it."""

    channel: Channel
    conversation_id: str
    peer: Peer
    talk_id: int
    source_id: str = ""
    contact_id: int | None = None
    lead_id: int | None = None
    messages: list[Message] = field(default_factory=list)
    typing: list[float] = field(default_factory=list)
    in_work: bool = False
    id: str = field(default_factory=lambda: str(uuid4()))
