"""What the control client answers with."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class MadeCall:
    """A call on the API, and how it ended; `status` 0 when the answer was withheld. `token` is the integration's id."""

    seq: int
    time: float
    name: str
    token: str
    method: str
    path: str
    query: Json
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True)
class Delivery:
    """One try to deliver a webhook; `status` 0 when nobody answered in time."""

    time: float
    url: str
    event: str
    body: str
    attempt: int
    status: int
    error: str
    gave_up: bool


@dataclass(frozen=True)
class Pipeline:
    """`incoming` is the stage of unaccepted leads; `stages` are the ids between it and won, by name."""

    id: int
    name: str
    incoming: int
    stages: dict[str, int]


@dataclass(frozen=True)
class User:
    """A person of the account."""

    id: int
    name: str
    email: str
    amojo_id: str
    is_admin: bool


@dataclass(frozen=True)
class Integration:
    """What OAuth needs to know."""

    name: str
    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Channel:
    """What Kommo's support answers with. `bot_id` is what bots' messages are sent as."""

    channel_id: str
    secret: str
    scope_id: str
    bot_id: str


@dataclass(frozen=True)
class NoteSeen:
    """A line of a feed."""

    id: int
    type: str
    text: str
    params: Json
    created_by: int
    created_at: int


@dataclass(frozen=True)
class CardSeen:
    """What is on every card. `fields` are values by the field's code (`PHONE`), or by its name."""

    id: int
    name: str
    responsible_user_id: int
    responsible: str
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    is_deleted: bool
    tags: list[str]
    fields: dict[str, list[Any]]


@dataclass(frozen=True)
class ContactSeen(CardSeen):
    """A contact; `is_unsorted` while it only belongs to an incoming lead."""

    first_name: str
    last_name: str
    is_unsorted: bool
    lead_ids: list[int]
    notes: list[NoteSeen]


@dataclass(frozen=True)
class LeadSeen(CardSeen):
    """A lead; `uid` is that of the incoming lead while `is_incoming`. The first of `contacts` is the main one."""

    price: int
    pipeline_id: int
    pipeline: str
    status_id: int
    status: str
    is_incoming: bool
    uid: str
    closed_at: int | None
    contacts: list[CardSeen]
    notes: list[NoteSeen]
    tasks: list[str]
    chats: list[Json]


def only(kind: type[T], view: Json) -> T:
    """A dataclass from the server's JSON, without what it doesn't have."""
    names = {item.name for item in fields(kind)}  # type: ignore[arg-type]  # T is one of the dataclasses above
    return kind(**{name: value for name, value in view.items() if name in names})


def lead_seen(view: Json) -> LeadSeen:
    """With its contacts and notes."""
    inner = {"contacts": [only(CardSeen, item) for item in view["contacts"]], "notes": _notes(view)}
    return only(LeadSeen, view | inner)


def contact_seen(view: Json) -> ContactSeen:
    """With its notes."""
    return only(ContactSeen, view | {"notes": _notes(view)})


def pipeline_seen(view: Json) -> Pipeline:
    """Stages by their names."""
    stages = {item["name"]: item["id"] for item in view["statuses"][1:-2]}
    return Pipeline(view["id"], view["name"], view["statuses"][0]["id"], stages)


def user_seen(view: Json) -> User:
    """With whether it is an administrator."""
    return only(User, view | {"is_admin": view["rights"]["is_admin"]})


def _notes(view: Json) -> list[NoteSeen]:
    return [only(NoteSeen, note) for note in view["notes"]]
