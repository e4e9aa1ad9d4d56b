"""What a CRM tells of its own accord. Only that something happened: the lead itself is read again before it counts."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import Moment


class LeadChange(StrEnum):
    """``accepted`` and ``declined`` end an incoming lead."""

    ADDED = "added"
    UPDATED = "updated"
    MOVED = "moved"
    RESPONSIBLE = "responsible"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELETED = "deleted"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class LeadChanged:
    """``by`` is the CRM's user who did it, ``at`` when, where it says so."""

    lead_id: str
    change: LeadChange
    by: str | None = None
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class UnknownCrmEvent:
    """Nothing that Dibs does anything about. ``name`` is the CRM's."""

    name: str


@dataclass(frozen=True, slots=True)
class MalformedCrmEvent:
    """Not what the CRM's documentation says. ``problem`` says where, and holds nothing personal."""

    name: str
    problem: str


CrmEvent = LeadChanged | UnknownCrmEvent | MalformedCrmEvent
