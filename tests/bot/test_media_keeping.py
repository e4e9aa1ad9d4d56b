"""Files that no message shows go from the disk; those over the bounds go too, and their messages say so."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.media_keeping import MediaKeeping
from sales.messages import MediaState, Message
from sales.use_cases.pruning import DAY
from storage.crypto import Vault
from storage.database import open_database
from storage.media_files import MediaFiles
from tests.sales.shop import Shop, open_shop, photo


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    vault = Vault("k" * 32)
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/shop.db", vault)
    yield await open_shop(database, vault)
    await database.aclose()


@pytest.fixture
def files(tmp_path: Path) -> MediaFiles:
    return MediaFiles(tmp_path / "media")


def keeping(shop: Shop, files: MediaFiles, days: int = 365, gigabytes: int = 50) -> MediaKeeping:
    return MediaKeeping(shop.world.transactions, files, days, gigabytes)


async def arrives(shop: Shop, files: MediaFiles, number: int, content: bytes) -> Message:
    """A client's photo, fetched; on the disk it looks two days old."""
    await shop.writes(photo(f"f{number}", "channel:1"), number)
    message = await shop.do(lambda work: work.messages.of_client(1, 1)[0])

    async def stream() -> AsyncIterator[bytes]:
        yield content

    stored = await files.put(stream(), 100)
    os.utime(stored.path, (time.time() - 2 * DAY,) * 2)
    state = MediaState.STORED
    await shop.do(lambda work: work.media.settle(message.media_id or 0, state, stored.sha256, stored.size, None))
    return message


async def left(files: MediaFiles) -> int:
    return sum(1 for _ in files.folder.glob("??/*"))


async def test_the_file_of_an_erased_client_goes_unless_another_message_shows_the_same(
    shop: Shop, files: MediaFiles
) -> None:
    await arrives(shop, files, 1, b"only theirs")
    await arrives(shop, files, 2, b"sent twice")
    await shop.writes(photo("f9", "channel:1"), 9, address="222")
    other = await shop.do(lambda work: work.messages.of_client(2, 1)[0])
    twice = await shop.do(lambda work: work.media.get(work.messages.of_client(1, 1)[0].media_id))
    assert twice is not None
    state = MediaState.STORED
    await shop.do(lambda work: work.media.settle(other.media_id or 0, state, twice.sha256, twice.size, None))
    shop.time.move(2 * DAY)
    await keeping(shop, files).sweep()
    assert await left(files) == 2, "everything is shown by a message"
    await shop.do(lambda work: work.clients.remove(1))
    await keeping(shop, files).sweep()
    assert await left(files) == 1
    assert await shop.do(lambda work: work.media.get(other.media_id)) is not None


async def test_a_file_that_a_former_version_shows_stays(shop: Shop, files: MediaFiles) -> None:
    message = await arrives(shop, files, 1, b"the first photo")
    await shop.do(lambda work: work.messages.change(message.id, photo("new", "channel:1"), shop.time.now))
    await shop.do(lambda work: work.messages.set_media(message.id, None))
    shop.time.move(2 * DAY)
    await keeping(shop, files).sweep()
    assert await left(files) == 1


async def test_files_beyond_the_bounds_go_and_their_messages_stay(shop: Shop, files: MediaFiles) -> None:
    message = await arrives(shop, files, 1, b"old")
    await keeping(shop, files).bound()
    assert await left(files) == 1
    await keeping(shop, files, days=1).bound()
    assert await left(files) == 0
    media = await shop.do(lambda work: work.media.get(message.media_id))
    assert media is not None
    assert media.state is MediaState.EXPIRED
    assert await shop.do(lambda work: work.messages.get(message.id)) is not None
