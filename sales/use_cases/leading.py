"""The client's lead: Dibs's own record, made before any CRM hears of it."""

import secrets
from dataclasses import replace

from sales import outbox
from sales.clients import Client
from sales.errors import NotFound
from sales.ids import LeadId, StaffId
from sales.leads import Lead, LeadState
from sales.messages import Referral
from sales.offers import Offer
from sales.outbox import RowKind
from sales.ports import Work
from sales.use_cases.team_lookup import home_channel


def lead_for(work: Work, client: Client, responsible_id: StaffId | None, offer: Offer | None = None) -> Lead:
    """The client's open lead with this responsible, made if there is none."""
    lead = work.leads.newest_open(client.id)
    if lead is None:
        return _new_lead(work, client, responsible_id, offer)
    if lead.responsible_id != responsible_id:
        lead = replace(lead, responsible_id=responsible_id)
        work.leads.save(lead)
    return lead


def _new_lead(work: Work, client: Client, responsible_id: StaffId | None, offer: Offer | None) -> Lead:
    channel_id = offer.channel_id if offer is not None else home_channel(work, client.id)
    channel = work.channels.get(channel_id)
    if channel is None:
        raise NotFound("channel")
    lead = Lead(
        LeadId(0),
        client.id,
        channel.id,
        channel.crm_id,
        LeadState.WANTED,
        mark=f"dibs-{secrets.token_hex(8)}",
        created_at=work.now,
        responsible_id=responsible_id,
        pipeline_id=channel.pipeline_id,
        stage_id=channel.stage_id,
    )
    return replace(lead, id=work.leads.add(lead))


ASKED_FOR = 20
"""Messages of an offer that are looked through for the advertisement that brought the client."""


def note_advertisement(work: Work, lead: Lead, offer: Offer | None) -> None:
    """Whoever works on the lead in the CRM should know which advertisement brought the client to us."""
    if offer is None:
        return
    for message in work.messages.of_client(offer.client_id, ASKED_FOR):
        if message.content.referral is not None and message.created_at >= offer.created_at:
            note_referral(work, lead, message.content.referral)


def note_referral(work: Work, lead: Lead, referral: Referral) -> None:
    """``ctwa_clid`` is how advertising systems name the click, so that a sale can be traced back to it."""
    title = referral.headline or referral.body or referral.source_id or ""
    facts = [f"Ad: {title}".rstrip(": "), referral.source_url, referral.source_id and f"Ad id: {referral.source_id}"]
    facts.append(referral.click_id and f"ctwa_clid: {referral.click_id}")
    text = "\n".join(fact for fact in facts if fact)
    work.outbox.put([outbox.to_crm(RowKind.CRM_NOTE, lead.crm_id, lead.id, text=text, at=work.now)])
