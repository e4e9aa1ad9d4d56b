"""A small Telegram, a shop's bot on it, Ann who has started it, books and a media store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.kinds import Addresses, Surroundings
from channels.telegram.adapter import TelegramAdapter
from playground.telegram.control import BotAccount, Control, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books


@pytest.fixture
async def telegram() -> AsyncIterator[Control]:
    async with Server(Options(limits=False, slow_repeated_polls=False)) as server, Control(server.url) as control:
        yield control


@pytest.fixture
async def bot(telegram: Control) -> BotAccount:
    return await telegram.bot("100:AAA", username="shop_bot", first_name="Shop")


@pytest.fixture
async def chat(telegram: Control, bot: BotAccount) -> Talk:
    """Ann and the shop's bot; she has pressed Start."""
    talk = (await telegram.person(111, "Ann", username="ann")).chat(bot)
    await talk.start()
    return talk


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def store(tmp_path: Path) -> MediaFiles:
    return MediaFiles(tmp_path / "media")


@pytest.fixture
def surroundings(telegram: Control, books: Books, store: MediaFiles) -> Surroundings:
    return Surroundings(books, store, Addresses(telegram.url))


@pytest.fixture
async def adapter(bot: BotAccount, surroundings: Surroundings) -> AsyncIterator[TelegramAdapter]:
    connected = TelegramAdapter(CHANNEL, bot.token, surroundings)
    yield connected
    await connected.close()
