"""What a merge means for offers and leads: there is one open offer, and one open lead in each CRM."""

from dataclasses import replace

from sales import outbox
from sales.clients import Client
from sales.leads import Lead, LeadState
from sales.merging import Before, ChangedLead, ClosedOffer
from sales.offers import OPEN_STATES, OfferState
from sales.outbox import RowKind
from sales.ports import Work
from sales.use_cases.leading import lead_for
from sales.use_cases.offering import refresh_cards
from sales.use_cases.owning import close_offer

OPEN_LEADS = frozenset({LeadState.WANTED, LeadState.INCOMING, LeadState.OPEN})


def join_offers(work: Work, into: Client, gone: Client) -> ClosedOffer | None:
    """The offer of the one who goes ends, if the other is offered too or has an owner; else it goes on for both."""
    offers = work.offers.open_of([into.id, gone.id])
    offer = offers.get(gone.id)
    if offer is None or (into.owner_id is None and into.id not in offers):
        return None
    state = OfferState.WITHDRAWN if into.owner_id is None else OfferState.ASSIGNED
    close_offer(work, offer, state, into.owner_id)
    return ClosedOffer(offer.id, offer.state, offer.next_step, offer.next_step_at)


def reopen_offer(work: Work, kept: ClosedOffer | None, gone: Client) -> None:
    """As it was before the merge; a client who got an owner meanwhile is offered to nobody."""
    offer = work.offers.get(kept.id) if kept is not None else None
    if kept is None or offer is None or offer.state in OPEN_STATES or gone.owner_id is not None:
        return
    reopened = replace(
        offer,
        state=kept.state,
        closed_at=None,
        taken_by=None,
        next_step=kept.next_step,
        next_step_at=kept.next_step_at,
    )
    work.offers.save(reopened)
    refresh_cards(work, reopened)


def join_leads(work: Work, into: Client, gone: Client) -> tuple[ChangedLead, ...]:
    """Where both have an open lead in one CRM, that of the client who goes is declined there, or left to the owner."""
    taken = {lead.crm_id for lead in work.leads.of_client(into.id) if lead.state in OPEN_LEADS}
    changed = []
    for lead in work.leads.of_client(gone.id):
        if lead.state not in OPEN_LEADS:
            continue
        new = replace(lead, responsible_id=into.owner_id)
        if lead.crm_id in taken:
            new = replace(new, state=LeadState.JOINED)
        if new != lead:
            work.leads.save(new)
            changed.append(ChangedLead(lead.id, lead.state, lead.responsible_id))
            _tell_crm(work, lead, new)
    return tuple(changed)


def _tell_crm(work: Work, old: Lead, new: Lead) -> None:
    if new.state is LeadState.JOINED and old.state is not LeadState.OPEN:
        kind = RowKind.CRM_DECLINE
    else:
        kind = RowKind.CRM_RESPONSIBLE
    work.outbox.put([outbox.to_crm(kind, new.crm_id, new.id)])


def restore_leads(work: Work, before: Before, gone: Client) -> None:
    """After the leads have moved back. What the CRM has declined meanwhile stays so: the next step makes another."""
    for kept in before.leads:
        lead = work.leads.get(kept.id)
        if lead is None or lead.client_id != gone.id or (lead.state is not LeadState.JOINED and not _open(lead)):
            continue
        state = kept.state if lead.state is LeadState.JOINED else lead.state
        same_owner = gone.owner_id == before.gone.owner_id
        restored = replace(lead, state=state, responsible_id=kept.responsible_id if same_owner else gone.owner_id)
        work.leads.save(restored)
        if lead.state is not LeadState.JOINED or kept.state is LeadState.OPEN:
            work.outbox.put([outbox.to_crm(RowKind.CRM_RESPONSIBLE, lead.crm_id, lead.id)])
    _lead_for_offer(work, gone)


def _open(lead: Lead) -> bool:
    return lead.state in OPEN_LEADS


def _lead_for_offer(work: Work, gone: Client) -> None:
    """Whoever is offered has a lead that waits."""
    offer = work.offers.open_of([gone.id]).get(gone.id)
    if offer is None or offer.state is not OfferState.OPEN or work.leads.newest_open(gone.id) is not None:
        return
    lead = lead_for(work, gone, None, offer)
    work.outbox.put([outbox.to_crm(RowKind.CRM_INCOMING, lead.crm_id, lead.id)])
