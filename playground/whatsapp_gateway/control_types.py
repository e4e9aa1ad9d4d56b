"""What the control client answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playground.kit.errors import ControlFailed as ControlFailed

Json = dict[str, Any]


@dataclass(frozen=True)
class MadeCall:
    """A call on the API, and how it ended. `name` is WAHA's verb (`sendText`) or a function's (`get_messages`)."""

    seq: int
    time: float
    name: str
    session: str
    parameters: Json
    status: int
    answer: Any


@dataclass(frozen=True)
class Delivery:
    """One try to deliver a webhook; `status` 0 when nobody answered."""

    time: float
    session: str
    url: str
    event_id: str
    event: str
    attempt: int
    status: int
    error: str
    gave_up: bool


@dataclass(frozen=True)
class Media:
    """A file in a message; `file` is the number to download by."""

    file: int
    size: int
    name: str
    mime: str


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it. `from_me` is the owner's account; `source` tells `app` from `api`.

    `ack` are the ticks: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played. `reactions` by phone or `owner`.
    """

    id: str
    full_id: str
    from_me: bool
    from_name: str
    source: str
    at: float
    kind: str
    text: str
    media: Media | None
    location: Json | None
    vcards: list[str]
    reply_to: str
    ack: int
    ack_name: str
    reactions: dict[str, str]
    edited: bool
    revoked: bool
    versions: list[str]


@dataclass(frozen=True)
class Typing:
    """How long the other side saw "typing…"; `ended` is None while they still do."""

    began: float
    ended: float | None

    @property
    def seconds(self) -> float:
        """0 while it goes on."""
        return 0.0 if self.ended is None else self.ended - self.began


def seen(view: Json) -> Seen:
    """From the server's JSON."""
    media = view["media"]
    return Seen(**{**view, "media": None if media is None else Media(**media)})


def webhook(
    url: str, key: str = "", events: Sequence[str] = (), retries: Json | None = None, headers: Sequence[Json] = ()
) -> Json:
    """One entry of `config.webhooks`; by default with every event that a workspace needs."""
    wanted = events or (
        "session.status",
        "message.any",
        "message.ack",
        "message.reaction",
        "message.edited",
        "message.revoked",
        "call.received",
    )
    hook: Json = {"url": url, "events": list(wanted)}
    hook |= {"hmac": {"key": key}} if key else {}
    hook |= {"retries": retries} if retries else {}
    return hook | ({"customHeaders": list(headers)} if headers else {})
