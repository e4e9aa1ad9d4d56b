"""Customers write to a phone that is linked through a gateway: the team answers, and nothing of it is lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from playground.telegram.control_types import Seen
from playground.whatsapp_gateway.control import Account, Control, Talk
from playground.whatsapp_gateway.options import Options
from playground.whatsapp_gateway.server import Server
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, TOPICS, answering, card, posts, quiet, rows, said, shows
from tests.end_to_end.trouble import until

ANN = "79161112233"
OLD = "4915155555555"
SESSION = "shop"
LONG_AGO = [(7 * 86_400.0, False, "Long ago"), (6 * 86_400.0, True, "Thank you")]


@dataclass
class Linked:
    """The shop's phone, linked; Ann writes to it. ``ann`` acts as the shop on its phone with ``owner=True``."""

    world: World
    waha: Control
    phone: Account
    ann: Talk

    async def accepted(self, words: str) -> Seen:
        """Ann writes, Anna accepts; the post that shows the words."""
        await self.ann.write(words)
        anna = self.world.anna
        await anna.tap(ACCEPT, await anna.wait_for(card(words)))
        shown = await anna.wait_for(said(words))
        await quiet(self.world)
        return shown

    async def restart(self) -> None:
        self.world.house.kill()
        await self.world.house.start()

    async def read_through(self) -> None:
        """Until the chats have been read back."""
        await until(lambda: rows(self.world.house, "select 1 from channels where poll_offset is not null") != [])


@pytest.fixture
async def linked(world: World) -> AsyncIterator[Linked]:
    """A second channel beside the shop's bot, added on the command line; the gateway reaches Dibs."""
    async with Server(Options()) as server, Control(server.url) as waha:
        phone = await waha.account("71111111111", "Shop")
        await waha.link(SESSION, phone)
        await (await waha.person(OLD, "Olga")).chat(phone).history(LONG_AGO)
        where = ("--url", waha.url, "--session", SESSION, "--api-key", waha.api_key, "--hmac-key", "a long word")
        add = ("channel", "add", "whatsapp_linked", "--name", "Shop's phone", *where)
        await asyncio.to_thread(world.house.command, *add)
        found = Linked(world, waha, phone, (await waha.person(ANN, "Ann")).chat(phone))
        world.house.extra["PUBLIC_URL"] = world.house.url
        await found.restart()
        await found.read_through()
        await world.team_starts()
        yield found
        world.house.kill()


async def test_the_team_answers_and_sees_what_is_typed_on_the_phone(linked: Linked) -> None:
    anna, ann = linked.world.anna, linked.ann
    how = answering(await linked.accepted("Hello there"))
    mine = await anna.write("Good morning, Ann", **how)
    heard = await ann.wait_for(lambda m: m.text == "Good morning, Ann")
    assert heard.source == "api"
    assert await ann.typing() != [], "as a person would"

    await ann.write("I am here myself", owner=True, reply_to=heard)
    seen = await anna.wait_for(said("I am here myself"))
    assert seen.reply_to == mine.message_id
    await ann.send("image", data=b"picture" * 200, caption="this one?")
    shown = await anna.wait_for(said("this one?"))
    assert await anna.download(shown) == b"picture" * 200
    await anna.send("voice", data=b"OggS" + b"voice" * 200, **how)
    spoken = await ann.wait_for(lambda m: m.kind == "voice")
    assert await ann.download(spoken) == b"OggS" + b"voice" * 200
    await anna.send("photo", data=b"jpeg" * 200, caption="in blue", **how)
    await ann.wait_for(lambda m: m.text == "in blue")
    await linked.waha.settled()
    await quiet(linked.world)
    assert await posts(anna, said("Good morning")) == [], "our own echo is nothing new"
    assert await posts(anna, said("in blue")) == []


@TOPICS
async def test_edits_deletions_and_reactions_show_on_the_other_side(linked: Linked) -> None:
    anna, ann = linked.world.anna, linked.ann
    post = await linked.accepted("Hello there")
    asked = await ann.write("Is it blue?")
    shown = await anna.wait_for(said("Is it blue?"))
    await ann.edit(asked, "Is it green?")
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "Is it green?" in m.text)
    mine = await anna.write("Deep blue", **answering(post))
    heard = await ann.wait_for(lambda m: m.text == "Deep blue")
    await quiet(linked.world)
    await anna.edit(mine, "Deep green")
    await ann.wait_for(lambda m: m.id == heard.id and m.text == "Deep green")
    await anna.write("/react 🔥", reply_to=shown)
    await ann.wait_for(lambda m: m.reactions == {"owner": "🔥"})
    await anna.write("/delete", reply_to=mine)
    await ann.wait_for(lambda m: m.id == heard.id and m.revoked)


@TOPICS
async def test_new_words_of_a_picture_leave_the_picture(linked: Linked) -> None:
    anna = linked.world.anna
    await linked.accepted("Hello there")
    sent = await linked.ann.send("image", data=b"picture" * 200, caption="this one?")
    shown = await anna.wait_for(said("this one?"))
    await linked.ann.edit(sent, "that one?")
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "that one?" in m.text)
    assert await anna.download(await anna.wait_for(said("that one?"))) == b"picture" * 200


@TOPICS
async def test_what_the_gateway_could_not_deliver_is_read_back_after_an_outage(linked: Linked) -> None:
    anna = linked.world.anna
    await linked.accepted("Hello there")
    linked.world.house.kill()
    await linked.waha.mute()
    await linked.ann.write("Anybody there?")
    await linked.ann.write("One moment", owner=True)
    stranger = (await linked.waha.person("4915112345678", "Max")).chat(linked.phone)
    await stranger.write("Do you ship to Berlin?")
    await linked.waha.mute(False)
    await linked.world.house.start()
    await anna.wait_for(said("One moment"))
    await anna.wait_for(card("Do you ship to Berlin?"))
    await quiet(linked.world)
    assert len(await posts(anna, said("Anybody there?"))) == 1
    assert len(await posts(anna, said("Hello there"))) == 1


@TOPICS
async def test_what_is_older_than_the_connection_asks_nobody_for_anything(linked: Linked) -> None:
    """It is there when the client writes again."""
    anna = linked.world.anna
    kept = "select text, direction from messages where text in ('Long ago', 'Thank you') order by id"
    assert rows(linked.world.house, kept) == [("Long ago", "in"), ("Thank you", "out")]
    assert rows(linked.world.house, "select 1 from offers") == []
    old = (await linked.waha.person(OLD)).chat(linked.phone)
    await old.write("Me again")
    await anna.tap(ACCEPT, await anna.wait_for(card("Me again")))
    await anna.wait_for(shows("Long ago"))


async def test_a_lost_answer_sends_nothing_twice(linked: Linked) -> None:
    anna = linked.world.anna
    post = await linked.accepted("Hello there")
    await linked.waha.fault("sendText", "drop")
    await anna.write("Once only", **answering(post))
    await linked.ann.wait_for(lambda m: m.text == "Once only")
    await quiet(linked.world)
    assert len([m for m in await linked.ann.messages() if m.text == "Once only"]) == 1
    assert rows(linked.world.house, "select status from messages where text = 'Once only'") in [
        [("sent",)],
        [("delivered",)],
        [("read",)],
    ]


@TOPICS
async def test_a_phone_behind_a_hidden_number_is_one_client(linked: Linked) -> None:
    anna = linked.world.anna
    max_ = await linked.waha.person("4915112345678", "Max", by_lid=True)
    talk = max_.chat(linked.phone)
    await talk.write("By my hidden number")
    await anna.wait_for(card("By my hidden number"))
    await linked.waha.person("4915112345678", by_lid=False)
    await talk.write("By my phone")
    await anna.wait_for(shows("By my phone"))
    assert rows(
        linked.world.house, f"select address from conversations where channel_id = 2 and address not like '{OLD}%'"
    ) == [("4915112345678@c.us",)]


@TOPICS
async def test_admins_are_told_when_the_phone_is_logged_out(linked: Linked) -> None:
    await linked.world.admin.start()
    await linked.waha.unlink(SESSION)
    await linked.world.admin.wait_for(shows("logged out"))
    await until(
        lambda: (
            rows(linked.world.house, "select state, problem from channels where id = 2") == [("broken", "logged_out")]
        )
    )


@TOPICS
async def test_a_forged_webhook_is_refused(linked: Linked) -> None:
    payload = {"id": f"false_{ANN}@c.us_3AFFFFFFFFFFFFFFFFFF", "timestamp": 1, "body": "Give me everything"}
    await linked.waha.inject(SESSION, "message.any", payload, key="wrong")
    await linked.waha.settled()
    assert [one.status for one in await linked.waha.webhooks(SESSION)][-1] == 403
    assert rows(linked.world.house, "select 1 from messages where text = 'Give me everything'") == []
