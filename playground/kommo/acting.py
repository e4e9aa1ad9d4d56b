"""What happens to cards, whoever does it: the API, or a user inside Kommo. Each act tells the webhooks."""

from __future__ import annotations

from typing import Any, TypeVar

from .changes import Change
from .entities import CONTACTS, LEADS, Card, Company, Contact, Lead, Note, Tag
from .payloads import card_payload, note_payload
from .world import World

Json = dict[str, Any]
C = TypeVar("C", bound=Card)

EVENTS = {"leads": "lead", "contacts": "contact", "companies": "company"}


def create(world: World, kind: str, change: Change, by: int, **about: Any) -> Card:
    """A new card, told as `add_…` unless it is still unsorted."""
    made = {LEADS: _lead, CONTACTS: _contact}.get(kind, _company)(world, _common(world, change, by) | about)
    world.cards(kind)[made.id] = made
    _apply(world, made, change)
    made.updated_at = change.attrs.get("updated_at", made.created_at)
    if not is_incoming(world, made):
        tell(world, "add", made)
    return made


def _common(world: World, change: Change, by: int) -> Json:
    """`created_by` is the token's user unless the caller names another, or 0: the robot."""
    now = world.now()
    attrs = {"name": "", "responsible_user_id": by, "created_by": by, "created_at": now} | change.attrs
    attrs.setdefault("updated_by", attrs["created_by"])
    return attrs | {"id": world.new_id(), "updated_at": now, "touched": world.clock.now()}


def _lead(world: World, attrs: Json) -> Lead:
    stage: Json = {"pipeline_id": world.main.id, "status_id": world.main.first.id}
    lead = Lead(**(stage | attrs))
    lead.name = lead.name or f"Lead #{lead.id}"
    _note_closing(world, lead)
    return lead


def _contact(_world: World, attrs: Json) -> Contact:
    contact = Contact(**attrs)
    _fit_names(contact, attrs)
    return contact


def _company(_world: World, attrs: Json) -> Company:
    return Company(**attrs)


def _fit_names(contact: Contact, attrs: Json) -> None:
    """The name is made of its parts, and its parts of the name, whichever was given."""
    parts = {"first_name", "last_name"} & attrs.keys()
    if parts and not attrs.get("name"):
        contact.name = f"{contact.first_name} {contact.last_name}".strip()
    elif attrs.get("name") and not parts:
        contact.first_name, _space, contact.last_name = contact.name.partition(" ")


def update(world: World, card: Card, change: Change, by: int) -> None:
    """Change a card, told as `update_…`, and `status_…` or `responsible_…` where those changed."""
    before = {name: getattr(card, name, None) for name in ("status_id", "pipeline_id", "responsible_user_id")}
    for name, value in change.attrs.items():
        setattr(card, name, value)
    if isinstance(card, Contact):
        _fit_names(card, change.attrs)
    _apply(world, card, change)
    touch(world, card, change.attrs.get("updated_by", by), change.attrs.get("updated_at"))
    tell(world, "update", card)
    if card.responsible_user_id != before["responsible_user_id"]:
        tell(world, "responsible", card, old_responsible_user_id=before["responsible_user_id"])
    if isinstance(card, Lead) and card.status_id != before["status_id"]:
        _note_closing(world, card)
        old = {"old_status_id": before["status_id"], "old_pipeline_id": before["pipeline_id"]}
        tell(world, "status", card, **old)


def _apply(world: World, card: Card, change: Change) -> None:
    """Custom fields, tags and links."""
    card.values = {number: given for number, given in (card.values | change.values).items() if given}
    names = change.tags if change.tags is not None else [tag.name for tag in card.tags]
    gone = {name.lower() for name in change.tags_to_delete}
    card.tags = _tags(world, card.kind, [name for name in (*names, *change.tags_to_add) if name.lower() not in gone])
    if isinstance(card, Lead) and change.contact_ids is not None:
        card.contact_ids = list(dict.fromkeys(change.contact_ids))
    if isinstance(card, Lead | Contact) and change.company_ids is not None:
        card.company_ids = list(dict.fromkeys(change.company_ids))


def _tags(world: World, kind: str, names: list[str]) -> list[Tag]:
    return list(dict.fromkeys(world.tag(kind, name) for name in names))


def _note_closing(world: World, lead: Lead) -> None:
    status = world.pipelines[lead.pipeline_id].status(lead.status_id)
    closed = status is not None and status.is_closed
    lead.closed_at = (lead.closed_at or world.now()) if closed else None


def delete(world: World, card: Card, by: int) -> None:
    """Into the trash: only users can, the API has no such call."""
    card.is_deleted = True
    touch(world, card, by)
    tell(world, "delete", card)


def restore(world: World, card: Card, by: int) -> None:
    """Out of the trash."""
    card.is_deleted = False
    touch(world, card, by)
    tell(world, "restore", card)


def add_note(world: World, kind: str, entity_id: int, note_type: str, params: Json, by: int, **about: int) -> Note:
    """A note in the feed of a card, told as `note_…`."""
    now, responsible = world.now(), world.cards(kind)[entity_id].responsible_user_id
    attrs = {"responsible_user_id": responsible, "created_at": now, "created_by": by} | about
    note = Note(world.new_id(), kind, entity_id, note_type, params, updated_at=now, **attrs)
    world.notes[note.id] = note
    world.events.add(f"note_{EVENTS[kind]}", note_payload(world, note))
    return note


def touch(world: World, card: Card, by: int, at: int | None = None) -> None:
    """The card was changed."""
    card.updated_by, card.updated_at, card.touched = by, world.now() if at is None else at, world.clock.now()


def tell(world: World, what: str, card: Card, **more: Any) -> None:
    """The webhooks about a card; nobody hears of cards that wait in an incoming lead."""
    if not getattr(card, "is_unsorted", False):
        world.events.add(f"{what}_{EVENTS[card.kind]}", card_payload(world, card) | more)


def is_incoming(world: World, card: Card) -> bool:
    """Whether it belongs to an incoming lead that nobody has accepted."""
    if isinstance(card, Lead):
        return card.status_id == world.pipelines[card.pipeline_id].incoming.id
    return bool(getattr(card, "is_unsorted", False))
