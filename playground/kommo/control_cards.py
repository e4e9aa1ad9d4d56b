"""Control actions of users on leads and contacts, and what they see of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError

from . import incoming
from .acting import add_note, create, delete, restore, update
from .changes import Change, read_change
from .entities import INCOMING, KINDS, LEADS, LOST, Card, Unsorted
from .reading import read_one
from .seeing import board_view, contact_view, lead_view
from .world import World

Json = dict[str, Any]


def _by(world: World, values: Json) -> int:
    """Who acts: the administrator unless somebody else is named."""
    return world.known(world.users, values.get("by") or world.admin.id, "user").id


def _card(world: World, values: Json, deleted: bool = False) -> Card:
    kind = values.get("kind", LEADS)
    if kind not in KINDS:
        raise ControlError(f"kinds are {', '.join(KINDS)}")
    card = world.known(world.cards(kind), values["id"], kind)
    if card.is_deleted is not deleted:
        raise ControlError(f"{kind} {card.id} is {'not ' if deleted else ''}deleted")
    return card


def _add(world: World, values: Json) -> int:
    """A card made inside Kommo; `fields` are those of the API. Returns its id."""
    kind = values.get("kind", LEADS)
    change = read_one(values.get("fields") or {}, lambda reader: read_change(world, kind, reader))
    return create(world, kind, change, _by(world, values)).id


def _edit(world: World, values: Json) -> bool:
    """A card changed inside Kommo: its responsible, its stage, its name, its custom fields; `fields` are the API's."""
    card = _card(world, values)
    change = read_one(values["fields"], lambda reader: read_change(world, card.kind, reader, card))
    incoming.change(world, card, change, _by(world, values))
    return True


def _responsible(world: World, values: Json) -> bool:
    """Somebody else is responsible from now on."""
    user_id = world.known(world.users, values["user"], "user").id
    card = _card(world, values)
    update(world, card, Change(attrs={"responsible_user_id": user_id}), _by(world, values))
    return True


def _close(world: World, values: Json) -> bool:
    """Won (142) or lost (143), by `status`."""
    return _edit(world, values | {"fields": {"status_id": values.get("status", LOST)}})


def _delete(world: World, values: Json) -> bool:
    """Into the trash; an incoming lead has to be declined instead."""
    card = _card(world, values)
    if card.kind == LEADS and incoming.of_lead(world, card.id) is not None:
        raise ControlError(f"lead {card.id} is incoming: decline it")
    delete(world, card, _by(world, values))
    return True


def _restore(world: World, values: Json) -> bool:
    """Out of the trash."""
    restore(world, _card(world, values, deleted=True), _by(world, values))
    return True


def _accept(world: World, values: Json) -> int:
    """A user accepts an incoming lead, by default for themselves and into the first stage. Returns the lead's id."""
    item, by = _incoming(world, values), _by(world, values)
    pipeline = world.pipelines[item.pipeline_id]
    status = pipeline.status(values.get("status") or pipeline.first.id)
    if status is None or status.type == INCOMING:
        raise ControlError(f"pipeline {pipeline.id} has no stage {values.get('status')}")
    return incoming.accept(world, item, values.get("user") or by, status.id, pipeline.id, by).id


def _decline(world: World, values: Json) -> bool:
    """A user declines an incoming lead."""
    incoming.decline(world, _incoming(world, values), _by(world, values))
    return True


def _incoming(world: World, values: Json) -> Unsorted:
    """By `uid`, or by the lead's id."""
    item = world.unsorted.get(values.get("uid") or "") or incoming.of_lead(world, values.get("lead") or 0)
    if item is None:
        raise ControlError("no such incoming lead")
    return item


def _note(world: World, values: Json) -> int:
    """A user writes a note."""
    card = _card(world, values)
    return add_note(world, card.kind, card.id, "common", {"text": values["text"]}, _by(world, values)).id


def _lead(world: World, values: Json) -> Json:
    """The card as a user sees it: contacts, notes, tasks, chats."""
    return lead_view(world, world.known(world.leads, values["id"], "lead"))


def _contact(world: World, values: Json) -> Json:
    return contact_view(world, world.known(world.contacts, values["id"], "contact"))


def _leads(world: World, values: Json) -> list[Json]:
    """All leads, oldest first; without deleted ones unless asked for."""
    return [lead_view(world, lead) for lead in world.leads.values() if values.get("deleted") or not lead.is_deleted]


def _contacts(world: World, values: Json) -> list[Json]:
    """All contacts, those of incoming leads too."""
    found = world.contacts.values()
    return [contact_view(world, contact) for contact in found if values.get("deleted") or not contact.is_deleted]


def _board(world: World, _values: Json) -> list[Json]:
    """Every pipeline with its stages and the leads in them."""
    return [board_view(world, pipeline) for pipeline in world.pipelines.values()]


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "add": _add,
    "edit": _edit,
    "responsible": _responsible,
    "close": _close,
    "delete": _delete,
    "restore": _restore,
    "accept": _accept,
    "decline": _decline,
    "note": _note,
    "lead": _lead,
    "contact": _contact,
    "leads": _leads,
    "contacts": _contacts,
    "board": _board,
}
