"""A platform is down, or says "slower": its own lane waits, the others go on, and then everything leaves in order."""

import asyncio

import pytest

from playground.telegram.options import Options
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, card, posts, rows, said, shows
from tests.end_to_end.trouble import PATIENCE, all_left, owned_by_anna, tokens, until

SAID = 5
CUSTOMERS = 40


@pytest.fixture
def topics() -> bool:
    return True


async def test_with_the_staff_bot_down_customers_are_heard_and_all_is_shown_later(world: World) -> None:
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await world.anna.write("on its way before", thread=post.thread_id)
    await customer.wait_for(said("on its way before"), PATIENCE)
    await all_left(world)
    await world.telegram.fault("*", "refuse", bot=world.staff_bot, times=1_000_000)
    stranger = await world.customer(502, "Yan")
    for place in range(SAID):
        await customer.write(f"word {place};")
        await stranger.write(f"news {place};")
    heard = "select count(*) from messages where direction = 'in'"
    await until(lambda: rows(world.house, heard) == [(1 + 2 * SAID,)])
    await until(lambda: rows(world.house, "select 1 from outbox where lane = 'staff' and attempts > 1"))
    await world.telegram.clear_faults()
    shown = await world.anna.wait_until(lambda m: f"word {SAID - 1};" in tokens(m, r"word \d;"), PATIENCE)
    assert tokens(shown, r"word \d;") == [f"word {place};" for place in range(SAID)]
    offered = await world.anna.wait_for(card(f"news {SAID - 1};"), PATIENCE)
    assert tokens([offered], r"news \d;") == [f"news {place};" for place in range(SAID)]


async def test_too_many_requests_on_both_sides_lose_nothing(world: World) -> None:
    customer, post = await owned_by_anna(world, 501, "Zoe")
    for bot in (world.shop_bot, world.staff_bot):
        await world.telegram.fault("sendMessage", "fail", bot=bot, times=2, skip=1, code=429, retry_after=1)
    for place in range(SAID):
        await customer.write(f"q{place};")
        await world.anna.write(f"a{place};", thread=post.thread_id)
    for talk, side in ((world.anna, "q"), (customer, "a")):
        wanted = [f"{side}{place};" for place in range(SAID)]
        await talk.wait_until(lambda m, s=side, w=wanted: len(tokens(m, rf"{s}\d;")) >= len(w), PATIENCE)
        assert tokens(await talk.messages(), rf"{side}\d;") == wanted
    limited = await world.telegram.calls("sendMessage", code=429)
    assert {call.bot_id for call in limited} == {world.shop_bot.id, world.staff_bot.id}


class TestWithLimits:
    """Telegram's real rates, and Dibs keeping under them."""

    @pytest.fixture
    def options(self) -> Options:
        return Options()

    @pytest.fixture
    def extra(self) -> dict[str, str]:
        return {"TELEGRAM_LIMITS": "on"}

    async def test_forty_offers_at_once_cause_not_one_429(self, world: World) -> None:
        await asyncio.gather(world.anna.start(), world.boris.start())
        await world.boris.wait_for(shows("Hello"), PATIENCE)
        people = [await world.telegram.person(600 + number, f"C{number}") for number in range(CUSTOMERS)]
        talks = [person.chat(world.shop_bot) for person in people]
        await asyncio.gather(*(talk.start() for talk in talks))
        texts = [(person.id, f"question {number};") for number, person in enumerate(people)]
        await world.telegram.write_many(world.shop_bot, texts)
        for talk in (world.anna, world.boris):
            await talk.wait_until(lambda m: len([one for one in m if ACCEPT in one.labels]) == CUSTOMERS, 100)
        offered = await world.anna.wait_for(card("question 7;"))
        await world.anna.tap(ACCEPT, offered, seconds=30)
        await world.boris.wait_for(shows("taken by Anna"), 100)
        assert (await world.telegram.stats()).too_many_requests == 0
        assert len(await posts(world.boris, shows("New client ·"))) == CUSTOMERS - 1
