"""Books about leads, and the port that every CRM implements. Written for Kommo-like CRMs from the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sales.channels import Limits
from sales.clients import Identity
from sales.ids import ClientId, CrmId, LeadId, Moment, StaffId
from sales.leads import Crm, CrmUser, Lead, LeadState, Pipeline, Stage
from sales.ports.channels import Finding


class Leads(Protocol):
    """Dibs's own record of a lead in whichever CRM."""

    def get(self, lead_id: LeadId) -> Lead | None: ...
    def newest_open(self, client_id: ClientId) -> Lead | None:
        """Wanted, incoming or open."""

    def of_client(self, client_id: ClientId) -> Sequence[Lead]: ...
    def add(self, lead: Lead) -> LeadId:
        """``lead.id`` is not read."""

    def save(self, lead: Lead) -> None: ...
    def by_external(self, crm_id: CrmId, external_id: str) -> Lead | None: ...


class Crms(Protocol):
    """Connected CRMs. The built-in one always exists; it has id 1."""

    def get(self, crm_id: CrmId) -> Crm | None: ...
    def list(self) -> Sequence[Crm]: ...
    def add(self, kind: str, name: str, secrets: Mapping[str, str]) -> CrmId: ...
    def secrets(self, crm_id: CrmId) -> Mapping[str, str]: ...
    def set_secrets(self, crm_id: CrmId, secrets: Mapping[str, str]) -> None:
        """Fresh ones of the same account."""

    def user_of(self, crm_id: CrmId, staff_id: StaffId) -> str | None: ...
    def staff_of(self, crm_id: CrmId, user_id: str) -> StaffId | None: ...
    def map_user(self, crm_id: CrmId, staff_id: StaffId, user_id: str | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Deal:
    """A lead as the built-in CRM keeps it."""

    id: str
    title: str
    client_id: ClientId
    responsible_id: StaffId | None
    pipeline_id: str
    stage_id: str | None
    state: LeadState
    mark: str
    created_at: Moment
    updated_at: Moment


@dataclass(frozen=True, slots=True)
class DealEvent:
    """A line of a lead's history. ``what`` is a code; ``text`` its words or facts."""

    at: Moment
    what: str
    text: str
    by_id: StaffId | None


class Deals(Protocol):
    """The built-in CRM's own tables."""

    def pipelines(self) -> Sequence[Pipeline]: ...
    def add_pipeline(self, name: str, stages: Sequence[Stage]) -> str:
        """``Stage.id`` is not read."""

    def get(self, deal_id: str) -> Deal | None: ...
    def by_mark(self, mark: str) -> Deal | None: ...
    def newest_open(self, client_id: ClientId) -> Deal | None: ...
    def add(self, deal: Deal) -> str:
        """``deal.id`` is not read."""

    def save(self, deal: Deal) -> None: ...
    def board(self, pipeline_id: str, viewer_id: StaffId | None) -> Mapping[str | None, int]:
        """Open leads by stage (``None``: incoming); of one responsible when ``viewer_id`` is given."""

    def in_stage(
        self, pipeline_id: str, stage_id: str | None, viewer_id: StaffId | None, limit: int, offset: int
    ) -> Sequence[Deal]: ...
    def add_event(self, deal_id: str, event: DealEvent) -> None: ...
    def events(self, deal_id: str, limit: int) -> Sequence[DealEvent]:
        """The newest first."""

    def remove(self, deal_id: str) -> None:
        """With its history (a test's lead); nothing happens where there is none."""


class CrmError(Exception):
    """A CRM call failed. ``again``: later may do; ``unknown``: it may have worked; ``after`` seconds if named."""

    def __init__(self, reason: str, *, again: bool = False, unknown: bool = False, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again
        self.unknown = unknown
        self.after = after


@dataclass(frozen=True, slots=True)
class Found:
    """What a CRM knows of a client. ``responsible`` is a CRM user id: of the newest open lead, else of the contact."""

    contact_id: str | None = None
    lead_id: str | None = None
    responsible: str | None = None


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """What a CRM is told of a new lead. ``mark`` lets it be found again after an unknown outcome."""

    mark: str
    title: str
    client_id: ClientId
    client_name: str
    identities: Sequence[Identity]
    channel_name: str
    pipeline_id: str | None
    stage_id: str | None
    created_at: Moment
    responsible: str | None = None
    contact_id: str | None = None


@dataclass(frozen=True, slots=True)
class LeadRef:
    """A lead that exists in the CRM."""

    lead_id: str
    contact_id: str | None
    state: LeadState
    pipeline_id: str | None = None
    stage_id: str | None = None
    responsible: str | None = None


@dataclass(frozen=True, slots=True)
class CrmCapabilities:
    """``incoming``: leads can wait unaccepted; ``deletes``: leads can be deleted; the others as they say.

    ``unassigned``: nobody may be responsible. ``limits``: how fast rows may go there; ``None``: as fast as they can.
    """

    title: str
    incoming: bool
    notes: bool
    users: bool
    deletes: bool
    unassigned: bool = True
    limits: Limits | None = None


class CrmAdapter(Protocol):
    """One connected CRM, on the wire. Every method raises ``CrmError``."""

    capabilities: CrmCapabilities

    async def find(self, client_id: ClientId, identities: Sequence[Identity]) -> Found: ...
    async def find_by_mark(self, mark: str) -> LeadRef | None: ...
    async def read(self, lead_id: str) -> LeadRef | None: ...
    async def add_incoming(self, draft: LeadDraft) -> LeadRef: ...
    async def accept(self, lead_id: str, responsible: str | None, stage_id: str | None) -> LeadRef: ...
    async def decline(self, lead_id: str) -> None: ...
    async def create(self, draft: LeadDraft) -> LeadRef: ...
    async def set_responsible(self, lead_id: str, responsible: str | None) -> None:
        """``None``: nobody. Where a CRM has no ``unassigned`` leads, that changes nothing."""

    async def set_stage(self, lead_id: str, pipeline_id: str, stage_id: str, by: str | None = None) -> None:
        """``by`` is the CRM user who moves it, where the CRM can be told."""

    async def add_note(self, lead_id: str, text: str, at: Moment, *, repeated: bool = False) -> None:
        """``repeated``: an earlier attempt may have added it."""

    async def remove(self, lead_id: str) -> None:
        """A test's lead. Where a CRM ``deletes`` nothing, it is closed and marked as a test."""

    async def users(self) -> Sequence[CrmUser]: ...
    async def pipelines(self) -> Sequence[Pipeline]: ...
    async def check(self) -> Sequence[Finding]: ...
    async def close(self) -> None: ...
