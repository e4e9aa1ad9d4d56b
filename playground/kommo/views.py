"""Entities as the API answers them."""

from __future__ import annotations

from typing import Any

from .entities import Card, Contact, CustomField, Lead, Note, Pipeline, Source, Status, Task, Unsorted, User
from .webhooks import Hook
from .world import World

Json = dict[str, Any]


def links(world: World, path: str) -> Json:
    """`_links` of something with an address below `/api/v4/`."""
    return {"_links": {"self": {"href": f"{world.url}/api/v4/{path}"}}}


def ref(world: World, kind: str, entity_id: int) -> Json:
    """A card inside another one's `_embedded`."""
    return {"id": entity_id} | links(world, f"{kind}/{entity_id}")


def values_view(world: World, values: dict[int, list[Json]]) -> list[Json] | None:
    """`custom_fields_values`; null when none has a value."""
    found = [(world.fields[field_id], given) for field_id, given in values.items() if given]
    return [
        {
            "field_id": field.id,
            "field_name": field.name,
            "field_code": field.code,
            "field_type": field.type,
            "values": given,
        }
        for field, given in found
    ] or None


def card_view(world: World, card: Card, wanted: frozenset[str] = frozenset()) -> Json:
    """A lead, a contact or a company. `wanted` is `with`."""
    if card.is_deleted:
        return {"id": card.id, "updated_at": card.updated_at, "is_deleted": True} | links(world, _path(card))
    return {
        "id": card.id,
        "name": card.name,
        **_own(card, wanted),
        "responsible_user_id": card.responsible_user_id,
        "group_id": 0,
        "created_by": card.created_by,
        "updated_by": card.updated_by,
        "created_at": card.created_at,
        "updated_at": card.updated_at,
        "closest_task_at": _closest_task(world, card),
        "is_deleted": card.is_deleted,
        "custom_fields_values": values_view(world, card.values),
        "account_id": world.account_id,
        **links(world, _path(card)),
        "_embedded": _embedded(world, card, wanted),
    }


def _path(card: Card) -> str:
    return f"{card.kind}/{card.id}"


def _own(card: Card, wanted: frozenset[str]) -> Json:
    if isinstance(card, Lead):
        names: tuple[str, ...] = ("price", "status_id", "pipeline_id", "loss_reason_id", "closed_at")
        names += ("source_id",) if "source_id" in wanted else ()
        return {name: getattr(card, name) for name in names} | {"score": None, "labor_cost": None}
    if isinstance(card, Contact):
        return {name: getattr(card, name) for name in ("first_name", "last_name", "is_unsorted")}
    return {}


def _embedded(world: World, card: Card, wanted: frozenset[str]) -> Json:
    found: Json = {"tags": [{"id": tag.id, "name": tag.name, "color": None} for tag in card.tags]}
    if isinstance(card, Lead | Contact):
        found["companies"] = [ref(world, "companies", company_id) for company_id in card.company_ids]
    if isinstance(card, Lead) and "contacts" in wanted:
        found["contacts"] = [
            {**ref(world, "contacts", contact_id), "is_main": number == 0}
            for number, contact_id in enumerate(alive(world, card))
        ]
    if isinstance(card, Lead) and "loss_reason" in wanted:
        found["loss_reason"] = []
    if "leads" in wanted:
        found["leads"] = [ref(world, "leads", lead.id) for lead in leads_of(world, card)]
    return found


def alive(world: World, lead: Lead) -> list[int]:
    """The lead's contacts that are not deleted, the main one first."""
    return [contact_id for contact_id in lead.contact_ids if not world.contacts[contact_id].is_deleted]


def leads_of(world: World, card: Card) -> list[Lead]:
    """The leads of a contact or a company that are not deleted, oldest first."""
    return [
        lead
        for lead in world.leads.values()
        if not lead.is_deleted and card.id in (*lead.contact_ids, *lead.company_ids)
    ]


def _closest_task(world: World, card: Card) -> int | None:
    tasks = (task for task in world.tasks.values() if task.entity_id == card.id and not task.is_completed)
    return min((task.complete_till for task in tasks), default=None)


def unsorted_view(world: World, item: Unsorted) -> Json:
    """An incoming lead in the list."""
    names = ("uid", "source_uid", "source_name", "category", "pipeline_id", "created_at", "metadata")
    view: Json = {name: getattr(item, name) for name in names}
    view |= {"account_id": world.account_id, **links(world, f"leads/unsorted/{item.uid}")}
    return view | {"_embedded": unsorted_embedded(world, item)}


def unsorted_embedded(world: World, item: Unsorted) -> Json:
    """The cards that an incoming lead has brought."""
    return {
        "contacts": [ref(world, "contacts", contact_id) for contact_id in item.contact_ids],
        "leads": [ref(world, "leads", item.lead_id)],
        "companies": [ref(world, "companies", company_id) for company_id in item.company_ids],
    }


def note_view(world: World, note: Note) -> Json:
    """A note."""
    names = ("id", "entity_id", "created_by", "created_at", "updated_at", "responsible_user_id", "note_type", "params")
    view: Json = {name: getattr(note, name) for name in names}
    view |= {"updated_by": note.created_by, "group_id": 0, "account_id": world.account_id}
    return view | links(world, f"{note.kind}/notes/{note.id}")


def task_view(world: World, task: Task) -> Json:
    """A task."""
    view: Json = {name: getattr(task, name) for name in Task.__slots__}
    view |= {"updated_by": task.created_by, "group_id": 0, "account_id": world.account_id}
    return view | links(world, f"tasks/{task.id}")


def pipeline_view(world: World, pipeline: Pipeline) -> Json:
    """A pipeline with its stages."""
    names = ("id", "name", "sort", "is_main", "is_unsorted_on", "is_archive")
    view: Json = {name: getattr(pipeline, name) for name in names}
    statuses = [status_view(world, pipeline, status) for status in pipeline.statuses]
    view |= {"account_id": world.account_id, **links(world, f"leads/pipelines/{pipeline.id}")}
    return view | {"_embedded": {"statuses": statuses}}


def status_view(world: World, pipeline: Pipeline, status: Status) -> Json:
    """A stage."""
    return {
        "id": status.id,
        "name": status.name,
        "sort": status.sort,
        "is_editable": not status.is_closed and status.type == 0,
        "pipeline_id": pipeline.id,
        "color": status.color,
        "type": status.type,
        "account_id": world.account_id,
        **links(world, f"leads/pipelines/{pipeline.id}/statuses/{status.id}"),
    }


def user_view(world: World, user: User, wanted: frozenset[str] = frozenset()) -> Json:
    """A user; `phone_number`, `uuid` and `amojo_id` only when wanted."""
    rights = {"leads": dict.fromkeys(("view", "edit", "add", "delete", "export"), "A"), "mail_access": True}
    rights |= {"catalog_access": True, "status_rights": None, "is_admin": user.is_admin, "is_free": False}
    rights |= {"is_active": user.is_active, "group_id": None, "role_id": None}
    view: Json = {"id": user.id, "name": user.name, "email": user.email, "lang": user.lang, "rights": rights}
    extra = {"phone_number": user.phone or None, "uuid": user.uuid, "amojo_id": user.amojo_id}
    view |= {name: value for name, value in extra.items() if name in wanted}
    return view | links(world, f"users/{user.id}")


def field_view(world: World, field: CustomField) -> Json:
    """A custom field."""
    enums = [{"id": enum_id, "value": value, "sort": 0} for enum_id, value in field.enums.items()] or None
    view: Json = {"id": field.id, "name": field.name, "code": field.code, "type": field.type, "entity_type": field.kind}
    view |= {"account_id": world.account_id, "is_api_only": field.is_api_only, "enums": enums, "sort": 500}
    return view | links(world, f"{field.kind}/custom_fields/{field.id}")


def hook_view(hook: Hook) -> Json:
    """A webhook subscription."""
    return {name: getattr(hook, name) for name in Hook.__slots__}


def source_view(world: World, source: Source) -> Json:
    """A source of chats."""
    view: Json = {name: getattr(source, name) for name in Source.__slots__}
    return view | {"default": False} | links(world, f"sources/{source.id}")
