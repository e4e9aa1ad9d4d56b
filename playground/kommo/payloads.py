"""What webhooks say of an entity: API v2's names, which the v4 webhooks still have."""

from __future__ import annotations

from typing import Any

from .entities import ELEMENT_TYPES, Card, Contact, Lead, Note, Task, Unsorted
from .world import World

Json = dict[str, Any]

# Numbers of note types (API v2).
NOTE_TYPES = {"common": 4, "call_in": 10, "call_out": 11, "service_message": 25, "sms_in": 102, "sms_out": 103}


def card_payload(world: World, card: Card) -> Json:
    """`leads[…][0]` or `contacts[…][0]`; of a deleted one only the id and where it was."""
    if card.is_deleted:
        return {"id": card.id} | (_stage(card) if isinstance(card, Lead) else {"type": card.kind[:-1]})
    payload: Json = {"id": card.id, "name": card.name, "responsible_user_id": card.responsible_user_id}
    payload |= _stage(card) | {"price": card.price} if isinstance(card, Lead) else _who(card)
    payload |= {
        "date_create": card.created_at,
        "last_modified": card.updated_at,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "created_user_id": card.created_by,
        "modified_user_id": card.updated_by,
        "account_id": world.account_id,
    }
    if card.values:
        payload["custom_fields"] = _custom_fields(world, card)
    if card.tags:
        payload["tags"] = [{"id": tag.id, "name": tag.name} for tag in card.tags]
    return payload


def _stage(lead: Lead) -> Json:
    return {"status_id": lead.status_id, "pipeline_id": lead.pipeline_id}


def _who(card: Card) -> Json:
    return {"type": "contact" if isinstance(card, Contact) else "company"}


def _custom_fields(world: World, card: Card) -> list[Json]:
    """The fields; a kind of phone is called `enum` here, and is its number."""
    found = []
    for field_id, values in card.values.items():
        field = world.fields[field_id]
        given = [
            {"value": item["value"]} | ({"enum": item["enum_id"]} if item.get("enum_id") else {}) for item in values
        ]
        code = {"code": field.code} if field.code else {}
        found.append({"id": field.id, "name": field.name, "values": given} | code)
    return found


def unsorted_payload(world: World, item: Unsorted) -> Json:
    """`unsorted[add][0]`."""
    lead = world.leads[item.lead_id]
    contacts = [card_payload(world, world.contacts[contact_id]) for contact_id in item.contact_ids]
    return {
        "uid": item.uid,
        "category": item.category,
        "source": item.source_name,
        "source_uid": item.source_uid,
        "pipeline_id": item.pipeline_id,
        "created_at": item.created_at,
        "date_create": item.created_at,
        "account_id": world.account_id,
        "lead_id": item.lead_id,
        "source_data": item.metadata | {"source_name": item.source_name},
        "data": {"leads": [{"id": lead.id, "name": lead.name}], "contacts": contacts},
    }


def unsorted_end(item: Unsorted, action: str, user_id: int, lead_id: int) -> Json:
    """`unsorted[delete][0]`: accepted (`accept_result`) or declined (`decline_result`)."""
    return {
        "action": action,
        f"{action}_result": {"leads": [lead_id]},
        "uid": item.uid,
        "category": item.category,
        "created_at": item.created_at,
        "pipeline_id": item.pipeline_id,
        "modified_user_id": user_id,
    }


def note_payload(world: World, note: Note) -> Json:
    """`leads[note][0]`."""
    fields = {
        "id": note.id,
        "note_type": NOTE_TYPES.get(note.note_type, 0),
        "element_type": ELEMENT_TYPES[note.kind],
        "element_id": note.entity_id,
        "text": note.params.get("text", ""),
        "created_by": note.created_by,
        "main_user_id": note.responsible_user_id,
        "modified_by": note.created_by,
        "date_create": note.created_at,
        "created_at": note.created_at,
        "updated_at": note.updated_at,
        "timestamp_x": note.updated_at,
        "account_id": world.account_id,
    }
    return {"note": fields}


def task_payload(world: World, task: Task) -> Json:
    """`task[add][0]`."""
    return {
        "id": task.id,
        "element_id": task.entity_id,
        "element_type": ELEMENT_TYPES.get(task.entity_type or "", ""),
        "task_type": task.task_type_id,
        "text": task.text,
        "status": int(task.is_completed),
        "complete_before": task.complete_till,
        "responsible_user_id": task.responsible_user_id,
        "created_user_id": task.created_by,
        "date_create": task.created_at,
        "last_modified": task.updated_at,
        "account_id": world.account_id,
    }
