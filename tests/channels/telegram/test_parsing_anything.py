"""Whatever comes, reading it never raises."""

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.mapping import parse_update
from channels.text import NAME_LIMIT, clean, clean_name
from sales.ids import ChannelId
from sales.incoming import ClientWrote, Incoming, Malformed

UPDATES = Path(__file__).parent / "updates"
RECORDED = [json.loads(path.read_bytes()) for path in UPDATES.glob("*.json") if not path.stem.startswith("malformed")]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in an update something could be different."""
    found = [path] if path else []
    if isinstance(value, dict):
        found += [place for key, inner in value.items() for place in places(inner, (*path, key))]
    if isinstance(value, list):
        found += [place for key, inner in enumerate(value) for place in places(inner, (*path, key))]
    return found


@st.composite
def spoilt_one_of(draw: st.DrawFn, recorded: Sequence[Any]) -> Any:
    """A real update with something else in one place."""
    update = copy.deepcopy(draw(st.sampled_from(recorded)))
    path = draw(st.sampled_from(places(update)))
    inside = update
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = draw(anything)
    return update


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert isinstance(parse_update(ChannelId(1), raw), Incoming | Malformed)


@settings(max_examples=400, deadline=None)
@given(spoilt_one_of(RECORDED) | anything)
def test_any_json(update: Any) -> None:
    read = parse_update(ChannelId(1), json.dumps(update).encode())
    assert isinstance(read, Incoming | Malformed)
    if isinstance(read, Incoming) and isinstance(read.event, ClientWrote):
        storable = read.event.content.text + read.event.sender.name + (read.event.album or "")
        assert "\0" not in storable
        storable.encode()


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_be_stored_and_is_as_long_in_utf_16(text: str) -> None:
    cleaned = clean(text)
    assert "\0" not in cleaned
    assert len(cleaned.encode("utf-16-le")) == len(text.encode("utf-16-le", "surrogatepass"))


@given(st.text(st.characters(codec=None)), st.none() | st.text())
def test_a_name_is_one_short_line_that_shows_something(first: str, second: str | None) -> None:
    name = clean_name(first, second)
    assert 0 < len(name) <= NAME_LIMIT
    assert name == " ".join(name.split())
