"""Links between cards, and tags."""

from __future__ import annotations

from typing import Any

from .acting import tell, touch
from .call import Call
from .entities import COMPANIES, CONTACTS, KINDS, LEADS, Card, Contact, Lead
from .errors import bad_request
from .reading import Reader
from .views import leads_of

Json = dict[str, Any]


def link(call: Call) -> Json:
    """`POST {kind}/{id}/link`; `metadata.is_main` makes a contact the lead's main one."""
    card, made = call.card(), []
    for other, is_main in _targets(call):
        _join(call, card, other, is_main)
        made.append(_view(card, other, is_main))
    return {"_total_items": len(made)} | call.made("links", made)


def unlink(call: Call) -> None:
    """`POST {kind}/{id}/unlink`; 204."""
    card = call.card()
    for other, _main in _targets(call):
        for owner, gone in ((card, other), (other, card)):
            ids = _linked(owner, gone.kind)
            if gone.id in ids:
                ids.remove(gone.id)
        _changed(call, card)


def list_links(call: Call) -> Json:
    """`GET {kind}/{id}/links`."""
    card, world = call.card(), call.world
    found = [world.contacts[number] for number in _linked(card, CONTACTS)]
    companies = [world.companies[number] for number in _linked(card, COMPANIES)]
    leads = leads_of(world, card) if not isinstance(card, Lead) else []
    others: list[Card] = [*found, *companies, *leads]
    items = [_view(card, other, isinstance(card, Lead) and [other.id] == card.contact_ids[:1]) for other in others]
    return {"_total_items": len(items)} | call.made("links", items)


def _targets(call: Call) -> list[tuple[Card, bool]]:
    """What to link with, and whether as the main contact."""
    found = call.batch(lambda reader: _read(call, reader))
    return [(card, is_main) for _request, (card, is_main) in found if card is not None]


def _read(call: Call, reader: Reader) -> tuple[Card | None, bool]:
    reader.only("to_entity_id", "to_entity_type", "metadata", "request_id")
    kind = reader.text("to_entity_type", required=True, among=KINDS) or LEADS
    alive = {card.id: card for card in call.world.cards(kind).values() if not card.is_deleted}
    number = reader.whole("to_entity_id", required=True, among=alive.keys())
    return alive.get(number or 0), reader.inner("metadata").flag("is_main") or False


def _join(call: Call, card: Card, other: Card, is_main: bool) -> None:
    """The link is kept on the lead, or on the contact when the other one is a company."""
    owner, item = sorted((card, other), key=lambda end: KINDS.index(end.kind))
    if owner.kind == item.kind:
        raise bad_request(f"can't link {card.kind} to {other.kind}")
    ids = _linked(owner, item.kind)
    if item.id in ids and is_main:
        ids.remove(item.id)
    if item.id not in ids:
        ids.insert(0 if is_main else len(ids), item.id)
    _changed(call, card)


def _linked(card: Card, kind: str) -> list[int]:
    if isinstance(card, Lead) and kind == CONTACTS:
        return card.contact_ids
    return card.company_ids if isinstance(card, Lead | Contact) and kind == COMPANIES else []


def _changed(call: Call, card: Card) -> None:
    touch(call.world, card, call.by)
    tell(call.world, "update", card)


def _view(card: Card, other: Card, is_main: bool) -> Json:
    metadata = {"main_contact": is_main} if other.kind == CONTACTS else None
    ends = {"entity_id": card.id, "entity_type": card.kind}
    return ends | {"to_entity_id": other.id, "to_entity_type": other.kind, "metadata": metadata}


def list_tags(call: Call) -> Json | None:
    """`GET {kind}/tags`, by `query` or `filter[name]`."""
    name = str(call.filters.get("name", "")).lower()
    query = str(call.query.get("query", "")).lower()
    found = [
        tag
        for tag in call.world.tags[call.kind].values()
        if query in tag.name.lower() and name in ("", tag.name.lower())
    ]
    return call.page("tags", found, lambda tag: {"id": tag.id, "name": tag.name, "color": None})


def create_tags(call: Call) -> Json:
    """`POST {kind}/tags`."""
    made = []
    for request_id, name in call.batch(_read_tag):
        tag = call.world.tag(call.kind, name)
        made.append({"id": tag.id, "name": tag.name, "color": None, "request_id": request_id})
    return call.made("tags", made)


def _read_tag(reader: Reader) -> str:
    reader.only("name", "color", "request_id")
    return reader.text("name", required=True) or ""
