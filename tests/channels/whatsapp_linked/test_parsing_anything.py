"""Whatever comes, reading it never raises."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.whatsapp_linked.calls import to_send
from channels.whatsapp_linked.envelopes import Eyes
from channels.whatsapp_linked.mapping import parse_event
from channels.whatsapp_linked.names import OwnIds
from sales.ids import ChannelId
from sales.incoming import ClientWrote, Incoming, Malformed, WrittenOutside
from sales.messages import Content, MessageKind, SharedContact

EVENTS = Path(__file__).parent / "events"
RECORDED = [json.loads(path.read_bytes()) for path in EVENTS.glob("*.json") if not path.stem.startswith("malformed")]
EYES = Eyes(ChannelId(1), "default", OwnIds("key"))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in an event something could be different."""
    found = [path] if path else []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, inner in inside for place in places(inner, (*path, key))]


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A real event with something else in one place."""
    event = copy.deepcopy(draw(st.sampled_from(RECORDED)))
    path = draw(st.sampled_from(places(event)))
    inside = event
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = draw(anything)
    return event


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert isinstance(parse_event(EYES, raw), Incoming | Malformed)


@given(st.sampled_from(RECORDED), st.floats(0, 1))
def test_any_piece(event: Any, share: float) -> None:
    raw = json.dumps(event).encode()
    assert isinstance(parse_event(EYES, raw[: int(len(raw) * share)]), Incoming | Malformed)


def test_nested_without_end() -> None:
    raw = b'{"event":"message.any","payload":' + b"[" * 100_000
    assert isinstance(parse_event(EYES, raw), Malformed)


@settings(max_examples=400, deadline=None)
@given(spoilt() | anything)
def test_any_json(event: Any) -> None:
    read = parse_event(EYES, json.dumps(event).encode())
    read.update_id.encode()
    assert 0 < len(read.update_id) < 200
    if isinstance(read, Incoming) and isinstance(read.event, ClientWrote | WrittenOutside):
        storable = read.event.content.text + read.event.address + read.event.external_id
        assert "\0" not in storable
        storable.encode()


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_card_is_one_line_each(first: str, phone: str) -> None:
    call = to_send(Content(MessageKind.CONTACT, contact=SharedContact(phone, first)))
    json.dumps(call.arguments).encode()
