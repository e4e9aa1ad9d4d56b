"""A new client before the team: cards, who wins, and what nobody sees before Accept."""

import asyncio
from functools import partial

from bot.books import open_books
from bot.settings import read_settings
from playground.telegram.control import Talk
from playground.telegram.control_types import Seen
from sales.ids import TelegramId
from sales.staff import Role
from sales.use_cases.team import AddStaff, add_staff
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, card, posts, quiet, rows, said, shows


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


@FLAT
async def test_a_card_is_of_use_only_to_whoever_may_accept(world: World) -> None:
    await world.team_starts()
    await world.boris.write("/off")
    customer = await world.customer(501, "Zoe", username="zoe_secret")
    await customer.contact("+4915112345678", "Zoe", user_id=501)
    await customer.write("Do you have blue shoes?")
    offered = await world.anna.wait_for(card("blue shoes"))
    assert "zoe_secret" not in offered.text
    assert "15112345678" not in offered.text
    accept = offered.buttons[0][0]["callback_data"]

    await world.boris.write("/on")
    his = await world.boris.wait_for(card("blue shoes"))
    await world.boris.write("/off")
    gone = await world.boris.wait_for(shows("no longer offered to you"))
    assert (gone.message_id, gone.labels) == (his.message_id, [])
    assert "blue shoes" not in gone.text
    assert "your role must allow writing" in (await world.boris.forge(his, accept)).text

    watcher = await world.quentin.last()
    assert "your role must allow writing" in (await world.quentin.forge(watcher, accept)).text
    stranger = (await world.telegram.person(666, "Mallory")).chat(world.staff_bot)
    forwarded = await stranger.write("New client: Do you have blue shoes?")
    assert "one company's team" in (await stranger.forge(forwarded, accept)).text
    for data in ("ac:999", "ac:0"):
        assert "no longer there" in (await world.anna.forge(offered, data)).text
    for data in ("ac:one", "ac:1:2", "ac", "zz:1", "x" * 64, "tt:1:1", "p:nothing:here", f"ac:{10**19}"):
        assert (await world.anna.forge(offered, data)).answered

    world.house.command("staff", "remove", "2")
    assert "one company's team" in (await world.boris.forge(his, accept)).text

    await world.anna.write("Yes, in every size", reply_to=offered)
    heard = await customer.wait_for(shows("every size"))
    assert heard.text == "Yes, in every size"
    over = await world.anna.wait_for(shows("taken by you"))
    assert over.message_id == offered.message_id
    assert "is yours already" in (await world.anna.forge(offered, accept)).text
    assert rows(world.house, "select count(*) from inbox") == [(0,)]

    await customer.write("And red ones?")
    await world.anna.wait_for(said("red ones"))
    assert not await posts(world.anna, card("red ones"))


@TOPICS
async def test_not_a_client_is_asked_of_a_manager_and_can_be_undone(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await customer.write("Buy my links")
    offered = await world.anna.wait_for(card("my links"))
    assert "manager decides" in (await world.anna.tap("Not a client", offered)).text
    await world.anna.wait_for(shows("a manager is asked"))
    await world.boris.wait_for(card("my links"))
    asked = await world.maria.wait_for(shows("Anna says"))
    assert (await world.maria.tap("It is a client", asked)).text == "Back on the table."
    await world.anna.wait_for(card("my links"))

    await world.anna.tap("Not a client", offered)
    await world.maria.wait_until(lambda all_: len([m for m in all_ if "Anna says" in m.text]) == 2)
    asked = (await posts(world.maria, shows("Anna says")))[-1]
    assert (await world.maria.tap("Not a client", asked)).text == "Settled: not a client."
    settled = await world.boris.wait_for(shows("not a client"))
    assert "my links" not in settled.text
    assert rows(world.house, "select state from leads") in ([], [("declined",)])
    await customer.write("Buy my links again")
    other = await world.customer(502, "Yan")
    await other.write("A real question")
    await world.boris.wait_for(card("real question"))
    assert not await posts(world.boris, shows("links again"))

    answer = await world.maria.tap("Undo")
    assert "offered again" in answer.text
    await world.anna.wait_for(card("links again"))


ODD = ("<3", "*_[`~|", "שלום עולם", "&lt;b&gt;", "A\0B\ud83d", "{client}", "x" * 64)


@FLAT
async def test_odd_names_and_texts_break_nothing(world: World) -> None:
    await world.team_starts()
    for number, name in enumerate(ODD):
        customer = await world.customer(600 + number, name)
        await customer.write(f"I am {number}: \0\ud83d <b>*_[ שלום")
        post = await accepted_as(world, customer, f"I am {number}:")
        assert "<b>*_[ שלום" in post.text
        assert "\0" not in post.text
        await world.anna.write(f"Hello {number}", reply_to=post)
        await customer.wait_for(lambda m, n=number: m.text == f"Hello {n}")  # type: ignore[misc]
    long = await world.customer(700, "Long")
    await long.say({"text": "🦊" * 2049})
    offered = await world.anna.wait_for(card("🦊🦊"))
    assert "Long" in offered.text
    await world.anna.tap(ACCEPT, offered)
    shown = await world.anna.wait_until(lambda all_: sum(m.text.count("🦊") for m in all_) >= 2049)
    assert any("Long" in m.text and "🦊" in m.text for m in shown)
    assert rows(world.house, "select count(*) from inbox") == [(0,)]


async def accepted_as(world: World, customer: Talk, words: str) -> Seen:
    offered = await world.anna.wait_for(card(words))
    await world.anna.tap(ACCEPT, offered)
    post = await world.anna.wait_for(said(words))
    await quiet(world)
    return post
