"""What the CRM answered: whose a client is, and how their lead stands."""

from dataclasses import replace

from sales import outbox
from sales.ids import CrmId
from sales.leads import LeadState
from sales.offers import Offer, OfferState
from sales.outbox import Refused, Row, RowKind, Sent
from sales.ports import Work
from sales.rights import WRITERS
from sales.use_cases.offering import assign_known, distribute
from sales.use_cases.row_payload import lead_of, offer_of
from sales.use_cases.team_lookup import admins, client_or_fail, managers_or_admins, role_of
from sales.use_cases.viewing import refresh_headers


def found(work: Work, row: Row, outcome: Sent | Refused) -> None:
    """A lookup's answer, in time or late: it assigns by the same atomic step while nobody owns the client."""
    held = work.offers.get(offer_of(row))
    if held is None:
        return
    client = client_or_fail(work, held.client_id)
    offer = work.offers.get(held.id) or held  # as it is with the client at hand: somebody may just have accepted
    responsible = _responsible(work, offer, outcome)
    if responsible is not None and offer.state in (OfferState.LOOKING_UP, OfferState.OPEN):
        if assign_known(work, client, offer, work.crms.staff_of(*responsible)):
            return
    elif responsible is not None:
        _ask_manager(work, offer, responsible)
    if offer.state is OfferState.LOOKING_UP:
        channel = work.channels.get(offer.channel_id)
        if channel is not None:
            distribute(work, client, offer, channel)


def _responsible(work: Work, offer: Offer, outcome: Sent | Refused) -> tuple[CrmId, str] | None:
    channel = work.channels.get(offer.channel_id)
    user = outcome.facts.get("responsible") if isinstance(outcome, Sent) else None
    return (channel.crm_id, str(user)) if channel is not None and user is not None else None


def _ask_manager(work: Work, offer: Offer, responsible: tuple[CrmId, str]) -> None:
    """Too late: somebody owns the client. If the CRM names another who may write here, a manager is asked."""
    staff_id = work.crms.staff_of(*responsible)
    staff = work.staff.get(staff_id) if staff_id is not None else None
    client = client_or_fail(work, offer.client_id)
    if staff is None or staff.id == client.owner_id or role_of(work, staff, offer.channel_id) not in WRITERS:
        return
    work.outbox.put(
        [
            outbox.notice(person.id, "crm_names_another", about_client=client.id, about=staff.id, sound=True)
            for person in managers_or_admins(work, offer.channel_id)
        ]
    )


_STATES = {RowKind.CRM_DECLINE: LeadState.DECLINED}


def crm_sent(work: Work, row: Row, sent: Sent) -> None:
    """Dibs's record of the lead follows what the CRM said."""
    lead = work.leads.get(lead_of(row))
    if lead is None:
        return
    facts = sent.facts
    told = LeadState(str(facts["state"])) if facts.get("state") and lead.state is not LeadState.JOINED else lead.state
    state = _STATES.get(row.kind) or told
    changed = replace(
        lead,
        state=state,
        external_id=_text(facts.get("external_id")) or lead.external_id,
        contact_id=_text(facts.get("contact_id")) or lead.contact_id,
        pipeline_id=_text(facts.get("pipeline_id")) or lead.pipeline_id,
        stage_id=_text(facts.get("stage_id")) or lead.stage_id,
    )
    if changed != lead:
        work.leads.save(changed)
        refresh_headers(work, lead.client_id)


def _text(value: str | int | bool | None) -> str | None:
    return str(value) if value is not None else None


def crm_refused(work: Work, row: Row, refused: Refused) -> None:
    """What can never succeed goes to the admins with the CRM's own words and a Retry."""
    work.outbox.put(
        [
            outbox.notice(
                person.id,
                "crm_refused",
                row_id=row.id,
                code=refused.code,
                reason=refused.reason or refused.code,
                sound=True,
            )
            for person in admins(work)
        ]
    )
