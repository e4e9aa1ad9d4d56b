"""What a user of the account sees: the board, and a lead's or a contact's card."""

from __future__ import annotations

from typing import Any

from .acting import is_incoming
from .chat_types import Chat
from .entities import Card, Contact, Lead, Note, Pipeline
from .incoming import of_lead
from .views import leads_of
from .world import World

Json = dict[str, Any]


def lead_view(world: World, lead: Lead) -> Json:
    """A lead's card, with everything on it."""
    pipeline = world.pipelines[lead.pipeline_id]
    status = pipeline.status(lead.status_id)
    item = of_lead(world, lead.id)
    return {
        **_card(world, lead),
        "price": lead.price,
        "pipeline_id": lead.pipeline_id,
        "pipeline": pipeline.name,
        "status_id": lead.status_id,
        "status": status.name if status is not None else "",
        "is_incoming": is_incoming(world, lead),
        "uid": item.uid if item is not None else "",
        "closed_at": lead.closed_at,
        "contacts": [_card(world, world.contacts[number]) for number in lead.contact_ids],
        "notes": [_note(note) for note in world.notes.values() if (note.kind, note.entity_id) == ("leads", lead.id)],
        "tasks": [task.text for task in world.tasks.values() if task.entity_id == lead.id and not task.is_completed],
        "chats": [chat_view(chat) for chat in world.chats.values() if chat.lead_id == lead.id],
    }


def contact_view(world: World, contact: Contact) -> Json:
    """A contact's card."""
    return {
        **_card(world, contact),
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "is_unsorted": contact.is_unsorted,
        "lead_ids": [lead.id for lead in leads_of(world, contact)],
        "notes": [
            _note(note) for note in world.notes.values() if (note.kind, note.entity_id) == ("contacts", contact.id)
        ],
    }


def _card(world: World, card: Card) -> Json:
    """`fields` are values by the field's code, or by its name where it has none."""
    fields = {}
    for field_id, given in card.values.items():
        field = world.fields[field_id]
        fields[field.code or field.name] = [item["value"] for item in given]
    user = world.users.get(card.responsible_user_id)
    names = ("id", "name", "responsible_user_id", "created_by", "updated_by", "created_at", "updated_at", "is_deleted")
    view: Json = {name: getattr(card, name) for name in names}
    view |= {"responsible": user.name if user is not None else "", "tags": [tag.name for tag in card.tags]}
    return view | {"fields": fields}


def _note(note: Note) -> Json:
    view = {"id": note.id, "type": note.note_type, "text": note.params.get("text", ""), "params": note.params}
    return view | {"created_by": note.created_by, "created_at": note.created_at}


def chat_view(chat: Chat) -> Json:
    """A conversation with its messages, oldest first."""
    names: tuple[str, ...] = (
        "author",
        "at_ms",
        "kind",
        "text",
        "media",
        "file_name",
        "msgid",
        "reply_to",
        "silent",
        "status",
    )
    names += ("error", "versions", "reactions", "id")
    return {
        "id": chat.id,
        "conversation_id": chat.conversation_id,
        "contact_id": chat.contact_id,
        "lead_id": chat.lead_id,
        "talk_id": chat.talk_id,
        "peer": chat.peer.view(),
        "typing": len(chat.typing),
        "messages": [{name: getattr(message, name) for name in names} for message in chat.messages],
    }


def board_view(world: World, pipeline: Pipeline) -> Json:
    """One pipeline as columns."""
    columns = []
    for status in pipeline.statuses:
        leads = [
            {"id": lead.id, "name": lead.name, "responsible_user_id": lead.responsible_user_id}
            for lead in world.leads.values()
            if not lead.is_deleted and (lead.pipeline_id, lead.status_id) == (pipeline.id, status.id)
        ]
        columns.append({"id": status.id, "name": status.name, "leads": leads})
    return {"id": pipeline.id, "name": pipeline.name, "columns": columns}
