"""Files of 100 MB pass through in pieces, in both directions."""

import tracemalloc
from collections.abc import AsyncIterator, Iterator

import pytest

from channels.files import FileSender
from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from channels.whatsapp_cloud.capabilities import MEGABYTE
from playground.whatsapp_cloud.control import Control, PhoneNumber, Talk
from sales.messages import Content, MessageKind
from sales.outbox import RowKind, Sent
from storage.media_files import MediaFiles
from tests.channels.books import Books, remote, row
from tests.channels.whatsapp_cloud.test_files import fetch, received

SIZE = 100 * MEGABYTE
MOST = 32 * MEGABYTE


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


async def zeros() -> AsyncIterator[bytes]:
    for _ in range(SIZE // MEGABYTE):
        yield bytes(MEGABYTE)


async def test_out(adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk, traced: None) -> None:
    stored = await store.put(zeros(), SIZE)
    film = books.written(Content(MessageKind.DOCUMENT, file=remote(file_name="film.mkv")), stored.sha256, stored.size)
    tracemalloc.reset_peak()
    assert isinstance(await adapter.send(row(RowKind.MESSAGE, message_id=film)), Sent)
    assert tracemalloc.get_traced_memory()[1] < MOST
    seen = await ann.wait_for(lambda seen: seen.by == "api" and seen.status == "delivered")
    assert seen.file is not None
    assert seen.file.size == SIZE


async def test_in(
    adapter: WhatsAppAdapter,
    books: Books,
    store: MediaFiles,
    whatsapp: Control,
    number: PhoneNumber,
    ann: Talk,
    traced: None,
) -> None:
    file = await received(whatsapp, number, adapter, ann, SIZE)
    tracemalloc.reset_peak()
    outcome = await fetch(FileSender(books, store, {"channel:7": adapter}.get), books, file)
    assert isinstance(outcome, Sent), outcome
    assert outcome.facts["size"] == SIZE
    assert tracemalloc.get_traced_memory()[1] < MOST
