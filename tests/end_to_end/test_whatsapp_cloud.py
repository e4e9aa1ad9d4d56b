"""A number on WhatsApp's Business API, as clients and staff live with it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from playground.telegram.control_types import Seen
from playground.whatsapp_cloud.control import Control as Meta
from playground.whatsapp_cloud.control import PhoneNumber, Talk
from playground.whatsapp_cloud.options import Options as MetaOptions
from playground.whatsapp_cloud.server import Server as MetaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, answering, card, opened, quiet, rows, shows

ANN = "15551234567"
OPUS = b"OggS" + bytes(24) + b"OpusHead\x01\x01" + bytes(4000)


@dataclass
class Shop:
    """A world with a WhatsApp number, and Ann, who writes to it."""

    world: World
    meta: Meta
    number: PhoneNumber
    ann: Talk
    webhook: str

    async def accepted(self, words: str = "Do you have blue shoes?") -> Seen:
        """Ann writes, Anna accepts; the post that shows the words to Anna."""
        await self.ann.write(words)
        offered = await self.world.anna.wait_for(card(words))
        await self.world.anna.tap(ACCEPT, offered)
        shown = await self.world.anna.wait_for(lambda m: words in m.text and not m.labels)
        await quiet(self.world)
        return shown

    async def all_taken(self) -> None:
        """Every webhook was answered 200."""
        assert await self.meta.settled() == 0
        assert {post["status"] for post in await self.meta.webhooks()} == {200}


@pytest.fixture
def topics() -> bool:
    return False


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
        webhook = f"{world.house.url}/webhooks/whatsapp/{channel}"
        await opened(webhook)
        await meta.callback(number, webhook, "our-own-words")
        ann = (await meta.person(ANN, "Ann")).chat(number)
        await world.team_starts()
        yield Shop(world, meta, number, ann, webhook)


async def test_files_go_both_ways(shop: Shop) -> None:
    anna, shown = shop.world.anna, await shop.accepted()
    await shop.ann.send("image", size=50_000, caption="These")
    picture = await anna.wait_for(lambda m: m.media is not None and "These" in m.text)
    assert picture.media is not None
    assert picture.media.kind == "photo"
    await shop.ann.voice(data=OPUS)
    voice = await anna.wait_for(lambda m: m.media is not None and m.media.kind == "voice")
    assert await anna.download(voice) == OPUS
    await anna.send("voice", data=OPUS, **answering(shown))
    heard = await shop.ann.wait_for(lambda m: m.by == "api" and m.type == "audio" and m.shown)
    assert heard.content["voice"] is True
    assert await shop.ann.download(heard) == OPUS
    await shop.all_taken()


async def test_what_becomes_of_an_answer_is_seen_and_the_question_is_marked_as_read(shop: Shop) -> None:
    shown = await shop.accepted()
    assert not (await shop.ann.last()).read_by_business, "only an answer says that somebody has read"
    await shop.world.anna.write("Yes, size 39", **answering(shown))
    await shop.ann.wait_for(lambda m: m.by == "api" and m.status == "delivered")
    assert (await shop.ann.messages())[0].read_by_business
    await shop.ann.read()
    await shop.all_taken()
    assert rows(shop.world.house, "select status from messages where direction = 'out'") == [("read",)]


async def test_a_send_whose_answer_was_lost_is_settled_by_its_status(shop: Shop) -> None:
    shown = await shop.accepted()
    await shop.meta.fault("send", "drop")
    await shop.world.anna.write("Yes, size 39", **answering(shown))
    await shop.ann.wait_for(lambda m: m.by == "api" and m.status == "delivered")
    await quiet(shop.world)
    assert rows(shop.world.house, "select status from messages where direction = 'out'") == [("delivered",)]
    assert len(await shop.meta.calls("send")) == 1


async def test_one_bad_message_never_stops_its_neighbour(shop: Shop) -> None:
    good = {"from": ANN, "id": "wamid.good", "timestamp": "1697043223", "type": "text", "text": {"body": "I am here"}}
    bad = {**good, "id": "wamid.bad", "timestamp": "yesterday"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": shop.number.id},
        "messages": [bad, "nonsense", good, {**good, "id": 5}],
    }
    change = {"field": "messages", "value": value}
    await shop.meta.raw(shop.number, body={"object": "whatsapp_business_account", "entry": [{"changes": [change]}]})
    await shop.meta.raw(shop.number, text="{not json")
    await shop.world.anna.wait_for(card("I am here"))
    await shop.all_taken()
    listed = await asyncio.to_thread(shop.world.house.command, "inbox", "list", "--json")
    assert len(json.loads(listed.stdout)) == 4


async def test_only_meta_comes_in(shop: Shop) -> None:
    await shop.meta.raw(shop.number, body={"object": "whatsapp_business_account", "entry": []}, secret="stolen")
    async with httpx.AsyncClient() as http:
        unsigned = await http.post(shop.webhook, json={"object": "whatsapp_business_account", "entry": []})
        asked = {"hub.mode": "subscribe", "hub.verify_token": "guessed", "hub.challenge": "1"}
        question = await http.get(shop.webhook, params=asked)
    assert (unsigned.status_code, question.status_code) == (403, 403)
    await shop.meta.settled(0.5)
    assert (await shop.meta.webhooks())[-1]["status"] == 403


async def test_a_missed_call_waits_for_an_answer(shop: Shop) -> None:
    await shop.ann.call()
    await shop.world.anna.wait_for(card("missed call"))
    await shop.all_taken()


async def test_changes_reactions_and_what_is_typed_on_the_phone(shop: Shop) -> None:
    anna, shown = shop.world.anna, await shop.accepted("Blue shoes?")
    question = (await shop.ann.messages())[0]
    await shop.ann.edit(question, "Red shoes?")
    await anna.wait_for(shows("Red shoes?"))
    await shop.ann.phone_write("Typed on the phone")
    await anna.wait_for(shows("Typed on the phone"))
    await anna.write("And from here", **answering(shown))
    ours = await shop.ann.wait_for(lambda m: m.by == "api" and m.status == "delivered")
    await shop.ann.react(ours, "👍")
    await shop.ann.revoke(question)
    await shop.all_taken()
    await quiet(shop.world)
    found = rows(shop.world.house, "select count(*) from messages where deleted_at is not null")
    assert found == [(1,)]
    assert len(await shop.meta.calls("send")) == 1


async def test_a_new_number_is_the_same_client(shop: Shop) -> None:
    await shop.accepted()
    await shop.ann.change_number("15559990000")
    await shop.ann.write("My new number")
    shown = await shop.world.anna.wait_for(shows("My new number"))
    assert ACCEPT not in shown.labels
    assert rows(shop.world.house, "select count(*) from clients") == [(1,)]


async def test_a_banned_account_is_told_to_admins(shop: Shop) -> None:
    await shop.world.admin.start()
    await shop.meta.account_update(shop.number.business, "DISABLED_UPDATE", ban_info={"waba_ban_state": "DISABLE"})
    await shop.world.admin.wait_for(shows("Meta has restricted the account"))


async def test_a_huge_or_deeply_nested_post_gives_no_server_error(shop: Shop) -> None:
    await shop.meta.raw(shop.number, text='{"a":' * 50_000)
    await shop.meta.raw(
        shop.number, text='{"object":"whatsapp_business_account","entry":' + "[" * 900 + "]" * 900 + "}"
    )
    await shop.meta.raw(shop.number, text="[" + "0," * 200_000 + "0]")
    await shop.all_taken()
