"""Becoming, and ceasing to be, the owner of a client: the one place where ownership changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sales import outbox
from sales.clients import Client
from sales.ids import StaffId
from sales.offers import OPEN_STATES, Offer, OfferState
from sales.outbox import RowKind
from sales.ports import Work
from sales.ports.people import Assignment
from sales.use_cases.leading import lead_for, note_advertisement
from sales.use_cases.viewing import close_view, open_view


@dataclass(frozen=True, slots=True)
class Why:
    """Why a client goes to someone. ``reason`` is a code that screens have words for."""

    reason: str
    by_id: StaffId | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


def take(work: Work, client: Client, staff_id: StaffId, why: Why, offer: Offer | None, *, sound: bool) -> bool:
    """The atomic step: they own the client if nobody does. False, and nothing changed, if somebody was first."""
    if not work.clients.claim(client.id, staff_id):
        return False
    _record(work, client, staff_id, why, offer)
    if offer is not None:
        state = OfferState.TAKEN if why.reason == "accepted" else OfferState.ASSIGNED
        close_offer(work, offer, state, staff_id)
    _tell_crm(work, client, staff_id, offer)
    open_view(work, staff_id, client, sound=sound)
    return True


def give(work: Work, client: Client, to_id: StaffId, why: Why, *, show: bool) -> bool:
    """Change the owner, if it is still the one we saw. ``show`` opens the view at once; else it opens by a tap."""
    if not work.clients.hand_over(client.id, client.owner_id, to_id):
        return False
    _record(work, client, to_id, why, None)
    offer = work.offers.open_of([client.id]).get(client.id)
    if offer is not None:
        close_offer(work, offer, OfferState.ASSIGNED, to_id)
    if client.owner_id is not None and client.owner_id != to_id:
        close_view(work, client.owner_id, client.id)
    if work.leads.newest_open(client.id) is not None:
        lead = lead_for(work, client, to_id)
        work.outbox.put([outbox.to_crm(RowKind.CRM_RESPONSIBLE, lead.crm_id, lead.id)])
        note_advertisement(work, lead, offer)
    if show:
        open_view(work, to_id, client, sound=False)
    return True


def release(work: Work, client: Client, why: Why) -> bool:
    """Nobody owns the client any more."""
    if not work.clients.hand_over(client.id, client.owner_id, None):
        return False
    _record(work, client, None, why, None)
    if client.owner_id is not None:
        close_view(work, client.owner_id, client.id)
    return True


def close_offer(work: Work, offer: Offer, state: OfferState, taken_by: StaffId | None) -> None:
    """The offer is over: every card shrinks to one line."""
    if offer.state not in OPEN_STATES:
        return
    work.offers.save(
        replace(offer, state=state, closed_at=work.now, taken_by=taken_by, next_step=None, next_step_at=None)
    )
    work.outbox.put([outbox.card(offer.id, card.staff_id) for card in work.offers.cards(offer.id)])


def _record(work: Work, client: Client, to_id: StaffId | None, why: Why, offer: Offer | None) -> None:
    offer_id = offer.id if offer is not None else None
    work.assignments.add(
        Assignment(client.id, to_id, client.owner_id, why.by_id, offer_id, why.reason, why.detail, work.now)
    )
    work.audit.add("owner", f"client:{client.id}", f"{why.reason}: {client.owner_id} → {to_id}", staff_id=why.by_id)


def _tell_crm(work: Work, client: Client, staff_id: StaffId, offer: Offer | None) -> None:
    lead = lead_for(work, client, staff_id, offer)
    work.outbox.put([outbox.to_crm(RowKind.CRM_ACCEPT, lead.crm_id, lead.id)])
    note_advertisement(work, lead, offer)
