"""The process is killed, and started again: nothing is lost, order is kept, and what may be there twice says so."""

import asyncio
import random

import pytest

from playground.telegram.control import Talk
from playground.telegram.control_types import Item, Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, card, posts, rows, said, shows
from tests.end_to_end.trouble import (
    PATIENCE,
    SENT_TWICE,
    TWICE,
    again,
    all_left,
    fault_met,
    first_times,
    owned_by_anna,
    tokens,
    until,
)


@pytest.fixture
def topics() -> bool:
    return True


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_killed_between_sending_a_reply_and_noting_it(world: World, how: str) -> None:
    """Whether it arrived can't be known: it is sent again, and its author is told so."""
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await world.telegram.fault("sendMessage", how, bot=world.shop_bot)
    await world.anna.write("first answer", reply_to=post, thread=post.thread_id)
    await world.anna.write("second answer", reply_to=post, thread=post.thread_id)
    await fault_met(world)
    await again(world)
    await customer.wait_for(said("second answer"), PATIENCE)
    heard = tokens(await customer.messages(), "first answer|second answer")
    assert first_times(heard) == ["first answer", "second answer"]
    assert len(heard) == (3 if how == "drop" else 2)
    await world.anna.wait_for(shows(SENT_TWICE), PATIENCE)


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_killed_between_showing_a_message_and_noting_it(world: World, how: str) -> None:
    customer, _ = await owned_by_anna(world, 501, "Zoe")
    await world.telegram.fault("sendMessage", how, bot=world.staff_bot)
    await customer.write("first question")
    await customer.write("second question")
    await fault_met(world)
    await again(world)
    await world.anna.wait_for(shows("second question"), PATIENCE)
    shown = await posts(world.anna, shows("first question"))
    assert len(shown) == (2 if how == "drop" else 1)
    assert TWICE in shown[-1].text
    assert first_times(tokens(await world.anna.messages(), "first question|second question"))[0] == "first question"


async def test_killed_between_the_commit_and_the_confirmation_of_updates(world: World) -> None:
    """Telegram delivers them again; both bots know them."""
    customer, post = await owned_by_anna(world, 501, "Zoe")
    for bot in (world.shop_bot, world.staff_bot):
        await world.telegram.fault("getUpdates", "hang", bot=bot)
    await customer.write("only once, please")
    await world.anna.write("said once as well", reply_to=post, thread=post.thread_id)
    await fault_met(world)
    await world.anna.wait_for(shows("only once, please"), PATIENCE)
    await customer.wait_for(said("said once as well"), PATIENCE)
    await all_left(world)
    await again(world)
    await customer.write("and then")
    await world.anna.wait_for(shows("and then"), PATIENCE)
    await world.anna.write("a last word", reply_to=post, thread=post.thread_id)
    await customer.wait_for(said("a last word"), PATIENCE)
    assert len(await posts(world.anna, shows("only once, please"))) == 1
    assert len(await posts(customer, said("said once as well"))) == 1
    texts = [text for (text,) in rows(world.house, "select text from messages order by id")]
    assert texts == ["Zoe asks", "only once, please", "said once as well", "and then", "a last word"]


@pytest.mark.parametrize("how", ["drop", "hang"])
async def test_killed_while_a_topic_is_being_made(world: World, how: str) -> None:
    """If it was made, nobody knows its number: another one is made, and everything stands in that one."""
    await world.anna.start()
    await world.anna.wait_for(shows("Hello"), PATIENCE)
    customer = await world.customer(501, "Zoe")
    await customer.write("Do you have blue shoes?")
    offered = await world.anna.wait_for(card("blue shoes"), PATIENCE)
    await world.telegram.fault("createForumTopic", how, bot=world.staff_bot)
    await world.anna.tap(ACCEPT, offered)
    await fault_met(world)
    await again(world)
    shown = await world.anna.wait_for(said("blue shoes"), PATIENCE)
    await customer.write("Size 39 please")
    later = await world.anna.wait_for(said("Size 39"), PATIENCE)
    assert shown.thread_id is not None
    assert later.thread_id == shown.thread_id
    assert len(await posts(world.anna, said("blue shoes"))) == 1
    assert len([one for one in await world.anna.topics() if "Zoe" in one.name]) == (2 if how == "drop" else 1)
    await world.anna.write("We do", thread=shown.thread_id)
    await customer.wait_for(said("We do"), PATIENCE)


async def test_killed_with_half_an_album_received(world: World) -> None:
    """Both ways at once: the other half comes after the start, and nothing of it is missing or out of order."""
    customer, post = await owned_by_anna(world, 501, "Zoe")
    world.house.kill()
    await customer.album([Item("photo", caption="in 1"), Item("photo", caption="in 2"), Item("photo", caption="in 3")])
    answer = [Item("photo", caption="out 1"), Item("photo", caption="out 2"), Item("photo", caption="out 3")]
    await world.anna.album(answer, thread=post.thread_id)
    held = {bot.id: _hold_back(world, bot.id) for bot in (world.shop_bot, world.staff_bot)}
    await world.house.start()
    half = "select count(*) from messages where album is not null"
    await until(lambda: rows(world.house, half) == [(2,)])
    world.house.kill()
    for bot_id, entries in held.items():
        world.server.world.bot(bot_id).updates.entries.update(entries)
    await world.house.start()
    await world.anna.wait_for(shows("in 3"), PATIENCE)
    await customer.wait_for(said("out 3"), PATIENCE)
    assert tokens(await world.anna.messages(), r"in \d") == ["in 1", "in 2", "in 3"]
    assert tokens(await customer.messages(), r"out \d") == ["out 1", "out 2", "out 3"]
    assert len({m.album for m in await posts(world.anna, shows("in "))} - {""}) == 1
    assert len({m.album for m in await posts(customer, said("out "))} - {""}) == 1


def _hold_back(world: World, bot_id: int) -> dict[int, object]:
    """All updates that wait but the first, as a slow line would deliver them."""
    entries = world.server.world.bot(bot_id).updates.entries
    late = dict(list(entries.items())[1:])
    for number in late:
        del entries[number]
    return late


async def test_killed_while_a_file_is_being_fetched(world: World) -> None:
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await world.telegram.fault("getFile", "hang", bot=world.shop_bot)
    picture = await customer.send("photo", size=300_000, caption="this shoe")
    await fault_met(world)
    film = await world.anna.send("video", size=18_000_000, caption="its film", thread=post.thread_id)
    incoming = world.house.folder / "media" / "incoming"
    await until(lambda: any(incoming.glob("*")) or any((world.house.folder / "media").glob("??/*")))
    await again(world)
    shown = await world.anna.wait_for(lambda m: m.from_bot and "this shoe" in m.text and m.media is not None, PATIENCE)
    got = await customer.wait_for(lambda m: m.from_bot and "its film" in m.text and m.media is not None, PATIENCE)
    assert await world.anna.download(shown) == await customer.download(picture)
    assert await customer.download(got) == await world.anna.download(film)
    assert len(await posts(customer, said("its film"))) == 1


# --- random moments ---

ROUNDS = 3
CUSTOMERS = 4
SAID = 6


@pytest.mark.parametrize(("seed", "topics"), [(1, True), (2, False)], ids=["topics", "flat"])
async def test_killed_at_random_moments_under_load(world: World, seed: int) -> None:
    chance = random.Random(seed)
    pairs = [await owned_by_anna(world, 500 + number, f"C{number}") for number in range(CUSTOMERS)]
    for turn in range(ROUNDS):
        async with asyncio.TaskGroup() as group:
            for number, (customer, post) in enumerate(pairs):
                group.create_task(_talk_away(world, customer, post, f"{turn}{number}"))
            await asyncio.sleep(chance.uniform(0.02, 0.8))
            world.house.kill()
        await world.house.start()
    for number, (customer, _) in enumerate(pairs):
        await _all_is_there(world.anna, "q", number)
        await _all_is_there(customer, "a", number)
    await _repeats_are_said(world, [customer for customer, _ in pairs])


async def _talk_away(world: World, customer: Talk, post: Seen, name: str) -> None:
    for place in range(SAID):
        await customer.write(f"q{name}-{place};")
        await world.anna.write(f"a{name}-{place};", reply_to=post, thread=post.thread_id)


async def _all_is_there(talk: Talk, side: str, number: int) -> None:
    """Everything in order; a repeat may stand behind its first time."""
    wanted = [f"{side}{turn}{number}-{place};" for turn in range(ROUNDS) for place in range(SAID)]
    pattern = rf"{side}\d{number}-\d;"
    seen = await talk.wait_until(lambda messages: set(tokens(messages, pattern)) == set(wanted), PATIENCE)
    assert first_times(tokens(seen, pattern)) == wanted


async def _repeats_are_said(world: World, customers: list[Talk]) -> None:
    """At the repeat for staff; for customers, to the author, once for each message."""
    shown = [m for m in await world.anna.messages() if m.from_bot]
    found = tokens(shown, r"q\d\d-\d;")
    assert len(found) - len(set(found)) <= sum(TWICE in m.text for m in shown)
    heard = [token for customer in customers for token in tokens(await customer.messages(), r"a\d\d-\d;")]
    repeated = {token for token in heard if heard.count(token) > 1}
    await all_left(world)
    assert len(repeated) <= len(await posts(world.anna, shows(SENT_TWICE)))


async def test_a_graceful_stop_under_load_loses_and_repeats_nothing(world: World) -> None:
    pairs = [await owned_by_anna(world, 500 + number, f"C{number}") for number in range(CUSTOMERS)]
    async with asyncio.TaskGroup() as group:
        for number, (customer, post) in enumerate(pairs):
            group.create_task(_talk_away(world, customer, post, f"0{number}"))
        await asyncio.sleep(0.3)
        began = asyncio.get_running_loop().time()
        assert await asyncio.to_thread(world.house.stop) == 0
        assert asyncio.get_running_loop().time() - began < 10
    await world.house.start()
    for number, (customer, _) in enumerate(pairs):
        for talk, side in ((world.anna, "q"), (customer, "a")):
            wanted = [f"{side}0{number}-{place};" for place in range(SAID)]
            pattern = rf"{side}0{number}-\d;"
            await talk.wait_until(lambda m, p=pattern, w=wanted: len(tokens(m, p)) >= len(w), PATIENCE)
            assert tokens(await talk.messages(), pattern) == wanted
    assert "Traceback" not in world.house.log.read_text()
