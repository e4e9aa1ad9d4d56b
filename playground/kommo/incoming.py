"""Incoming leads: they come by forms, calls and chats, and are accepted, declined or linked."""

from __future__ import annotations

import secrets
from typing import Any

from .acting import create, tell, touch, update
from .changes import Change
from .entities import COMPANIES, CONTACTS, LEADS, Card, Company, Contact, Lead, Pipeline, Unsorted
from .payloads import unsorted_end, unsorted_payload
from .world import World

Json = dict[str, Any]


def add(
    world: World,
    pipeline: Pipeline,
    about: Json,
    lead: Change,
    contacts: list[Change],
    companies: list[Change],
    existing: Contact | None = None,
) -> Unsorted:
    """Bring one, told as `add_unsorted`. Until it is accepted its contacts are in no list.

    `about` are attributes of Unsorted. `existing` is a contact whose chat it is: that one is in the lists already.
    """
    people = [create(world, CONTACTS, change, 0, is_unsorted=True) for change in contacts]
    people += [existing] if existing is not None else []
    firms = [create(world, COMPANIES, change, 0, is_unsorted=True) for change in companies]
    lead.contact_ids, lead.company_ids = [person.id for person in people], [firm.id for firm in firms]
    facts: Json = {"created_at": world.now()}
    facts |= about
    lead.attrs.setdefault("responsible_user_id", world.admin.id)
    lead.attrs |= {"pipeline_id": pipeline.id, "status_id": pipeline.incoming.id}
    made = create(world, LEADS, lead, 0)
    item = Unsorted(
        uid=secrets.token_hex(29),
        pipeline_id=pipeline.id,
        lead_id=made.id,
        contact_ids=lead.contact_ids,
        company_ids=lead.company_ids,
        **facts,
    )
    world.unsorted[item.uid] = item
    world.events.add("add_unsorted", unsorted_payload(world, item))
    return item


def accept(world: World, item: Unsorted, user_id: int, status_id: int, pipeline_id: int, by: int) -> Lead:
    """The lead moves to a stage with the user responsible; its contacts appear in the lists."""
    lead = world.leads[item.lead_id]
    for card in _cards(world, item):
        if card.is_unsorted:
            card.is_unsorted = False
            card.responsible_user_id = user_id
            touch(world, card, by)
            tell(world, "add", card)
    _end(world, item, "accept", by, lead.id)
    stage = {"responsible_user_id": user_id, "status_id": status_id, "pipeline_id": pipeline_id}
    update(world, lead, Change(attrs=stage), by)
    return lead


def decline(world: World, item: Unsorted, by: int) -> None:
    """Everything that it brought is deleted."""
    lead = world.leads[item.lead_id]
    _end(world, item, "decline", by, lead.id)
    for card in (lead, *(card for card in _cards(world, item) if card.is_unsorted)):
        card.is_deleted = True
        touch(world, card, by)


def link(world: World, item: Unsorted, lead: Lead, by: int) -> None:
    """What it brought goes to a lead that is there; its own lead is deleted."""
    for card in _cards(world, item):
        card.is_unsorted = False
    own = world.leads[item.lead_id]
    own.is_deleted = True
    touch(world, own, by)
    _end(world, item, "link", by, lead.id)
    both = list(dict.fromkeys([*lead.contact_ids, *item.contact_ids]))
    update(world, lead, Change(contact_ids=both), by)


def change(world: World, card: Card, change: Change, by: int) -> None:
    """`acting.update`; a lead that is moved out of Incoming leads is thereby accepted."""
    item = of_lead(world, card.id) if isinstance(card, Lead) and "status_id" in change.attrs else None
    if item is None:
        update(world, card, change, by)
        return
    user_id = change.attrs.get("responsible_user_id", by)
    accept(world, item, user_id, change.attrs["status_id"], change.attrs["pipeline_id"], by)
    update(world, card, change, by)


def of_lead(world: World, lead_id: int) -> Unsorted | None:
    """The incoming lead behind a lead that nobody has accepted."""
    return next((item for item in world.unsorted.values() if item.lead_id == lead_id), None)


def _cards(world: World, item: Unsorted) -> list[Contact | Company]:
    people = [world.contacts[contact_id] for contact_id in item.contact_ids]
    return [*people, *(world.companies[company_id] for company_id in item.company_ids)]


def _end(world: World, item: Unsorted, action: str, by: int, lead_id: int) -> None:
    world.unsorted.pop(item.uid, None)
    world.events.add("delete_unsorted", unsorted_end(item, action, by, lead_id))
