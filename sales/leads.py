"""Leads: what a CRM keeps of a client. Foreign ids are text, as each CRM names them."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ChannelId, ClientId, CrmId, LeadId, Moment, StaffId


class LeadState(StrEnum):
    """``wanted`` waits for the CRM; ``incoming`` lies there while staff decide; the rest is a lead's life.

    ``joined``: its client turned out to be another, whose lead goes on (Dibs's word: CRMs know nothing of it).
    """

    WANTED = "wanted"
    INCOMING = "incoming"
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    DECLINED = "declined"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Lead:
    """A client's deal in one CRM. ``mark`` is Dibs's own sign on it, searched for after an unknown outcome."""

    id: LeadId
    client_id: ClientId
    channel_id: ChannelId
    crm_id: CrmId
    state: LeadState
    mark: str
    created_at: Moment
    external_id: str | None = None
    contact_id: str | None = None
    responsible_id: StaffId | None = None
    pipeline_id: str | None = None
    stage_id: str | None = None


class StageKind(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    name: str
    kind: StageKind


@dataclass(frozen=True, slots=True)
class Pipeline:
    id: str
    name: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class CrmUser:
    id: str
    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Crm:
    """A connected CRM. ``kind`` is a folder in ``crm/``; ``inside`` ones answer within our own transaction."""

    id: CrmId
    kind: str
    name: str
    inside: bool
