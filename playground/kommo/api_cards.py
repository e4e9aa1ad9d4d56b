"""Leads, contacts and companies: read, created and changed, one by one or in batches."""

from __future__ import annotations

from typing import Any

from . import incoming
from .acting import create
from .call import Call
from .changes import Change, read_change
from .entities import CONTACTS, Card
from .errors import not_found
from .filters import select
from .reading import Reader
from .views import card_view, ref

Json = dict[str, Any]


def list_cards(call: Call) -> Json | None:
    """`GET {kind}` with `query`, `filter`, `order`, `with`, `limit` and `page`."""
    return call.page(call.kind, select(call, call.kind), lambda card: card_view(call.world, card, call.wanted))


def get_card(call: Call) -> Json | None:
    """`GET {kind}/{id}`; 204 where there is none, which is how Kommo says so."""
    card = call.world.cards(call.kind).get(call.number())
    if card is None or (card.is_deleted and "only_deleted" not in call.wanted):
        return None
    return card_view(call.world, card, call.wanted)


def create_cards(call: Call) -> Json:
    """`POST {kind}`. `request_id` is echoed, and is no key: the same call again makes the same again."""
    kind, made = call.kind, []
    for request_id, change in call.batch(lambda reader: _read_new(call, reader)):
        card = create(call.world, kind, change, call.by)
        made.append({"id": card.id, "request_id": request_id} | ref(call.world, kind, card.id))
    return call.made(kind, made)


def _read_new(call: Call, reader: Reader) -> Change:
    if call.kind == CONTACTS and not {"name", "first_name", "last_name"} & reader.values.keys():
        reader.missing("name")
    return read_change(call.world, call.kind, reader)


def update_card(call: Call) -> Json:
    """`PATCH {kind}/{id}`."""
    card = call.card()
    change = call.one(lambda reader: read_change(call.world, call.kind, reader, card))
    return _changed(call, card, change)


def update_cards(call: Call) -> Json:
    """`PATCH {kind}`: a batch, each with its id."""
    made = []
    for request_id, (card, change) in call.batch(lambda reader: _read_known(call, reader)):
        if card is not None:
            made.append(_changed(call, card, change) | {"request_id": request_id})
    return call.made(call.kind, made)


def _read_known(call: Call, reader: Reader) -> tuple[Card | None, Change]:
    """Without an id there is no card, and the error is noted already."""
    number = reader.whole("id", required=True)
    card = call.world.cards(call.kind).get(number or 0)
    if number is not None and (card is None or card.is_deleted):
        raise not_found(f"Entity {number} not found")
    return card, read_change(call.world, call.kind, reader, card)


def _changed(call: Call, card: Card, change: Change) -> Json:
    incoming.change(call.world, card, change, call.by)
    return {"id": card.id, "name": card.name, "updated_at": card.updated_at} | ref(call.world, card.kind, card.id)
