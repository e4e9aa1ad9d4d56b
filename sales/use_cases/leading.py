"""The client's lead: Dibs's own record, made before any CRM hears of it."""

import secrets
from dataclasses import replace

from sales.clients import Client
from sales.errors import NotFound
from sales.ids import LeadId, StaffId
from sales.leads import Lead, LeadState
from sales.offers import Offer
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
