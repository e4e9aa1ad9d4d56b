"""Whatever comes, reading it never raises, and neither does learning from it."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.telegram.client import open_bot
from channels.telegram_business.book import ConnectionBook
from channels.telegram_business.connections import Connection, Connections, from_text, to_text
from channels.telegram_business.mapping import parse
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.incoming import ClientWrote, Incoming, Malformed
from tests.channels.books import CHANNEL, Books
from tests.channels.telegram.test_parsing_anything import anything, spoilt_one_of

UPDATES = Path(__file__).parent / "updates"
RECORDED = [json.loads(path.read_bytes()) for path in UPDATES.glob("*.json") if not path.stem.startswith("malformed")]
KNOWN = Connections((Connection("bc_AAE", 900, 0, enabled=False), Connection("bc_BBF", 900, 1, enabled=True)))


@pytest.fixture(scope="module")
def nobody_answers() -> Iterator[tuple[asyncio.Runner, ConnectionBook]]:
    """A book that finds nobody to ask, on a loop of its own."""
    bot = open_bot("http://127.0.0.1:9", "100:AAA")
    with asyncio.Runner() as runner:
        yield runner, ConnectionBook(CHANNEL, bot, Books())
        runner.run(bot.request.shutdown())


@settings(max_examples=200, deadline=None)
@given(spoilt_one_of(RECORDED) | anything)
def test_learning_from_any_json(nobody_answers: tuple[asyncio.Runner, ConnectionBook], update: Any) -> None:
    """At worst it has to be delivered again: when a connection has to be asked about."""
    runner, book = nobody_answers
    with contextlib.suppress(Unavailable):
        runner.run(book.learn(json.dumps(update).encode()))
    assert from_text(to_text(book.known)) == book.known


@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert isinstance(parse(ChannelId(1), raw, KNOWN), Incoming | Malformed)


@settings(max_examples=400, deadline=None)
@given(spoilt_one_of(RECORDED) | anything)
def test_any_json(update: Any) -> None:
    read = parse(ChannelId(1), json.dumps(update).encode(), KNOWN)
    assert isinstance(read, Incoming | Malformed)
    if isinstance(read, Incoming) and isinstance(read.event, ClientWrote):
        storable = read.event.address + read.event.content.text + read.event.sender.name
        assert "\0" not in storable
        storable.encode()
