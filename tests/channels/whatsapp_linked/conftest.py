"""A small WAHA, a shop's phone linked to it, Ann who writes to it, books and a media store."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.kinds import Addresses, Surroundings
from channels.whatsapp_linked.adapter import LinkedAdapter
from channels.whatsapp_linked.listening import Pace
from playground.whatsapp_gateway.control import Account, Control, Talk
from playground.whatsapp_gateway.options import Options
from playground.whatsapp_gateway.server import Server
from sales.ids import Moment, later
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books

ANN = "79161112233"
PUBLIC_URL = "http://127.0.0.1:9"
QUICK = Pace(look=0.05, sweep=600.0, poll=0.05, longest_pause=0.05)


@pytest.fixture
async def waha() -> AsyncIterator[Control]:
    async with Server(Options()) as server, Control(server.url) as control:
        yield control


@pytest.fixture
async def shop(waha: Control) -> Account:
    """Its phone, linked to the session ``default``."""
    account = await waha.account("71111111111", "Shop")
    await waha.link("default", account)
    return account


@pytest.fixture
async def ann(waha: Control, shop: Account, books: Books) -> Talk:
    books.conversation = replace(books.conversation, address=f"{ANN}@c.us")
    return (await waha.person(ANN, "Ann")).chat(shop)


@pytest.fixture
def secrets(waha: Control) -> dict[str, str]:
    return {"url": waha.url, "api_key": waha.api_key, "session": "default", "hmac_key": "our-hmac-key"}


@pytest.fixture
def surroundings(books: Books, store: MediaFiles) -> Surroundings:
    books.now = Moment(int(time.time() * 1000))
    books.channels.added[CHANNEL] = later(books.now, -60)
    return Surroundings(books, store, Addresses("http://127.0.0.1:9", PUBLIC_URL))


@pytest.fixture
async def adapter(secrets: dict[str, str], surroundings: Surroundings) -> AsyncIterator[LinkedAdapter]:
    """It types in no time."""
    connected = LinkedAdapter(CHANNEL, secrets, surroundings, typing=lambda text: 0.0, pace=QUICK)
    yield connected
    await connected.close()
