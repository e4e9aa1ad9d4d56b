"""What staff write leaves from the account, as far as its owner allows. Against the stand-in, over HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.kinds import Surroundings
from channels.telegram_business.adapter import BusinessAdapter
from channels.telegram_business.mapping import ALLOWED_UPDATES
from sales.ids import MessageId, later
from sales.messages import Content, Location, MessageKind, MessageStatus
from sales.outbox import Outcome, Refused, Row, RowKind, Sent, Unknown
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books, remote, row
from tests.channels.telegram_business.conftest import ANN, Account

TEXT = Content(MessageKind.TEXT, "Yes, in blue")
DAY = 24 * 3600


@pytest.fixture
async def ready(account: Account, adapter: BusinessAdapter) -> Account:
    """Ann has written, and the adapter knows of the connection."""
    await adapter.prepare(await connection_update(account))
    await account.heard("Hello")
    return account


async def connection_update(account: Account) -> bytes:
    """As Telegram delivers it now."""
    shown = await account.telegram.set_connection(account.connection)
    return json.dumps({"update_id": 1, "business_connection": shown}).encode()


async def change(account: Account, adapter: BusinessAdapter, **changes: object) -> None:
    """The owner changes something, and the adapter is told."""
    await account.telegram.set_connection(account.connection, **changes)
    await adapter.prepare(await connection_update(account))


def message(message_id: MessageId) -> Row:
    return row(RowKind.MESSAGE, message_id=message_id)


async def write(adapter: BusinessAdapter, books: Books, content: Content = TEXT) -> Outcome:
    return await adapter.send(message(books.written(content)))


async def sent(adapter: BusinessAdapter, books: Books) -> MessageId:
    """A message that has left and is settled."""
    message_id = books.written(TEXT)
    outcome = await adapter.send(message(message_id))
    assert isinstance(outcome, Sent), outcome
    books.messages.settle(message_id, MessageStatus.SENT, outcome.external_ids[0], None)
    return message_id


async def stored(store: MediaFiles, data: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield data

    return (await store.put(stream(), 10**8)).sha256


async def test_an_answer_comes_from_the_account(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    outcome = await write(adapter, books)
    seen = await ready.ann.last()
    assert (seen.from_id, seen.text) == (900, "Yes, in blue")
    assert outcome == Sent((str(seen.message_id),))


@pytest.mark.parametrize("kind", ["photo", "video", "voice", "audio", "document", "animation", "video_note", "sticker"])
async def test_every_kind_of_file_arrives_whole(
    ready: Account, adapter: BusinessAdapter, books: Books, store: MediaFiles, kind: str
) -> None:
    data = kind.encode() * 5_000
    content = Content(MessageKind(kind), file=remote(duration=3, width=240, height=240))
    outcome = await adapter.send(message(books.written(content, await stored(store, data), len(data))))
    assert isinstance(outcome, Sent), outcome
    seen = await ready.ann.last()
    assert seen.media is not None
    assert (seen.media.kind, await ready.ann.download(seen)) == (kind, data)


async def test_albums_places_and_replies_arrive(
    ready: Account, adapter: BusinessAdapter, books: Books, store: MediaFiles
) -> None:
    sha = await stored(store, b"picture" * 100)
    photos = [books.written(Content(MessageKind.PHOTO, file=remote()), sha, 700, album="a") for _ in range(3)]
    outcome = await adapter.send(message(photos[0]))
    assert isinstance(outcome, Sent)
    assert len(outcome.external_ids) == 3
    assert len({seen.album for seen in (await ready.ann.messages())[-3:]}) == 1
    place = Content(MessageKind.LOCATION, location=Location(52.5, 13.4, "Shop", "Main Street 1"))
    answer = books.written(place, reply_to=MessageId(1))
    assert isinstance(await adapter.send(message(answer)), Sent)
    assert (await ready.ann.last()).reply_to == int(books.messages.kept[MessageId(1)].external_id or 0)


async def test_an_edit_and_a_deletion_reach_the_client(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    message_id = await sent(adapter, books)
    shown = await ready.ann.last()
    books.edited(message_id, replace(TEXT, text="Yes, in red"))
    assert await adapter.send(row(RowKind.EDIT, message_id=message_id)) == Sent()
    assert (await ready.ann.seen(shown)).text == "Yes, in red"
    await ready.telegram.advance(DAY + 1)
    assert await adapter.send(row(RowKind.DELETE, message_id=message_id)) == Sent()
    assert (await ready.ann.seen(shown)).deleted


async def test_staff_who_answer_have_read(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    await write(adapter, books)
    await write(adapter, books)
    assert (await ready.telegram.set_connection(ready.connection))["read"] == {str(ANN): 1}
    assert len(await ready.telegram.calls("readBusinessMessage")) == 1
    await ready.heard("And in green?")
    await write(adapter, books)
    assert len(await ready.telegram.calls("readBusinessMessage")) == 2


@pytest.mark.parametrize("fault", [{"action": "drop"}, {"action": "fail", "code": 400, "description": "Bad Request"}])
async def test_a_receipt_that_fails_hinders_no_answer(
    ready: Account, adapter: BusinessAdapter, books: Books, fault: dict[str, str]
) -> None:
    await ready.telegram.fault("readBusinessMessage", **fault)  # type: ignore[arg-type]  # the names of Fault's fields
    assert isinstance(await write(adapter, books), Sent)


async def test_without_the_right_nothing_is_marked_as_read(
    ready: Account, adapter: BusinessAdapter, books: Books
) -> None:
    await change(ready, adapter, rights={"can_reply": True})
    assert isinstance(await write(adapter, books), Sent)
    assert await ready.telegram.calls("readBusinessMessage") == []


async def test_when_the_day_is_over_only_the_account_itself_can_write(
    ready: Account, adapter: BusinessAdapter, books: Books
) -> None:
    message_id = await sent(adapter, books)
    await ready.telegram.advance(DAY + 1)
    assert await write(adapter, books) == Refused("window", "Bad Request: BUSINESS_PEER_INVALID")
    books.edited(message_id, replace(TEXT, text="Yes, in red"))
    late = await adapter.send(row(RowKind.EDIT, message_id=message_id))
    assert isinstance(late, Refused)
    assert late.code == "window_account"


async def test_a_chat_that_the_owner_keeps_from_the_bot_is_not_taken_for_a_day_that_is_over(
    ready: Account, adapter: BusinessAdapter, books: Books
) -> None:
    """Telegram says the same of both: what is held until the client writes would be refused once more."""
    books.conversation = replace(books.conversation, window_until=later(books.work.now, DAY))
    await ready.telegram.advance(DAY + 1)
    assert await write(adapter, books) == Refused("window_account", "Bad Request: BUSINESS_PEER_INVALID")


async def test_what_we_know_to_be_over_is_not_tried(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    books.conversation = replace(books.conversation, window_until=books.work.now)
    outcome = await write(adapter, books)
    assert isinstance(outcome, Refused)
    assert outcome.code == "window"
    assert await ready.telegram.calls("sendMessage") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"rights": {"can_read_messages": True}}, "no_right"), ({"enabled": False}, "disconnected")],
)
async def test_without_the_owners_leave_nothing_is_tried(
    ready: Account, adapter: BusinessAdapter, books: Books, changes: dict[str, object], code: str
) -> None:
    message_id = await sent(adapter, books)
    await change(ready, adapter, **changes)
    await ready.telegram.clear_calls()
    books.edited(message_id, replace(TEXT, text="Yes, in red"))
    for outcome in (
        await write(adapter, books),
        await adapter.send(row(RowKind.EDIT, message_id=message_id)),
        await adapter.send(row(RowKind.DELETE, message_id=message_id)),
        await adapter.send(row(RowKind.TEXT, name="file_too_big")),
    ):
        assert isinstance(outcome, Refused)
        assert outcome.code == code
    assert [call.method for call in await ready.telegram.calls() if call.bot_id] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"rights": {"can_read_messages": True}}, "no_right"), ({"enabled": False}, "disconnected")],
)
async def test_what_we_were_not_told_in_time_telegram_says(
    ready: Account, adapter: BusinessAdapter, books: Books, changes: dict[str, object], code: str
) -> None:
    await ready.telegram.set_connection(ready.connection, **changes)
    outcome = await write(adapter, books)
    assert isinstance(outcome, Refused)
    assert outcome.code == code


async def test_an_account_that_is_connected_again_goes_on(
    ready: Account, adapter: BusinessAdapter, books: Books
) -> None:
    """The conversation is still filed under the former connection."""
    ready.connection = await ready.telegram.connect(ready.bot, ready.owner_person)
    await adapter.prepare(await connection_update(ready))
    assert isinstance(await write(adapter, books), Sent)
    assert (await ready.ann.last()).text == "Yes, in blue"


async def test_bots_react_to_nothing_here(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    books.messages.kept[MessageId(1)] = replace(books.messages.kept[MessageId(1)], staff_reaction="👍")
    outcome = await adapter.send(row(RowKind.REACT, message_id=MessageId(1)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "unsupported"


async def test_a_lost_answer_is_told_apart(ready: Account, adapter: BusinessAdapter, books: Books) -> None:
    await ready.telegram.fault("sendMessage", "drop")
    assert isinstance(await write(adapter, books), Unknown)


async def test_other_processes_know_of_the_connection(
    ready: Account, adapter: BusinessAdapter, surroundings: Surroundings, books: Books
) -> None:
    """One that only sends hears no updates."""
    other = BusinessAdapter(CHANNEL, ready.bot.token, surroundings)
    assert isinstance(await write(other, books), Sent)
    await other.close()


def test_only_what_concerns_accounts_is_asked_for() -> None:
    assert all("business" in kind for kind in ALLOWED_UPDATES)
