"""Rows for clients, files and CRMs."""

from dataclasses import replace

from sales.ids import ChannelId, ConversationId, CrmId, LeadId, Moment, OfferId
from sales.outbox.kinds import NewRow, Priority, RowKind, Scalar
from sales.outbox.lanes import channel_lane, crm_lane, files_lane


def conversation_stream(conversation_id: ConversationId) -> str:
    return f"conversation:{conversation_id}"


def to_client(
    kind: RowKind,
    channel_id: ChannelId,
    conversation_id: ConversationId,
    *,
    due_at: Moment | None = None,
    waits_for: int | None = None,
    **payload: Scalar,
) -> NewRow:
    """What leaves for a client: in order within their conversation."""
    return NewRow(
        channel_lane(channel_id),
        conversation_stream(conversation_id),
        kind,
        {"conversation_id": conversation_id, **payload},
        Priority.RELAY,
        f"conversation:{conversation_id}",
        due_at,
        None,
        waits_for,
    )


def in_front(row: NewRow) -> NewRow:
    """The same row, before everything that waits in its stream."""
    return replace(row, front=True)


def fetch(held_by: str, media_id: int) -> NewRow:
    return NewRow(files_lane(held_by), f"media:{media_id}", RowKind.FETCH, {"media_id": media_id})


def to_crm(kind: RowKind, crm_id: CrmId, lead_id: LeadId, **payload: Scalar) -> NewRow:
    return NewRow(crm_lane(crm_id), f"lead:{lead_id}", kind, {"lead_id": lead_id, **payload})


def crm_find(crm_id: CrmId, offer_id: OfferId) -> NewRow:
    return NewRow(crm_lane(crm_id), f"find:{offer_id}", RowKind.CRM_FIND, {"offer_id": offer_id})
