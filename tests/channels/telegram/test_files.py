"""Files out of Telegram into the store."""

from pathlib import Path

import httpx
import pytest

from channels.files import FileSender
from channels.telegram.adapter import TelegramAdapter
from channels.telegram.capabilities import FETCH_LIMIT
from playground.telegram.control import BotAccount, Control, Talk
from sales.ids import MediaId
from sales.messages import Media, MediaState, RemoteFile
from sales.outbox import Outcome, Refused, Retry, RowKind, Sent
from storage.media_files import MediaFiles
from tests.channels.books import Books, row

TOKEN = "100:AAA"  # the bot's, as conftest.py makes it


@pytest.fixture
def sender(adapter: TelegramAdapter, books: Books, store: MediaFiles) -> FileSender:
    return FileSender(books, store, {"channel:7": adapter}.get)


async def fetch(sender: FileSender, books: Books, file: RemoteFile) -> Outcome:
    books.media[MediaId(1)] = Media(MediaId(1), MediaState.WANTED, file)
    return await sender.send(row(RowKind.FETCH, media_id=1))


async def received(telegram: Control, chat: Talk, size: int) -> RemoteFile:
    """Where a file lies that Ann sends just now."""
    await chat.send("document", size=size)
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{telegram.url}/bot{TOKEN}/getUpdates")
    document = answer.json()["result"][-1]["message"]["document"]
    return RemoteFile("channel:7", document["file_id"], document.get("file_size"))


async def test_a_file_comes_whole(
    sender: FileSender, books: Books, store: MediaFiles, telegram: Control, chat: Talk
) -> None:
    outcome = await fetch(sender, books, await received(telegram, chat, 3_000_000))
    assert isinstance(outcome, Sent)
    assert outcome.facts["size"] == 3_000_000
    assert store.path(str(outcome.facts["sha256"])).stat().st_size == 3_000_000


async def test_a_stored_file_is_not_fetched_again(sender: FileSender, books: Books) -> None:
    books.media[MediaId(1)] = Media(MediaId(1), MediaState.STORED, RemoteFile("nobody", "x"), "abc", 5)
    assert await sender.send(row(RowKind.FETCH, media_id=1)) == Sent(facts={"sha256": "abc", "size": 5})


async def test_a_file_over_the_limit_is_too_big_whether_its_size_was_told_or_not(
    sender: FileSender, books: Books, telegram: Control, chat: Talk
) -> None:
    file = await received(telegram, chat, FETCH_LIMIT + 1)
    for told in (file, RemoteFile(file.held_by, file.source)):
        outcome = await fetch(sender, books, told)
        assert isinstance(outcome, Refused)
        assert outcome.code == "too_big"


async def test_a_file_nobody_has_is_gone(sender: FileSender, books: Books) -> None:
    outcome = await fetch(sender, books, RemoteFile("channel:7", "made-up"))
    assert isinstance(outcome, Refused)
    assert outcome.code == "gone"


@pytest.mark.parametrize("action", ["drop", "garbage", "refuse"])
async def test_trouble_on_the_way_is_tried_again(
    sender: FileSender, books: Books, store: MediaFiles, telegram: Control, chat: Talk, action: str
) -> None:
    file = await received(telegram, chat, 1000)
    await telegram.fault("getFile", action)
    assert isinstance(await fetch(sender, books, file), Retry)
    assert isinstance(await fetch(sender, books, file), Sent)


async def test_a_revoked_token_is_not_the_files_fault(
    sender: FileSender, books: Books, telegram: Control, bot: BotAccount, chat: Talk
) -> None:
    file = await received(telegram, chat, 1000)
    await telegram.set_bot(bot, revoked=True)
    assert isinstance(await fetch(sender, books, file), Retry)


async def test_a_disconnected_channels_file_waits(sender: FileSender, books: Books) -> None:
    assert isinstance(await fetch(sender, books, RemoteFile("channel:8", "x")), Retry)


async def test_a_disk_that_takes_nothing_is_a_retry(
    adapter: TelegramAdapter, books: Books, telegram: Control, chat: Talk, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    sender = FileSender(books, MediaFiles(tmp_path / "file" / "media"), {"channel:7": adapter}.get)
    assert isinstance(await fetch(sender, books, await received(telegram, chat, 1000)), Retry)
