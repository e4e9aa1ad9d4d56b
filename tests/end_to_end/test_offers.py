"""A new client before the team: cards, who wins, and what nobody sees before Accept."""

import asyncio
from functools import partial

from bot.books import open_books
from bot.settings import read_settings
from sales.ids import TelegramId
from sales.staff import Role
from sales.use_cases.team import AddStaff, add_staff
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, TOPICS, accepted, card, posts, rows, said, shows


async def test_first_messages_at_one_instant_make_one_card_and_later_ones_edit_it(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    sounded = await world.anna.sounded()
    await asyncio.gather(customer.write("one shoe"), customer.write("two shoes"))
    await world.telegram.write_many(world.shop_bot, [(501, "three shoes"), (501, "four shoes")])
    offered = await world.anna.wait_for(card("four shoes"))
    for words in ("one shoe", "two shoes", "three shoes"):
        assert words in offered.text
    await customer.send("photo", caption="this one")
    await customer.write("size 39")
    offered = await world.anna.wait_for(card("size 39"))
    assert "📷" in offered.text
    assert len(await posts(world.anna, shows("shoe"))) == 1
    assert await world.anna.sounded() == sounded + 1
    assert rows(world.house, "select count(*) from clients") == [(1,)]
    assert rows(world.house, "select count(*) from offers") == [(1,)]


@TOPICS
async def test_thirty_tap_at_once_and_one_wins(world: World) -> None:
    reps = []
    for number in range(100, 130):
        talk = (await world.telegram.person(number, f"Rep{number}")).chat(world.staff_bot)
        reps.append(talk)
    _join(world, range(100, 130))
    await asyncio.gather(*(rep.start() for rep in reps))
    await asyncio.gather(*(rep.wait_for(shows("Hello")) for rep in reps))
    customer = await world.customer(501, "Zoe", username="zoe_here")
    await customer.write("Do you have blue shoes?")
    cards = await asyncio.gather(*(rep.wait_for(card("blue shoes")) for rep in reps))
    tap = cards[0].buttons[0][0]["callback_data"]
    answers = await asyncio.gather(*(rep.forge(one, tap) for rep, one in zip(reps, cards, strict=True)))
    won = [reps[index] for index, answer in enumerate(answers) if "is yours" in answer.text]
    lost = [answer.text for answer in answers if answer.text.startswith("Taken by Rep")]
    assert (len(won), len(lost)) == (1, 29)
    assert len(set(lost)) == 1
    for rep in reps:
        over = await rep.wait_for(shows("taken by"))
        assert "blue shoes" not in over.text
        assert "\n" not in over.text
        assert over.labels == []


def _join(world: World, numbers: range) -> None:
    """As ``dibs staff add`` does it, but in one go: thirty commands would take half a minute."""
    with open_books(read_settings(world.house.environment())) as books:
        for number in numbers:
            command = AddStaff(TelegramId(number), f"Rep{number}", Role.REP, receives_new_clients=True)
            books.write(partial(add_staff, command=command))
