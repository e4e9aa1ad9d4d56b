"""Files out of WhatsApp into the store: by their id, from Meta's hosts only, in pieces."""

import httpx
import pytest

from channels.files import FileSender
from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from channels.whatsapp_cloud.capabilities import FETCH_LIMIT
from playground.whatsapp_cloud.control import Control, PhoneNumber, Talk
from sales.ids import MediaId
from sales.incoming import ClientWrote, Incoming
from sales.messages import Media, MediaState, RemoteFile
from sales.outbox import Outcome, Refused, Retry, RowKind, Sent
from storage.media_files import MediaFiles
from tests.channels.books import Books, row


@pytest.fixture
def sender(adapter: WhatsAppAdapter, books: Books, store: MediaFiles) -> FileSender:
    return FileSender(books, store, {"channel:7": adapter}.get)


async def fetch(sender: FileSender, books: Books, file: RemoteFile) -> Outcome:
    books.media[MediaId(1)] = Media(MediaId(1), MediaState.WANTED, file)
    return await sender.send(row(RowKind.FETCH, media_id=1))


async def received(
    whatsapp: Control, number: PhoneNumber, adapter: WhatsAppAdapter, ann: Talk, size: int
) -> RemoteFile:
    """Where a file lies that Ann sends just now."""
    await whatsapp.callback(number, "http://127.0.0.1:9/", unchecked=True)
    await ann.send("document", size=size, name="a.pdf")
    await whatsapp.settled(0.05)
    (item,) = adapter.parse((await whatsapp.webhooks())[-1]["body"].encode())
    assert isinstance(item, Incoming)
    assert isinstance(item.event, ClientWrote)
    assert item.event.content.file is not None
    return item.event.content.file


async def test_a_file_comes_whole(
    sender: FileSender,
    books: Books,
    store: MediaFiles,
    whatsapp: Control,
    number: PhoneNumber,
    adapter: WhatsAppAdapter,
    ann: Talk,
) -> None:
    file = await received(whatsapp, number, adapter, ann, 3_000_000)
    outcome = await fetch(sender, books, file)
    assert isinstance(outcome, Sent), outcome
    assert outcome.facts["size"] == 3_000_000
    assert store.path(str(outcome.facts["sha256"])).stat().st_size == 3_000_000


async def test_a_file_over_the_limit_is_too_big(
    sender: FileSender,
    books: Books,
    whatsapp: Control,
    number: PhoneNumber,
    adapter: WhatsAppAdapter,
    ann: Talk,
) -> None:
    file = await received(whatsapp, number, adapter, ann, FETCH_LIMIT + 1)
    outcome = await fetch(sender, books, file)
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_big"


@pytest.mark.parametrize("source", ["4711", "../1122334455667/messages", "https://evil.example/x", ""])
async def test_what_is_no_file_of_ours_is_gone(sender: FileSender, books: Books, source: str) -> None:
    outcome = await fetch(sender, books, RemoteFile("channel:7", source))
    assert isinstance(outcome, Refused)
    assert outcome.code == "gone"


async def test_an_expired_id_is_gone(
    sender: FileSender,
    books: Books,
    whatsapp: Control,
    number: PhoneNumber,
    adapter: WhatsAppAdapter,
    ann: Talk,
) -> None:
    file = await received(whatsapp, number, adapter, ann, 1000)
    await whatsapp.advance(8 * 86_400)
    outcome = await fetch(sender, books, file)
    assert isinstance(outcome, Refused)
    assert outcome.code == "gone"


@pytest.mark.parametrize(("operation", "action"), [("media", "drop"), ("media", "garbage"), ("download", "refuse")])
async def test_trouble_on_the_way_is_tried_again(
    sender: FileSender,
    books: Books,
    whatsapp: Control,
    number: PhoneNumber,
    adapter: WhatsAppAdapter,
    ann: Talk,
    operation: str,
    action: str,
) -> None:
    file = await received(whatsapp, number, adapter, ann, 1000)
    await whatsapp.fault(operation, action)
    assert isinstance(await fetch(sender, books, file), Retry)
    assert isinstance(await fetch(sender, books, file), Sent)


async def test_a_revoked_token_is_not_the_files_fault(
    sender: FileSender,
    books: Books,
    whatsapp: Control,
    number: PhoneNumber,
    adapter: WhatsAppAdapter,
    ann: Talk,
) -> None:
    file = await received(whatsapp, number, adapter, ann, 1000)
    await whatsapp.set_business(number.business, revoked=True)
    assert isinstance(await fetch(sender, books, file), Retry)


async def test_an_address_on_another_host_is_never_asked(
    sender: FileSender, books: Books, adapter: WhatsAppAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the Graph API itself named it."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"url": "https://evil.example/file", "file_size": "10"})

    monkeypatch.setattr(adapter._graph, "_http", httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    outcome = await fetch(sender, books, RemoteFile("channel:7", "4711"))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.reason) == ("gone", "it lies at an address that may not be asked")
