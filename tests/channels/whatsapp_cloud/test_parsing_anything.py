"""Whatever comes, reading it never raises, and neighbours survive."""

import copy
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.whatsapp_cloud.mapping import Account, parse_webhook
from sales.ids import ChannelId
from sales.incoming import ClientWrote, Incoming, Malformed, WrittenOutside
from tests.channels.whatsapp_cloud.test_mapping import NAMES, PAYLOADS, US

RECORDED = [json.loads((PAYLOADS / f"{name}.json").read_bytes()) for name in NAMES if not name.startswith("malformed")]
NEIGHBOUR = {"from": "972500000009", "id": "wamid.neighbour", "timestamp": "1697043223", "type": "text"}
NEIGHBOUR |= {"text": {"body": "I am here"}}  # type: ignore[dict-item]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(update: Any) -> list[Incoming | Malformed]:
    found = parse_webhook(US, json.dumps(update).encode())
    assert all(isinstance(item, Incoming | Malformed) for item in found)
    for item in found:
        item.update_id.encode()
        if isinstance(item, Incoming) and isinstance(item.event, ClientWrote | WrittenOutside):
            _check_storable(item.event)
    return found


def _check_storable(event: ClientWrote | WrittenOutside) -> None:
    person = event.sender if isinstance(event, ClientWrote) else event.receiver
    parts = [event.content.text, person.name, event.address, event.external_id, *event.aliases]
    parts += [identity.value for identity in person.identities]
    storable = "".join(parts)
    assert "\0" not in storable
    storable.encode()
    assert event.address


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in an update something could be different."""
    found = [path] if path else []
    if isinstance(value, dict):
        found += [place for key, inner in value.items() for place in places(inner, (*path, key))]
    if isinstance(value, list):
        found += [place for key, inner in enumerate(value) for place in places(inner, (*path, key))]
    return found


def inside(update: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        update = update[key]
    return update


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A real update with something else, or nothing, in one place."""
    update = copy.deepcopy(draw(st.sampled_from(RECORDED)))
    path = draw(st.sampled_from(places(update)))
    around = inside(update, path[:-1])
    if draw(st.booleans()):
        around[path[-1]] = draw(anything)
    else:
        del around[path[-1]]
    return update


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert parse_webhook(US, raw)


@settings(max_examples=400, deadline=None)
@given(spoilt() | anything)
def test_any_json(update: Any) -> None:
    read(update)


@given(st.sampled_from(RECORDED), st.integers(0, 400))
def test_a_truncated_post_is_kept(update: Any, cut: int) -> None:
    raw = json.dumps(update).encode()[: -1 - cut]
    (found,) = parse_webhook(US, raw)
    assert isinstance(found, Malformed)
    assert found.raw == raw


@settings(max_examples=300, deadline=None)
@given(spoilt(), st.booleans())
def test_a_neighbour_survives_whatever_stands_beside_it(update: Any, same_change: bool) -> None:
    """In the same list of messages, or in an entry of its own."""
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": US.number_id}}
    changes = [{"field": "messages", "value": {**value, "messages": [NEIGHBOUR]}}]
    if same_change and isinstance(update, dict) and isinstance(update.get("entry"), list):
        others = [change.get("value") for change in _changes(update)]
        messages = [value_["messages"] for value_ in others if isinstance(value_, dict) and "messages" in value_]
        changes[0]["value"]["messages"] = [*_flat(messages), NEIGHBOUR]  # type: ignore[index]
        posted: Any = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    else:
        entries = update.get("entry") if isinstance(update, dict) else None
        beside = entries if isinstance(entries, list) else [update]
        posted = {"object": "whatsapp_business_account", "entry": [*beside, {"id": "1", "changes": changes}]}
    events = [item.event for item in read(posted) if isinstance(item, Incoming)]
    assert any(isinstance(event, ClientWrote) and event.external_id == "wamid.neighbour" for event in events)


def _changes(update: dict[str, Any]) -> list[dict[str, Any]]:
    entries = [entry for entry in update["entry"] if isinstance(entry, dict)]
    changes = [entry.get("changes") for entry in entries]
    return [one for found in changes if isinstance(found, list) for one in found if isinstance(one, dict)]


def _flat(lists: list[Any]) -> list[Any]:
    return [item for found in lists if isinstance(found, list) for item in found]


def test_a_huge_post_is_read_in_a_moment() -> None:
    contacts = [{"profile": {"name": "x" * 100}, "wa_id": str(15550000000 + n)} for n in range(1000)]
    messages = [{**NEIGHBOUR, "from": str(15550000000 + n), "id": f"wamid.{n}"} for n in range(1000)]
    value = {"metadata": {"phone_number_id": US.number_id}, "contacts": contacts, "messages": messages}
    posted = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    began = time.perf_counter()
    found = read(posted)
    assert len(found) == 1000
    assert time.perf_counter() - began < 5
    assert sum(len(item.raw) for item in found) < 1_000_000


@pytest.mark.parametrize("depth", [100, *range(850, 1000, 7)])
def test_deep_nesting_spoils_its_own_message_only_if_it_can_be_read_at_all(depth: int) -> None:
    deep = '{"a": ' * depth + "1" + "}" * depth
    value = {"metadata": {"phone_number_id": US.number_id}, "messages": [{**NEIGHBOUR, "text": "DEEP"}, NEIGHBOUR]}
    posted = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    found = parse_webhook(US, json.dumps(posted).replace('"DEEP"', deep).encode())
    assert isinstance(found[0], Malformed)
    assert len(found) == 1 or isinstance(found[1], Incoming)


def test_any_account_id() -> None:
    assert parse_webhook(Account(ChannelId(1), ""), b"{}")
