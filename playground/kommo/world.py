"""The whole account: its people, its pipelines, its cards, and what it owes to webhooks."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from playground.kit.clock import Clock
from playground.kit.errors import ControlError
from playground.kit.faults import Faults
from playground.kit.files import BlobStore
from playground.kit.timers import Timers

from .calls import CallLog, Fault
from .entities import (
    COMPANIES,
    CONTACTS,
    INCOMING,
    LEADS,
    LOST,
    WON,
    Card,
    Company,
    Contact,
    CustomField,
    Lead,
    Note,
    Pipeline,
    Source,
    Status,
    Tag,
    Task,
    Unsorted,
    User,
)
from .events import Events
from .limits import Limits
from .options import Options
from .tokens import Tokens
from .webhooks import Hook, Webhooks

if TYPE_CHECKING:
    from .chat_types import Channel, Chat

T = TypeVar("T")
Json = dict[str, Any]

PHONES = ("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")
EMAILS = ("WORK", "PRIV", "OTHER")
TRACKING = ("UTM_SOURCE", "UTM_MEDIUM", "UTM_CAMPAIGN", "UTM_CONTENT", "UTM_TERM", "UTM_REFERRER", "REFERRER")


class World:
    """State of one server. `start` runs something in the background for as long as the server lives."""

    def __init__(self, options: Options, start: Callable[[Awaitable[None]], None]) -> None:
        self.options = options
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.files = BlobStore("kommo-")
        self.calls = CallLog(options.call_log)
        self.faults = Faults[Fault]()
        self.limits = Limits(options)
        self.account_id = 7777
        self.amojo_id = str(uuid4())
        self.uuid = str(uuid4())
        self.created_at = int(self.clock.now())
        self.ended_at: float | None = None
        self.url = ""
        self.tokens = Tokens(options, self.account_id)
        self._ids = count(1001)
        self.users: dict[int, User] = {}
        self.pipelines: dict[int, Pipeline] = {}
        self.fields: dict[int, CustomField] = {}
        self.leads: dict[int, Lead] = {}
        self.contacts: dict[int, Contact] = {}
        self.companies: dict[int, Company] = {}
        self.unsorted: dict[str, Unsorted] = {}
        self.notes: dict[int, Note] = {}
        self.tasks: dict[int, Task] = {}
        self.tags: dict[str, dict[int, Tag]] = {LEADS: {}, CONTACTS: {}, COMPANIES: {}}
        self.sources: dict[int, Source] = {}
        self.channels: dict[str, Channel] = {}
        self.chats: dict[str, Chat] = {}
        self.hooks: dict[str, Hook] = {}
        log: deque[Json] = deque(maxlen=options.webhook_log)
        self.webhooks = Webhooks(options, self.timers, start, log)
        self.events = Events(self.hooks, self.webhooks, self.account_view)
        self.admin = self.new_user("Admin", "admin@example.com", is_admin=True)
        self.main = self.new_pipeline("Pipeline", ["Initial contact", "Discussions", "Decision making"])
        self._standard_fields()

    def now(self) -> int:
        """The moment it is, in whole seconds, as Kommo keeps times."""
        return int(self.clock.now())

    def new_id(self) -> int:
        """Ids of all kinds come from one counter, so that a mixed-up one is not found."""
        return next(self._ids)

    def new_user(self, name: str, email: str, **about: Any) -> User:
        """A person of the account."""
        user = User(self.new_id(), name, email, **about)
        self.users[user.id] = user
        return user

    def new_pipeline(self, name: str, stages: list[str], unsorted: bool = True) -> Pipeline:
        """With Incoming leads before the stages, won and lost after them. The first pipeline is the main one."""
        statuses = [Status(self.new_id(), "Incoming leads", 10, INCOMING, "#c1c1c1")]
        statuses += [Status(self.new_id(), stage, 20 + 10 * number) for number, stage in enumerate(stages)]
        statuses += [Status(WON, "Closed - won", 10_000), Status(LOST, "Closed - lost", 11_000)]
        sort = len(self.pipelines) + 1
        pipeline = Pipeline(self.new_id(), name, sort, not self.pipelines, statuses, unsorted)
        self.pipelines[pipeline.id] = pipeline
        return pipeline

    def new_field(
        self, kind: str, name: str, type_: str, code: str | None = None, enums: tuple[str, ...] = ()
    ) -> CustomField:
        """A custom field, after those that are there."""
        choices = {self.new_id(): enum for enum in enums}
        field = CustomField(self.new_id(), kind, name, type_, code, choices)
        self.fields[field.id] = field
        return field

    def fields_of(self, kind: str) -> list[CustomField]:
        """The custom fields of one kind of card."""
        return [field for field in self.fields.values() if field.kind == kind]

    def cards(self, kind: str) -> dict[int, Card]:
        """Leads, contacts or companies, deleted ones too."""
        found: dict[str, dict[int, Any]] = {LEADS: self.leads, CONTACTS: self.contacts, COMPANIES: self.companies}
        return found[kind]

    def tag(self, kind: str, name: str) -> Tag:
        """The tag with this name; made when there is none."""
        found = next((tag for tag in self.tags[kind].values() if tag.name.lower() == name.lower()), None)
        tag = found or Tag(self.new_id(), name)
        self.tags[kind][tag.id] = tag
        return tag

    def account_view(self) -> Json:
        """What every webhook ends with."""
        subdomain = self.options.subdomain
        return {"id": self.account_id, "subdomain": subdomain, "_links": {"self": f"https://{subdomain}.kommo.com"}}

    def known(self, found: dict[Any, T], key: Any, called: str) -> T:
        """For the control API; ControlError when there is no such thing."""
        if key not in found:
            raise ControlError(f"no {called} {key}")
        return found[key]

    def _standard_fields(self) -> None:
        for kind in (CONTACTS, COMPANIES):
            self.new_field(kind, "Phone", "multitext", "PHONE", PHONES)
            self.new_field(kind, "Email", "multitext", "EMAIL", EMAILS)
        self.new_field(CONTACTS, "Position", "text", "POSITION")
        for code in TRACKING:
            self.new_field(LEADS, code.lower(), "tracking_data", code)

    async def close(self) -> None:
        """Stop everything."""
        self.timers.close()
        await self.webhooks.close()
        self.files.close()
