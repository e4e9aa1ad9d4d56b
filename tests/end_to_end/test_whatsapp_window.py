"""WhatsApp's day in which staff may write freely: told, held, a template instead; and first messages by /write."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from playground.telegram.control_types import Seen
from playground.whatsapp_cloud.control import Control as Meta
from playground.whatsapp_cloud.control import PhoneNumber, Talk
from playground.whatsapp_cloud.options import Options as MetaOptions
from playground.whatsapp_cloud.server import Server as MetaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, answering, card, posts, rows, shows

DAY = 86_400
ANN = "15551234567"
BOB = "15557654321"
ORDER_READY = "Hello {{1}}, your order {{2}} is ready."


@dataclass
class Shop:
    """A world with a WhatsApp number, and the people who write to it."""

    world: World
    meta: Meta
    number: PhoneNumber
    ann: Talk

    async def accepted(self, words: str = "Do you have blue shoes?") -> Seen:
        """Ann writes, Anna accepts; the post that shows the words to Anna."""
        await self.ann.write(words)
        offered = await self.world.anna.wait_for(card(words))
        await self.world.anna.tap(ACCEPT, offered)
        return await self.world.anna.wait_for(lambda m: words in m.text and not m.labels)

    async def a_day_later(self) -> None:
        """At Meta: Dibs learns it when what it sends is refused."""
        await self.meta.advance(DAY + 60)

    async def got(self, words: str) -> None:
        await self.ann.wait_for(lambda m: m.by == "api" and words in m.text)


@pytest.fixture
async def meta_url() -> AsyncIterator[str]:
    async with MetaServer(MetaOptions(limits=False)) as server:
        yield server.url


@pytest.fixture
def extra(meta_url: str) -> dict[str, str]:
    return {"WHATSAPP_API_URL": meta_url}


@pytest.fixture
async def shop(world: World, meta_url: str) -> AsyncIterator[Shop]:
    async with Meta(meta_url) as meta:
        number = await meta.number("15550001111", verified_name="Acme Shoes", coexistence=True)
        secrets = ("--access-token", number.token, "--app-secret", number.app_secret, "--verify-token", "our-own-words")
        given = ("channel", "add", "whatsapp_cloud", "--name", "WA", "--phone-number-id", number.id, *secrets)
        channel = (await asyncio.to_thread(world.house.command, *given)).stdout.strip()
        world.house.kill()
        await world.house.start()
        await meta.callback(number, f"{world.house.url}/webhooks/whatsapp/{channel}", "our-own-words")
        await meta.template(number.business, "order_ready", ORDER_READY)
        ann = (await meta.person(ANN, "Ann")).chat(number)
        await world.team_starts()
        yield Shop(world, meta, number, ann)


async def chosen(shop: Shop) -> None:
    """Anna picks the template and fills it in; its preview is before her."""
    listed = await shop.world.anna.wait_for(shows("Which template for"))
    await shop.world.anna.tap("order_ready · en_US", listed)
    await fills_in(shop, "{{1}}", "Ann")
    await fills_in(shop, "{{2}}", "77")
    preview = await shop.world.anna.wait_for(shows("will read:"))
    assert "Hello Ann, your order 77 is ready." in preview.text
    await shop.world.anna.tap("Send", preview)


async def fills_in(shop: Shop, blank: str, words: str) -> None:
    asked = await shop.world.anna.wait_for(shows(f"What goes into {blank}?"))
    await shop.world.anna.write(words, reply_to=asked)


@pytest.mark.parametrize("topics", [True, False], ids=["topics", "flat"], indirect=True)
async def test_after_a_day_only_a_template_reaches_them_and_what_was_held_goes_when_they_write(shop: Shop) -> None:
    anna, shown = shop.world.anna, await shop.accepted()
    await anna.wait_for(shows("can write for 23 h"))
    await shop.a_day_later()
    await anna.write("Yes, size 39", **answering(shown))
    refused = await anna.wait_for(shows("Not sent: Ann wrote more than 24 h ago."))
    await anna.wait_for(shows("only a template reaches them"))
    await anna.write("And in black", **answering(shown))
    await anna.wait_until(lambda left: len([m for m in left if "Not sent: Ann wrote" in m.text]) == 2)
    await anna.tap("Use a template", refused)
    await chosen(shop)
    await shop.got("Hello Ann, your order 77 is ready.")
    await shop.ann.write("I am here again")
    question = await anna.wait_for(shows("2 messages of yours were kept"))
    await anna.tap("Send now", question)
    await shop.got("And in black")
    texts = [m.text for m in await shop.ann.messages() if m.by == "api" and m.status != "failed"]
    assert texts[-2:] == ["Yes, size 39", "And in black"]


@FLAT
async def test_a_first_message_by_template_makes_a_client_of_ones_own_through_a_restart(shop: Shop) -> None:
    bob = (await shop.meta.person(BOB, "Bob")).chat(shop.number)
    await shop.world.anna.write("/write +1 555 765 4321")
    await shop.world.anna.wait_for(shows("Which template for +15557654321?"))
    shop.world.house.kill()
    await shop.world.house.start()
    await chosen(shop)
    await bob.wait_for(lambda m: m.by == "api" and "your order 77 is ready" in m.text)
    await bob.write("Thank you!")
    shown = await shop.world.anna.wait_for(shows("Thank you!"))
    assert ACCEPT not in shown.labels
    assert not await posts(shop.world.boris, shows("Thank you!"))
    assert rows(shop.world.house, "select count(*) from clients where owner_id = 1") == [(1,)]


@FLAT
async def test_anothers_client_is_not_shown(shop: Shop) -> None:
    await shop.accepted()
    boris = shop.world.boris
    await boris.write(f"/write +{ANN}")
    answer = await boris.wait_for(shows("Anna's client."))
    assert answer.labels == ["Ask Anna", "Ask a manager"]
    await boris.tap("Ask Anna", answer)
    await shop.world.anna.wait_for(shows("Boris has something for Ann"))
    await boris.tap("Ask a manager", answer)
    await shop.world.maria.wait_for(shows("Boris has something for Ann"))


@FLAT
async def test_what_is_typed_on_the_phone_and_what_was_said_before(shop: Shop) -> None:
    shown = await shop.accepted()
    await shop.ann.phone_write("We have them in blue")
    await shop.world.anna.wait_for(shows("From the account: We have them in blue"))
    await shop.meta.person(BOB, "Bob")
    past = [{"text": "An old question", "outgoing": False, "at": shown.date - 3 * DAY}]
    await shop.meta.history(shop.number, [{"person": BOB, "messages": past}])
    await shop.meta.settled()
    for person in (shop.world.anna, shop.world.boris, shop.world.maria):
        assert not await posts(person, shows("An old question"))
    assert rows(shop.world.house, "select count(*) from messages where text = 'An old question'") == [(1,)]


@TOPICS
async def test_a_click_on_an_advertisement_stands_on_the_card(shop: Shop) -> None:
    await shop.ann.write_from_ad("Is this still on sale?", headline="Spring sale")
    offered = await shop.world.anna.wait_for(card("Is this still on sale?"))
    assert "from the ad «Spring sale»" in offered.text
