"""`filter`, `query` and `order` of lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from .call import Call
from .entities import Card, Lead
from .errors import bad_request
from .world import World

Json = dict[str, Any]
Test = Callable[[Card], bool]

PHONE_LIKE = re.compile(r"[\d\s()+.-]+")
SPANS = ("created_at", "updated_at", "closed_at", "price")
EXACT = ("id", "name", "responsible_user_id", "created_by", "updated_by", "pipeline_id")
ORDERS = ("id", "created_at", "updated_at")


def select(call: Call, kind: str) -> list[Card]:
    """The cards that the query asks for, in its order; oldest first when it says nothing."""
    tests = _tests(call, kind)
    deleted = "only_deleted" in call.wanted
    found = [
        card
        for card in call.world.cards(kind).values()
        if card.is_deleted is deleted and not getattr(card, "is_unsorted", False) and all(test(card) for test in tests)
    ]
    return in_order(call, found)


def in_order(call: Call, found: list[Any]) -> list[Any]:
    """Sorted by `order[…]`; 400 for a field that can't be sorted by."""
    for name, direction in reversed(list(_inner(call.query.get("order")).items())):
        known = name in ORDERS and all(hasattr(item, name) for item in found)
        if not known or direction not in ("asc", "desc"):
            raise bad_request(f"can't order by {name} {direction}")
        found = sorted(found, key=attrgetter(name), reverse=direction == "desc")
    return found


def values(given: Any) -> set[str]:
    """`filter[x]=1`, `filter[x]=1,2` or `filter[x][]=1`."""
    return set(given.values()) if isinstance(given, dict) else set(str(given).split(","))


def within(given: Any, number: int | None) -> bool:
    """`filter[x][from]=…&filter[x][to]=…`, both ends included; or one value."""
    if number is None:
        return False
    if not isinstance(given, dict):
        return str(number) == str(given)
    first, last = _number(given.get("from"), number), _number(given.get("to"), number)
    return first <= number <= last


def _number(given: Any, default: int) -> int:
    if given is None or given == "":
        return default
    if not str(given).lstrip("-").isdecimal():
        raise bad_request(f"{given} is no number")
    return int(given)


def _tests(call: Call, kind: str) -> list[Test]:
    tests = [_test(name, given) for name, given in call.filters.items()]
    query = str(call.query.get("query", "")).strip()
    if query:
        tests.append(lambda card: _searched(call.world, card) and matches(call.world, card, query))
    if kind != "leads" and any(name in call.filters for name in ("statuses", "pipeline_id")):
        raise bad_request("only leads have stages")
    return tests


def _test(name: str, given: Any) -> Test:
    if name in SPANS:
        return lambda card: within(given, getattr(card, name, None))
    if name in EXACT:
        wanted = values(given)
        return lambda card: str(getattr(card, name, None)) in wanted
    if name == "statuses":
        pairs = {(str(pair.get("pipeline_id")), str(pair.get("status_id"))) for pair in _inner(given).values()}
        return lambda card: isinstance(card, Lead) and (str(card.pipeline_id), str(card.status_id)) in pairs
    if name == "custom_fields_values":
        return lambda card: all(_has(card, int(number), values(wanted)) for number, wanted in _inner(given).items())
    raise bad_request(f"unknown filter {name}")


def _has(card: Card, field_id: int, wanted: set[str]) -> bool:
    return any(str(item["value"]) in wanted for item in card.values.get(field_id, []))


def _inner(given: Any) -> Json:
    return given if isinstance(given, dict) else {}


def _searched(world: World, card: Card) -> bool:
    """Whether the search knows the card's present state already."""
    return world.clock.now() - card.touched >= world.options.search_lag


def matches(world: World, card: Card, query: str) -> bool:
    """A part of the name, of the id or of any field's value; phones are compared by their digits too."""
    texts = [card.name, str(card.id), *(str(item["value"]) for given in card.values.values() for item in given)]
    if any(query.lower() in text.lower() for text in texts):
        return True
    digits = re.sub(r"\D", "", query)
    if not digits or not PHONE_LIKE.fullmatch(query):
        return False
    return any(digits in re.sub(r"\D", "", text) for text in texts if PHONE_LIKE.fullmatch(text))
