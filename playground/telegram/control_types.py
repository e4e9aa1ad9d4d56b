"""What the control client answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playground.kit.errors import ControlFailed as ControlFailed

Json = dict[str, Any]


@dataclass(frozen=True)
class BotAccount:
    """A bot that was made."""

    id: int
    token: str
    username: str
    url: str


@dataclass(frozen=True)
class PersonId:
    """Who somebody is."""

    id: int
    first_name: str


@dataclass(frozen=True)
class Answer:
    """How a bot answered a tap. `answered` is False when it did not in time."""

    answered: bool
    text: str = ""
    show_alert: bool = False
    url: str = ""
    query_id: str = ""
    button: Json = field(default_factory=dict)


@dataclass(frozen=True)
class MadeCall:
    """A call that a bot made, and how it ended."""

    seq: int
    time: float
    bot_id: int
    method: str
    parameters: Json
    code: int
    description: str
    result: Any


@dataclass(frozen=True)
class Stats:
    """Counters. Keys are strings, since they came as JSON; `per_second` holds [second, calls]."""

    calls: int
    by_method: dict[str, int]
    by_code: dict[str, int]
    refused: dict[str, int]
    too_many_requests: int
    per_second: list[list[int]]
    messages: int
    pending: dict[str, int]
    delivered: dict[str, int]
    now: float


@dataclass(frozen=True)
class Item:
    """A part of an album. `data` is small content given as base64, `size` makes a file up."""

    kind: str
    size: int = 2048
    caption: str = ""
    base64: str = ""


@dataclass(frozen=True)
class Topic:
    """A forum topic."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    implicit: bool = False


@dataclass(frozen=True)
class Media:
    """A file in a message; `file` is the number to download by."""

    kind: str
    file: int
    size: int
    name: str
    mime: str
    attributes: Json


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it. `text` is the caption when there is media; `content` holds all other fields."""

    message_id: int
    from_id: int
    from_name: str
    from_bot: bool
    date: int
    text: str
    entities: list[Json]
    content: Json
    buttons: list[list[Json]]
    markup: Json | None
    media: Media | None
    thread_id: int | None
    reply_to: int | None
    album: str
    pinned: bool
    reactions: dict[str, list[Json]]
    edited: bool
    deleted: bool
    silent: bool
    protected: bool
    service: bool
    extra: Json
    versions: list[str]

    @property
    def labels(self) -> list[str]:
        """The labels of all inline buttons."""
        return [button["text"] for row in self.buttons for button in row]

    @property
    def emojis(self) -> list[str]:
        """All reactions, whoever gave them."""
        return [str(item.get("emoji", item["type"])) for given in self.reactions.values() for item in given]


def seen(view: Json) -> Seen:
    """From the server's JSON."""
    media = view["media"]
    return Seen(**{**view, "media": None if media is None else Media(**media)})


def topic(view: Json) -> Topic:
    """From the server's JSON."""
    return Topic(
        view["message_thread_id"],
        view["name"],
        view["icon_color"],
        view.get("icon_custom_emoji_id", ""),
        view.get("is_name_implicit", False),
    )
