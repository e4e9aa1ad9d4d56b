"""What a CRM's sender needs to know, loaded at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.clients import Client, Identity
from sales.ids import CrmId, LeadId, OfferId, StaffId
from sales.leads import Lead
from sales.offers import Offer
from sales.ports import Work


@dataclass(frozen=True, slots=True)
class LeadView:
    """``responsible`` is the CRM's own user id; ``None`` where nobody is responsible, or they are not mapped."""

    lead: Lead
    client: Client
    identities: Sequence[Identity]
    channel_name: str
    responsible: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose is this client?"""

    offer: Offer
    identities: Sequence[Identity]


def lead_view(work: Work, lead_id: LeadId) -> LeadView | None:
    """``None`` when the lead or its client is gone."""
    lead = work.leads.get(lead_id)
    client = work.clients.get(lead.client_id) if lead is not None else None
    if lead is None or client is None:
        return None
    channel = work.channels.get(lead.channel_id)
    return LeadView(
        lead,
        client,
        work.clients.identities(client.id),
        channel.name if channel is not None else "",
        crm_user(work, lead.crm_id, lead.responsible_id),
    )


def wanted(work: Work, offer_id: OfferId) -> Wanted | None:
    offer = work.offers.get(offer_id)
    return Wanted(offer, work.clients.identities(offer.client_id)) if offer is not None else None


def crm_user(work: Work, crm_id: CrmId, staff_id: StaffId | None) -> str | None:
    """A staff member as this CRM names them. In a CRM inside Dibs staff are the users."""
    if staff_id is None:
        return None
    crm = work.crms.get(crm_id)
    if crm is not None and crm.inside:
        return str(staff_id)
    return work.crms.user_of(crm_id, staff_id)
