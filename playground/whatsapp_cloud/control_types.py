"""What the control client answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.kit.errors import ControlFailed as ControlFailed

Json = dict[str, Any]


@dataclass(frozen=True)
class Business:
    """A WhatsApp business account with its app and token."""

    id: str
    app_id: str
    app_secret: str
    token: str


@dataclass(frozen=True)
class PhoneNumber:
    """A business phone number; `phone` are its digits, `callback` where its messages go now."""

    id: str
    phone: str
    business: Business
    callback: str = ""

    @property
    def token(self) -> str:
        """The account's token."""
        return self.business.token

    @property
    def app_secret(self) -> str:
        """What its webhooks are signed with."""
        return self.business.app_secret


@dataclass(frozen=True)
class MadeCall:
    """A call that was made, and how it ended. `status` 0: the answer was withheld; `code` is Meta's, 0 for none."""

    seq: int
    time: float
    operation: str
    object: str
    body: Any
    status: int
    code: int
    result: Any


@dataclass(frozen=True)
class Stats:
    """Counters. Keys are strings, since they came as JSON."""

    calls: int
    by_operation: dict[str, int]
    by_code: dict[str, int]
    refused: dict[str, int]
    messages: int
    pending: int
    delivered: int
    now: float


@dataclass(frozen=True)
class File:
    """A file in a message; `number` is what it is downloaded by."""

    number: int
    size: int
    name: str
    mime: str


@dataclass(frozen=True)
class Seen:
    """A message as a person sees it, or wrote it. `by`: `person`, `api`, `phone` (Business app).

    `reactions` are by `person` and `business`; `status` is `accepted`, `sent`, `delivered`, `read`, `played` or
    `failed` (then `error` is the code). What failed or is under way has `shown` False.
    """

    id: str
    by: str
    type: str
    text: str
    content: Any
    buttons: list[str]
    file: File | None
    reply_to: str
    reactions: dict[str, str]
    status: str
    error: int
    shown: bool
    deleted: bool
    read_by_business: bool
    tracker: str
    at: float
    versions: list[str]


def seen(view: Json) -> Seen:
    """From the server's JSON."""
    file = view["file"]
    return Seen(**{**view, "file": None if file is None else File(**file)})


def number(view: Json) -> PhoneNumber:
    """From the server's JSON."""
    return PhoneNumber(**{**view, "business": Business(**view["business"])})
