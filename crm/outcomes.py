"""Between rows and the port: what a CRM is told of a lead, and what becomes of the row by its answer."""

from sales.outbox import Outcome, Refused, Retry, Row, Scalar, Sent, Unknown
from sales.ports.crm import CrmError, LeadDraft, LeadRef
from sales.views.leads import LeadView


def draft(view: LeadView, contact_id: str | None, *, responsible: bool) -> LeadDraft:
    lead, client = view.lead, view.client
    return LeadDraft(
        lead.mark,
        client.name or view.channel_name,
        client.id,
        client.name,
        view.identities,
        view.channel_name,
        lead.pipeline_id,
        lead.stage_id,
        lead.created_at,
        view.responsible if responsible else None,
        contact_id,
    )


def sent(ref: LeadRef) -> Sent:
    facts: dict[str, Scalar] = {
        "external_id": ref.lead_id,
        "contact_id": ref.contact_id,
        "state": ref.state,
        "pipeline_id": ref.pipeline_id,
        "stage_id": ref.stage_id,
    }
    return Sent((ref.lead_id,), facts)


def own_facts(view: LeadView) -> dict[str, Scalar]:
    lead = view.lead
    return {
        "external_id": lead.external_id,
        "contact_id": lead.contact_id,
        "state": lead.state,
        "pipeline_id": lead.pipeline_id,
        "stage_id": lead.stage_id,
    }


def outcome(error: CrmError, row: Row) -> Outcome:
    """A pause that the CRM named is the whole account's: its lane stands still."""
    if error.unknown:
        return Unknown(error.reason, error.after)
    if error.again:
        return Retry(error.reason, error.after, row.lane if error.after is not None else None)
    return Refused("crm", error.reason)
