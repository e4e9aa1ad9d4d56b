"""A phone is linked in the bot: the warning, the gateway, then a code to scan that keeps up, or one to type."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from playground.telegram.control_types import Seen
from playground.whatsapp_gateway.control import Account
from playground.whatsapp_gateway.control import Control as Waha
from playground.whatsapp_gateway.options import Options as WahaOptions
from playground.whatsapp_gateway.qr import png
from playground.whatsapp_gateway.server import Server as WahaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, FLAT, Look, posts, rows, set_up_from_its_name, shows
from tests.end_to_end.test_whatsapp_setup import nowhere

KIND = "WhatsApp, linked phone"
KEY = "waha-key-of-this-test"
PATIENCE = 20.0
"""Seconds: the gateway is asked every two."""


@pytest.fixture
async def waha() -> AsyncIterator[Waha]:
    async with WahaServer(WahaOptions(api_key=KEY)) as server, Waha(server.url, KEY) as control:
        yield control


@pytest.fixture
async def phone(waha: Waha) -> Account:
    return await waha.account("79990000000", "Acme Shoes")


async def warned(world: World) -> Seen:
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: "Add a channel" in m.labels)
    await world.admin.tap("Add a channel")
    await world.admin.wait_for(lambda m: KIND in m.labels)
    await world.admin.tap(KIND)
    return await world.admin.wait_for(shows("unofficial"))


async def gateway_entered(world: World, waha: Waha) -> None:
    await warned(world)
    await world.admin.tap("I understand, go on")
    await world.admin.wait_for(shows("1/3"))
    await world.admin.write(waha.url)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write(KEY)
    await world.admin.wait_for(shows("3/3"))
    await world.admin.tap("Use “default”")


def code_page(words: str = "Scan the code") -> Look:
    return lambda message: words in message.text and message.media is not None


async def shown(world: World, waha: Waha) -> Seen:
    """The page, once its picture is the code of now."""
    async with asyncio.timeout(PATIENCE):
        while True:
            page = await world.admin.wait_for(code_page(), PATIENCE)
            now = (await waha.session("default"))["qr"]
            if now and await world.admin.download(page) == png(now):
                return page
            await asyncio.sleep(0.1)


@FLAT
async def test_the_official_way_is_offered_first(world: World) -> None:
    page = await warned(world)
    assert "ban" in page.text
    assert page.labels[:2] == ["Use the official way", "I understand, go on"]
    await world.admin.tap("Use the official way")
    await world.admin.wait_for(shows("phone number ID"))


@FLAT
async def test_a_phone_is_linked_by_a_code_that_keeps_up(world: World, waha: Waha, phone: Account) -> None:
    await world.team_starts()
    await gateway_entered(world, waha)
    first = await shown(world, waha)
    await waha.advance(25)
    second = await shown(world, waha)
    assert second.message_id == first.message_id
    world.house.kill()
    await waha.advance(25)
    await world.house.start()
    page = await shown(world, waha)
    await nowhere(world, KEY)
    await waha.scan("default", phone)
    await world.admin.wait_for(shows("What is the channel called?"), PATIENCE)
    await world.admin.wait_until(lambda left: page.message_id not in [m.message_id for m in left])
    await world.admin.write("Acme Shoes")
    await world.admin.wait_for(shows("how are new clients handed out"))
    assert rows(world.house, "SELECT kind, account FROM channels WHERE id = 2") == [("whatsapp_linked", "+79990000000")]
    await world.admin.tap("First to accept")
    await world.admin.wait_for(shows("who receives new clients"))
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("where do its leads begin"))
    await world.admin.tap("Finish ›")
    await world.admin.wait_for(shows("is ready"))
    ann = (await waha.person("79161112233", "Ann")).chat(phone)
    await ann.write("Do you have blue shoes?")
    card = await world.anna.wait_for(shows("blue shoes"), 40)
    assert ACCEPT in card.labels
    await nowhere(world, KEY)


@FLAT
async def test_a_phone_is_linked_by_a_code_to_type(world: World, waha: Waha, phone: Account) -> None:
    await gateway_entered(world, waha)
    await shown(world, waha)
    await world.admin.tap("Use a code instead")
    await world.admin.wait_for(shows("Write the phone's number"))
    await world.admin.write("our phone")
    await world.admin.wait_for(shows("no phone number"))
    await world.admin.write("+7 999 000-00-00")
    page = await world.admin.wait_for(shows("Link with phone number instead"), PATIENCE)
    code = page.text.splitlines()[-1]
    assert code == (await waha.session("default"))["pairing"]
    assert not await posts(world.admin, code_page())
    await waha.scan("default", phone, code=code)
    await world.admin.wait_for(shows("What is the channel called?"), PATIENCE)


@FLAT
async def test_a_wrong_key_is_said_and_can_be_changed(world: World, waha: Waha) -> None:
    await warned(world)
    await world.admin.tap("I understand, go on")
    await world.admin.wait_for(shows("1/3"))
    await world.admin.write("my gateway")
    await world.admin.wait_for(shows("no address"))
    await world.admin.write(waha.url)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write("wrong-key-wrong-key")
    await world.admin.wait_for(shows("3/3"))
    await world.admin.write("default")
    await world.admin.wait_for(shows("refuses the API key"))
    await world.admin.tap("API key")
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write(KEY)
    await world.admin.wait_for(code_page(), PATIENCE)
    await nowhere(world, KEY, "wrong-key-wrong-key")


@FLAT
async def test_a_phone_that_was_logged_out_is_linked_again(world: World, waha: Waha, phone: Account) -> None:
    await world.team_starts()
    await gateway_entered(world, waha)
    await shown(world, waha)
    await waha.scan("default", phone)
    await world.admin.wait_for(shows("What is the channel called?"), PATIENCE)
    await world.admin.write("Acme Shoes")
    await set_up_from_its_name(world)
    await (await waha.person("79161112233", "Ann")).chat(phone).write("Do you have blue shoes?")
    await world.anna.wait_for(shows("blue shoes"), 40)
    await waha.unlink("default")
    await world.admin.wait_for(shows("was logged out"), 60)
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Acme" in label and "does not work" in label for label in m.labels))
    await world.admin.tap("Acme")
    await world.admin.wait_for(lambda m: "Link the phone" in m.labels)
    await world.admin.tap("Link the phone")
    await shown(world, waha)
    await waha.scan("default", phone)
    await world.admin.wait_for(lambda m: "Link the phone" in m.labels and "🟢" in m.text, PATIENCE)
