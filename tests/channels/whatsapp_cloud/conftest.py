"""A small WhatsApp, a shop's number on it, Ann who has written to it, books and a media store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from channels.kinds import Addresses, Surroundings
from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from playground.whatsapp_cloud.control import Control, PhoneNumber, Talk
from playground.whatsapp_cloud.options import Options
from playground.whatsapp_cloud.server import Server
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books

ANN = "15551234567"
VERIFY_TOKEN = "our-own-word"


@dataclass
class Reports:
    """What is reported of receiving."""

    told: list[str | None] = field(default_factory=list)

    async def __call__(self, problem: str | None) -> None:
        self.told.append(problem)


@pytest.fixture
async def whatsapp() -> AsyncIterator[Control]:
    async with Server(Options(limits=False)) as server, Control(server.url) as control:
        yield control


@pytest.fixture
async def number(whatsapp: Control) -> PhoneNumber:
    return await whatsapp.number("15550001111", verified_name="Shoes & Co")


@pytest.fixture
async def ann(whatsapp: Control, number: PhoneNumber, books: Books) -> Talk:
    """Her conversation is filed under her number."""
    talk = (await whatsapp.person(ANN, "Ann")).chat(number)
    await talk.write("Hello?")
    books.conversation = replace(books.conversation, address=ANN)
    return talk


@pytest.fixture
def surroundings(whatsapp: Control, books: Books, store: MediaFiles) -> Surroundings:
    addresses = Addresses("http://127.0.0.1:9", "http://127.0.0.1:9", whatsapp_api_url=whatsapp.url)
    return Surroundings(books, store, addresses)


@pytest.fixture
def secrets(number: PhoneNumber) -> dict[str, str]:
    return {
        "phone_number_id": number.id,
        "access_token": number.token,
        "app_secret": number.app_secret,
        "verify_token": VERIFY_TOKEN,
    }


@pytest.fixture
async def adapter(secrets: dict[str, str], surroundings: Surroundings) -> AsyncIterator[WhatsAppAdapter]:
    connected = WhatsAppAdapter(CHANNEL, secrets, surroundings)
    yield connected
    await connected.close()
