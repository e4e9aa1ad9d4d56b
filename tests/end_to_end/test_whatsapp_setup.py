"""A number of the WhatsApp Business API is connected in the bot: one question after the other, then the webhook."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from playground.telegram.control_types import Seen
from playground.whatsapp_cloud.control import Control as Meta
from playground.whatsapp_cloud.control import PhoneNumber
from playground.whatsapp_cloud.options import Options as MetaOptions
from playground.whatsapp_cloud.server import Server as MetaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, opened, posts, quiet, rows, said, set_up_from_its_name, shows

KIND = "WhatsApp Business API"


@pytest.fixture
async def meta_url() -> AsyncIterator[str]:
    async with MetaServer(MetaOptions(limits=False)) as server:
        yield server.url


@pytest.fixture
def extra(meta_url: str) -> dict[str, str]:
    return {"WHATSAPP_API_URL": meta_url}


@pytest.fixture
async def meta(meta_url: str) -> AsyncIterator[Meta]:
    async with Meta(meta_url) as control:
        yield control


@pytest.fixture
async def shop(meta: Meta) -> PhoneNumber:
    return await meta.number("15550001111", verified_name="Acme Shoes")


async def command(world: World, *words: str, check: bool = True) -> str:
    """Beside the loop: the stand-in that it asks runs in this process."""
    return (await asyncio.to_thread(world.house.command, *words, check=check)).stdout


async def reachable(world: World) -> None:
    """The house gets a public address: its own."""
    world.house.kill()
    world.house.extra["PUBLIC_URL"] = world.house.url
    await world.house.start()


async def asked(world: World) -> None:
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: "Add a channel" in m.labels)
    await world.admin.tap("Add a channel")
    await world.admin.wait_for(lambda m: KIND in m.labels)
    await world.admin.tap(KIND)
    await world.admin.wait_for(shows("1/3"))


async def answered(world: World, shop: PhoneNumber) -> None:
    await world.admin.write(shop.id)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write(shop.token)
    await world.admin.wait_for(shows("3/3"))
    await world.admin.write(shop.app_secret)


async def finished(world: World) -> None:
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("What is the channel called?"))
    await world.admin.tap("Keep «Acme Shoes»")
    await set_up_from_its_name(world)


def told(page: Seen, what: str) -> str:
    """What stands behind these words on the page."""
    line = next(line for line in page.text.splitlines() if what in line)
    return line.rpartition(" ")[2]


async def nowhere(world: World, *secrets: str) -> None:
    """Not in the chat, not in the log, and not readable in the database."""
    await world.admin.wait_until(lambda left: not any(secret in m.text for m in left for secret in secrets))
    for path in (*world.house.folder.glob("dibs*"), world.house.log):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path


@FLAT
async def test_a_number_is_connected_and_its_first_client_accepted(world: World, meta: Meta, shop: PhoneNumber) -> None:
    await reachable(world)
    await world.team_starts()
    await asked(world)
    await answered(world, shop)
    page = await world.admin.wait_for(shows("Verify token"))
    assert told(page, "Callback URL") == f"{world.house.url}/webhooks/whatsapp/2"
    await opened(told(page, "Callback URL"))
    await meta.callback(shop, told(page, "Callback URL"), told(page, "Verify token"))
    await nowhere(world, shop.token, shop.app_secret)
    await finished(world)
    ann = (await meta.person("15551234567", "Ann")).chat(shop)
    await ann.write("Do you have blue shoes?")
    card = await world.anna.wait_for(shows("blue shoes"))
    assert ACCEPT in card.labels
    await nowhere(world, shop.token, shop.app_secret)


@FLAT
async def test_answers_survive_a_restart_unreadable(world: World, shop: PhoneNumber) -> None:
    await asked(world)
    await world.admin.write(shop.id)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write(shop.token)
    await world.admin.wait_for(shows("3/3"))
    world.house.kill()
    await nowhere(world, shop.token)
    await world.house.start()
    await world.admin.write(shop.app_secret)
    await world.admin.wait_for(shows("can't receive"))
    assert rows(world.house, "SELECT kind, state FROM channels WHERE id = 2") == [("whatsapp_cloud", "paused")]
    assert rows(world.house, "SELECT count(*) FROM dialogs") == [(0,)]


@FLAT
async def test_a_wrong_answer_is_said_and_asked_for_again(world: World, meta: Meta, shop: PhoneNumber) -> None:
    await asked(world)
    await world.admin.write("+1 555 000 1111")
    await world.admin.wait_for(shows("no phone number ID"))
    await world.admin.write(shop.id)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write("EAAGwrong-token-wrong-token")
    await world.admin.wait_for(shows("3/3"))
    await world.admin.write(shop.app_secret)
    await world.admin.wait_for(shows("refuses the access token"))
    await nowhere(world, "EAAGwrong-token-wrong-token", shop.app_secret)
    await world.admin.tap("Access token")
    await world.admin.wait_for(shows("2/3"))
    await meta.fault("number", "hang", seconds=30)
    await world.admin.write(shop.token)
    await world.admin.wait_for(shows("can't be reached just now"), seconds=15)
    await meta.clear_faults()
    await world.admin.tap("Try again")
    await world.admin.wait_for(shows("is connected"))


@FLAT
async def test_a_fresh_access_token_repairs_the_channel(world: World, meta: Meta, shop: PhoneNumber) -> None:
    given = ("--phone-number-id", shop.id, "--access-token", shop.token, "--app-secret", shop.app_secret)
    await command(world, "channel", "add", "whatsapp_cloud", "--name", "WA", *given, "--verify-token", "our-own-words")
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("WA" in label for label in m.labels))
    await world.admin.tap("WA")
    await world.admin.wait_for(lambda m: "Access" in m.labels)
    await world.admin.tap("Access")
    page = await world.admin.wait_for(shows("Which one is to be another?"))
    assert shop.id in page.text
    await world.admin.tap("Access token")
    await world.admin.wait_for(shows("2/3"))
    await meta.set_business(shop.business, token="EAAGfresh-token-fresh-token")
    await world.admin.write("EAAGfresh-token-fresh-token")
    await world.admin.wait_for(lambda m: "Access" in m.labels)
    await nowhere(world, "EAAGfresh-token-fresh-token")
    printed = await command(world, "check", check=False)
    assert "«WA»: messages go to" in printed
    assert "refuses" not in printed


@TOPICS
async def test_a_token_pasted_into_a_clients_topic_never_reaches_the_client(world: World, shop: PhoneNumber) -> None:
    await world.admin.start()
    customer = await world.customer(501, "Zoe")
    await customer.write("Blue shoes?")
    await world.admin.write("/chats")
    await world.admin.wait_for(lambda m: any("Zoe" in label for label in m.labels))
    await world.admin.tap("Zoe")
    await world.admin.wait_for(lambda m: "Open here, with files" in m.labels)
    await world.admin.tap("Open here, with files")
    topic = (await world.admin.wait_for(said("Blue shoes?"))).thread_id
    assert topic is not None
    await asked(world)
    await world.admin.write(shop.id)
    await world.admin.wait_for(shows("2/3"))
    await world.admin.write(shop.token, thread=topic)
    await world.admin.wait_for(shows("3/3"))
    await quiet(world)
    assert not [m for m in await customer.messages() if shop.token in m.text]


@FLAT
async def test_setting_up_is_for_admins(world: World) -> None:
    await world.team_starts()
    await world.anna.write("/channels")
    refused = await world.anna.wait_for(shows("admin"))
    for forged in ("cn:whatsapp_cloud", "cg:whatsapp_cloud", "ca:access_token", "cu:session", "cy", "cm:1:1", "cc:1"):
        await world.anna.forge(refused, forged)
    assert rows(world.house, "SELECT count(*) FROM dialogs") == [(0,)]
    assert not await posts(world.anna, shows("1/3"))
