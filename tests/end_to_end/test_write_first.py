"""/write on a linked phone: the number is looked up, the text asked for, and whoever answers is the writer's client."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from playground.whatsapp_gateway.control import Account, webhook
from playground.whatsapp_gateway.control import Control as Waha
from playground.whatsapp_gateway.options import Options as WahaOptions
from playground.whatsapp_gateway.server import Server as WahaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, posts, quiet, rows, shows

KEY = "waha-key-of-this-test"
HMAC = "hmac-key-of-this-test-long-enough"
BOB = "79161112233"


@dataclass
class Shop:
    """A world with a linked phone."""

    world: World
    waha: Waha
    phone: Account


@pytest.fixture
async def shop(world: World) -> AsyncIterator[Shop]:
    async with WahaServer(WahaOptions(api_key=KEY)) as server, Waha(server.url, KEY) as waha:
        phone = await waha.account("79990000000", "Acme Shoes")
        await waha.link("default", phone, webhook(f"{world.house.url}/webhooks/gateway/2", key=HMAC))
        secrets = ("--url", server.url, "--api-key", KEY, "--session", "default", "--hmac-key", HMAC)
        given = ("channel", "add", "whatsapp_linked", "--name", "Phone", *secrets)
        await asyncio.to_thread(world.house.command, *given)
        world.house.kill()
        await world.house.start()
        await world.team_starts()
        yield Shop(world, waha, phone)


@TOPICS
async def test_a_first_text_to_a_number_that_is_there(shop: Shop) -> None:
    anna = shop.world.anna
    bob = (await shop.waha.person(BOB, "Bob")).chat(shop.phone)
    await anna.write("/write 8 (916) 111-22-33")
    await anna.wait_for(shows(f"Write the first message to +{BOB} now."))
    await anna.write("Good morning, Bob")
    await bob.wait_for(lambda m: m.source == "api" and m.text == "Good morning, Bob", seconds=30)
    await quiet(shop.world)
    topic = await anna.wait_for(shows("You: Good morning, Bob"))
    assert topic.thread_id is not None
    await bob.write("Good morning!")
    shown = await anna.wait_for(shows("Good morning!"), 30)
    assert (shown.thread_id, ACCEPT in shown.labels) == (topic.thread_id, False)
    assert not await posts(shop.world.boris, shows("Good morning!"))
    assert rows(shop.world.house, "select count(*) from leads where responsible_id = 1") == [(1,)]


@FLAT
async def test_a_number_that_is_not_on_the_platform(shop: Shop) -> None:
    await shop.waha.person(BOB, "Bob", exists=False)
    await shop.world.anna.write(f"/write +{BOB}")
    await shop.world.anna.wait_for(shows("This number is not on the platform"))
    await shop.world.anna.write("/write tomorrow")
    await shop.world.anna.wait_for(shows("To which number?"))
    await shop.world.quentin.write(f"/write +{BOB}")
    await shop.world.quentin.wait_for(shows("may not write to clients"))
    assert rows(shop.world.house, "select count(*) from clients") == [(0,)]
