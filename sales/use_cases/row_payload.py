"""Ids out of a row's payload."""

from sales.ids import ClientId, ConversationId, LeadId, MediaId, MessageId, OfferId, PostId, StaffId
from sales.outbox import Payload, Row


def number(payload: Payload, key: str) -> int | None:
    value = payload.get(key)
    return int(value) if value is not None else None


def required(row: Row, key: str) -> int:
    """Raises ``KeyError``: a row without its subject is our own mistake."""
    value = number(row.payload, key)
    if value is None:
        raise KeyError(f"{row.kind} {row.id} has no {key}")
    return value


def staff_of(row: Row) -> StaffId:
    return StaffId(required(row, "staff_id"))


def client_of(row: Row) -> ClientId | None:
    value = number(row.payload, "client_id")
    return ClientId(value) if value is not None else None


def message_of(row: Row) -> MessageId:
    return MessageId(required(row, "message_id"))


def conversation_of(row: Row) -> ConversationId:
    return ConversationId(required(row, "conversation_id"))


def offer_of(row: Row) -> OfferId:
    return OfferId(required(row, "offer_id"))


def lead_of(row: Row) -> LeadId:
    return LeadId(required(row, "lead_id"))


def media_of(row: Row) -> MediaId:
    return MediaId(required(row, "media_id"))


def post_of(payload: Payload) -> PostId | None:
    value = number(payload, "post_id")
    return PostId(value) if value is not None else None
