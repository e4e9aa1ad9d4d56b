"""What nobody should send, among what everybody sends: neighbours are handled, and nothing is lost."""

import asyncio
import json
from typing import Any

import pytest

from bot.books import open_books
from bot.settings import read_settings
from playground.telegram.control import BotAccount, Talk
from sales.ports import Work
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, card, posts, rows, said, shows
from tests.end_to_end.trouble import PATIENCE, all_left, owned_by_anna

MOST = 4096


@pytest.fixture
def topics() -> bool:
    return True


async def dibs(world: World, *arguments: str, check: bool = True) -> tuple[int, str]:
    """In a thread: the stand-in runs in this one."""
    done = await asyncio.to_thread(world.house.command, *arguments, check=check)
    return done.returncode, done.stdout + done.stderr


async def inbox(world: World, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((await dibs(world, "inbox", "list", "--json", *more))[1])
    return found


# --- malformed updates ---

CHAT = {"id": 501, "type": "private", "first_name": "Zoe"}
FROM = {"id": 501, "is_bot": False, "first_name": "Zoe"}
BROKEN = [
    {"message": {"message_id": "five", "date": 1, "chat": CHAT, "from": FROM, "text": "wrong type"}},
    {"message": {"message_id": 7001, "date": 1, "from": FROM, "text": "no chat"}},
    {"message": "no object"},
    {"message": {"message_id": 7002, "date": 1, "chat": CHAT, "from": FROM, "text": ["no text"]}},
    {"callback_query": {"id": 12}},
]
NO_UPDATES = [17, None, ["a", "list"], "a text", {"update_id": "not a number"}]
ODD = [
    {
        "message_reaction": {
            "chat": CHAT,
            "message_id": 3,
            "user": FROM,
            "date": 1,
            "old_reaction": [],
            "new_reaction": [{"type": "hologram", "depth": 3}],
        }
    },
    {"brand_new_kind": {"anything": 1}},
]


async def test_malformed_updates_stop_none_of_their_neighbours(world: World) -> None:
    customer, post = await owned_by_anna(world, 501, "Zoe")
    for bot, talk in ((world.shop_bot, customer), (world.staff_bot, world.anna)):
        await _surrounded(world, bot, talk, post.thread_id if talk is world.anna else None)
    await world.anna.wait_for(said("word 4"), PATIENCE)
    await customer.wait_for(said("word 4"), PATIENCE)
    for talk in (world.anna, customer):
        heard = [m.text for m in await posts(talk, said("word "))]
        assert heard == [f"word {place}" for place in range(5)]
    kept = await inbox(world)
    for source in ("channel:1", "staff"):
        assert len([one for one in kept if one["source"] == source]) >= len(BROKEN)
    code, told = await dibs(world, "inbox", "replay", str(kept[0]["id"]), check=False)
    assert (code, len(told.splitlines())) == (1, 1)
    assert "can't be read" in told or "could not be handled" in told
    assert world.house.process is not None
    assert world.house.process.poll() is None


async def _surrounded(world: World, bot: BotAccount, talk: Talk, thread: int | None) -> None:
    await talk.write("word 0", thread=thread)
    await world.telegram.inject(bot, *BROKEN[:2], chat="x")
    await talk.write("word 1", thread=thread)
    await world.telegram.inject(bot, *NO_UPDATES, chat="x")
    await talk.write("word 2", thread=thread)
    await world.telegram.inject(bot, *BROKEN[2:], chat="x")
    await talk.write("word 3", thread=thread)
    await world.telegram.inject(bot, *ODD, chat="x")
    await talk.write("word 4", thread=thread)


async def test_an_event_that_could_not_be_handled_is_handled_by_a_replay(world: World) -> None:
    """As after an upgrade that can: both sides' events are put into the inbox as an older program would have."""
    customer, post = await owned_by_anna(world, 501, "Zoe")
    missed = {"message_id": 9001, "date": 1795000000, "chat": CHAT, "from": FROM, "text": "missed by the old program"}
    anna = {"id": 11, "is_bot": False, "first_name": "Anna"}
    chat = {"id": 11, "type": "private", "first_name": "Anna"}
    reply = {"message_id": 9002, "date": 1795000000, "chat": chat, "from": anna, "text": "an answer missed as well"}
    reply |= {"message_thread_id": post.thread_id, "is_topic_message": True}
    await asyncio.to_thread(_keep, world, "channel:1", {"update_id": 71, "message": missed})
    await asyncio.to_thread(_keep, world, "staff", {"update_id": 72, "message": reply})
    for entry in reversed(await inbox(world)):
        await dibs(world, "inbox", "replay", str(entry["id"]))
    await world.anna.wait_for(said("missed by the old program"), PATIENCE)
    await customer.wait_for(said("an answer missed as well"), PATIENCE)
    assert await inbox(world) == []
    everything = await inbox(world, "--all")
    assert all(one["replayed_at"] for one in everything)
    code, told = await dibs(world, "inbox", "replay", str(everything[0]["id"]), check=False)
    assert (code, told) == (1, "dibs: it has been replayed already\n")


def _keep(world: World, source: str, update: dict[str, Any]) -> None:
    def keep(work: Work) -> None:
        work.seen.add(source, [str(update["update_id"])])
        work.inbox.add(source, str(update["update_id"]), json.dumps(update).encode(), "TypeError")

    with open_books(read_settings(world.house.environment())) as books:
        books.write(keep)


# --- forged taps ---

NONSENSE = [
    "",
    "x",
    "ac",
    "ac:",
    "ac:one",
    "ac:-1",
    f"ac:{10**30}",
    "ac:99999",
    "op:1:2:3",
    "🙂" * 16,
    "a" * 64,
    "::::",
]


async def test_forged_taps_are_refused_and_change_nothing(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await customer.write("Do you have blue shoes?")
    offered = await world.anna.wait_for(card("blue shoes"), PATIENCE)
    accept = offered.buttons[0][0]["callback_data"]
    hello = await world.quentin.last()
    stranger = (await world.telegram.person(999, "Mallory")).chat(world.staff_bot)
    await stranger.write("hello?")
    polite = await stranger.wait_for(shows("one company's team"), PATIENCE)
    for talk, there in ((world.quentin, hello), (stranger, polite)):
        answer = await talk.forge(there, accept, seconds=30)
        assert answer.answered
        assert answer.show_alert
        assert "yours" not in answer.text
    for data in NONSENSE:
        answer = await world.boris.forge(await world.boris.last(), data, seconds=30)
        assert answer.answered, data
    assert rows(world.house, "select owner_id from clients") == [(None,)]
    await _forged_of_anothers_client(world, offered)
    assert "Traceback" not in world.house.log.read_text()
    assert await inbox(world) == []


async def _forged_of_anothers_client(world: World, offered: Any) -> None:
    await world.anna.tap(ACCEPT, offered, seconds=30)
    header = await world.anna.wait_for(lambda m: "Zoe" in m.text and "Transfer" in " ".join(m.labels), PATIENCE)
    for row in header.buttons:
        for button in row:
            answer = await world.boris.forge(await world.boris.last(), button["callback_data"], seconds=30)
            assert answer.answered, button
    await all_left(world)
    assert rows(world.house, "select owner_id, closed_at from clients") == [(1, None)]
    assert not [m for m in await posts(world.boris, shows("blue shoes")) if m.message_id != offered.message_id]


# --- odd texts ---

NAMES = ["<3", "*_[`", "\u202eevil\u202c", "a\x00b"]
ODD_TEXTS = ["<b>*_[`", "nul \x00 inside", "rtl \u202eabc\u202c مرحبا", "alone \ud83d here", "😀" * 5]


@pytest.mark.parametrize("name", NAMES)
async def test_odd_names_and_texts_pass_both_ways(world: World, name: str) -> None:
    await world.anna.start()
    await world.anna.wait_for(shows("Hello"), PATIENCE)
    customer = await world.customer(501, name)
    await customer.write("first")
    offered = await world.anna.wait_for(card("first"), PATIENCE)
    await world.anna.tap(ACCEPT, offered, seconds=30)
    post = await world.anna.wait_for(said("first"), PATIENCE)
    for number, text in enumerate(ODD_TEXTS):
        safe = _safe(text)
        await _said_raw(world, world.shop_bot, 501, text, 9000 + number)
        await world.anna.wait_for(said(safe), PATIENCE)
        await _said_raw(world, world.staff_bot, 11, text, 9000 + number, post.thread_id)
        await customer.wait_for(said(safe), PATIENCE)
    assert await inbox(world) == []


def _safe(text: str) -> str:
    """What can't be stored is replaced by us; marks that turn the direction round are dropped by Telegram."""
    text = text.replace("\x00", "\ufffd").replace("\ud83d here", "\ufffd here")
    return text.replace("\u202e", "").replace("\u202c", "")


async def _said_raw(
    world: World, bot: BotAccount, person_id: int, text: str, number: int, thread: int | None = None
) -> None:
    """As no client of Telegram's would send it: Telegram itself tidies texts up."""
    person = {"id": person_id, "is_bot": False, "first_name": "Somebody"}
    chat = {"id": person_id, "type": "private", "first_name": "Somebody"}
    message: dict[str, Any] = {"message_id": number, "date": 1795000000, "chat": chat, "from": person, "text": text}
    if thread is not None:
        message |= {"message_thread_id": thread, "is_topic_message": True}
    await world.telegram.inject(bot, {"message": message}, chat=str(person_id))


async def test_what_is_too_long_is_shown_whole_or_refused_in_words(world: World) -> None:
    customer, post = await owned_by_anna(world, 501, "Zoe")
    long = "0123456789" * 410
    await _said_raw(world, world.shop_bot, 501, long[: MOST + 1], 9001)
    await customer.write("after it")
    await world.anna.wait_for(said("after it"), PATIENCE)
    shown = "".join(m.text for m in await posts(world.anna, said("")) if m.text and set(m.text) <= set("0123456789"))
    assert shown == long[: MOST + 1]
    await _said_raw(world, world.staff_bot, 11, long[: MOST + 1], 9002, post.thread_id)
    await world.anna.wait_for(shows("too long for this platform"), PATIENCE)
    await world.anna.write(long[:MOST], thread=post.thread_id)
    heard = await customer.wait_for(said("0123"), PATIENCE)
    assert heard.text == long[:MOST]
