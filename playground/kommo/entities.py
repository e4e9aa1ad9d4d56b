"""What an account is made of. Times are Unix seconds, as Kommo keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

Json = dict[str, Any]

WON, LOST = 142, 143
INCOMING = 1
LEADS, CONTACTS, COMPANIES = "leads", "contacts", "companies"
KINDS = (LEADS, CONTACTS, COMPANIES)
# What webhooks call the kinds (element_type).
ELEMENT_TYPES = {CONTACTS: 1, LEADS: 2, COMPANIES: 3}


@dataclass(slots=True, eq=False)
class User:
    """A person of the account. `amojo_id` is what the Chats API knows them by."""

    id: int
    name: str
    email: str
    is_admin: bool = False
    is_active: bool = True
    phone: str = ""
    lang: str = "en"
    amojo_id: str = field(default_factory=lambda: str(uuid4()))
    uuid: str = field(default_factory=lambda: str(uuid4()))


@dataclass(slots=True, eq=False)
class Status:
    """A stage. `type` 1 is Incoming leads; 142 and 143 are won and lost in every pipeline."""

    id: int
    name: str
    sort: int
    type: int = 0
    color: str = "#99ccff"

    @property
    def is_closed(self) -> bool:
        """Won or lost."""
        return self.id in (WON, LOST)


@dataclass(slots=True, eq=False)
class Pipeline:
    """Stages in their order, Incoming leads first, won and lost last."""

    id: int
    name: str
    sort: int
    is_main: bool
    statuses: list[Status]
    is_unsorted_on: bool = True
    is_archive: bool = False

    def status(self, status_id: int) -> Status | None:
        """The stage with this id."""
        return next((status for status in self.statuses if status.id == status_id), None)

    @property
    def incoming(self) -> Status:
        """Where unaccepted leads are."""
        return self.statuses[0]

    @property
    def first(self) -> Status:
        """Where new leads go."""
        return self.statuses[1]


@dataclass(slots=True, eq=False)
class CustomField:
    """A field of leads, contacts or companies. `enums` are the choices, or a multitext's kinds such as WORK."""

    id: int
    kind: str
    name: str
    type: str
    code: str | None = None
    enums: dict[int, str] = field(default_factory=dict)
    is_api_only: bool = False


@dataclass(slots=True, eq=False)
class Tag:
    """A tag of one kind of entity."""

    id: int
    name: str


@dataclass(slots=True, eq=False, kw_only=True)
class Card:
    """What leads, contacts and companies have in common. `touched` is the server's clock, for the search's lag."""

    kind: ClassVar[str]
    id: int
    name: str
    responsible_user_id: int
    created_by: int
    updated_by: int
    created_at: int
    updated_at: int
    touched: float
    is_deleted: bool = False
    values: dict[int, list[Json]] = field(default_factory=dict)
    tags: list[Tag] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Lead(Card):
    """A deal. The first of `contact_ids` is the main one."""

    kind: ClassVar[str] = LEADS
    pipeline_id: int
    status_id: int
    price: int = 0
    loss_reason_id: int | None = None
    closed_at: int | None = None
    source_id: int | None = None
    contact_ids: list[int] = field(default_factory=list)
    company_ids: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Contact(Card):
    """A person. `is_unsorted`: brought by an incoming lead that nobody has accepted; then no list shows them."""

    kind: ClassVar[str] = CONTACTS
    first_name: str = ""
    last_name: str = ""
    is_unsorted: bool = False
    company_ids: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Company(Card):
    """An organisation."""

    kind: ClassVar[str] = COMPANIES
    is_unsorted: bool = False


@dataclass(slots=True, eq=False)
class Unsorted:
    """An incoming lead: what has brought the lead and its contacts, until somebody accepts or declines it."""

    uid: str
    category: str
    source_name: str
    source_uid: str
    pipeline_id: int
    created_at: int
    metadata: Json
    lead_id: int
    contact_ids: list[int]
    company_ids: list[int]


@dataclass(slots=True, eq=False)
class Note:
    """A line of a card's feed."""

    id: int
    kind: str
    entity_id: int
    note_type: str
    params: Json
    created_by: int
    responsible_user_id: int
    created_at: int
    updated_at: int


@dataclass(slots=True, eq=False)
class Task:
    """Something that a user has to do until a moment."""

    id: int
    text: str
    complete_till: int
    entity_id: int | None
    entity_type: str | None
    task_type_id: int
    responsible_user_id: int
    created_by: int
    created_at: int
    updated_at: int
    is_completed: bool = False
    result: Json = field(default_factory=dict)
    duration: int = 0


@dataclass(slots=True, eq=False)
class Source:
    """Ties a chat channel to a pipeline. `external_id` is what messages name it by."""

    id: int
    name: str
    external_id: str
    pipeline_id: int
    services: list[Json]
