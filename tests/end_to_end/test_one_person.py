"""A client known by phone on one channel is the same client on another; who is asked where that is not sure."""

import asyncio

from playground.telegram.control import Talk
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, accepted, card, posts, quiet, rows, said, shows

BRANCH_TOKEN = "902:branch-bot-token-cccccccccccccccccccc"
PHONE = "4915112345678"
ZOE, DORA = 501, 502


async def branch(world: World) -> Talk:
    """Another bot of the firm; Dora writes there, who has the number that Zoe has too."""
    bot = await world.telegram.bot(BRANCH_TOKEN, username="branch_bot")
    await asyncio.to_thread(
        world.house.command, "channel", "add", "telegram", "--name", "Branch", "--token", BRANCH_TOKEN
    )
    talk = (await world.telegram.person(DORA, "Dora")).chat(bot)
    await talk.start()
    return talk


async def test_who_shares_the_same_number_on_another_channel_is_the_owners_client(world: World) -> None:
    anna, boris = world.anna, world.boris
    await world.team_starts()
    zoe = await world.customer(ZOE, "Zoe")
    await accepted(world, anna, zoe, "Blue shoes please")
    await zoe.contact(PHONE, "Zoe", user_id=ZOE)
    dora = await branch(world)
    await dora.write("And red ones")
    offered = await boris.wait_for(card("And red ones"))
    await quiet(world)

    await dora.contact(PHONE, "Dora", user_id=DORA)
    joined = await anna.wait_for(shows("are the same person: joined"))
    assert "Zoe on Telegram bot «Shop»" in joined.text
    assert "Dora on Telegram bot «Branch»" in joined.text
    assert not joined.labels, "only managers undo"
    await anna.wait_for(said("And red ones"))
    await boris.wait_for(lambda m: m.message_id == offered.message_id and not m.labels and "And red ones" not in m.text)
    await quiet(world)
    here = await anna.wait_for(said("And red ones"))
    await anna.write("Red ones are in", reply_to=here)
    await dora.wait_for(shows("Red ones are in"))
    assert rows(world.house, "select count(*) from clients where merged_into is null") == [(1,)]
    await world.maria.write("/chat 2")
    page = await world.maria.wait_for(shows("«Branch» · «Shop»"))
    assert "Blue shoes please" in page.text
    assert "→ Anna «Branch»" in page.text
    assert "Undo joining two clients" in page.labels


async def test_two_owners_are_never_joined_unasked_and_a_manager_can_undo(world: World) -> None:
    anna, boris, maria = world.anna, world.boris, world.maria
    await world.team_starts()
    zoe = await world.customer(ZOE, "Zoe")
    await accepted(world, anna, zoe, "Blue shoes please")
    await zoe.contact(PHONE, "Zoe", user_id=ZOE)
    dora = await branch(world)
    await accepted(world, boris, dora, "And red ones")
    await dora.contact(PHONE, "Dora", user_id=DORA)

    question = await maria.wait_for(shows("The same person?"))
    assert question.labels == [
        "The same: Anna keeps the client",
        "The same: Boris keeps the client",
        "Not the same person",
    ]
    assert not await posts(anna, shows("The same person?"))
    assert (await maria.tap("The same: Anna keeps", question)).text == "Joined: Anna has the client."
    for owner in (anna, boris):
        told = await owner.wait_for(shows("Maria says that"))
        assert "The client belongs to Anna now." in told.text
    await anna.wait_for(said("And red ones"))
    await boris.wait_until(lambda all_: not any("And red ones" in m.text and not m.deleted for m in all_))
    again = await maria.tap("Not the same", question)
    assert "decided already" in again.text
    await quiet(world)
    await dora.write("Hello?")
    await anna.wait_for(said("Hello?"))
    assert not await posts(boris, said("Hello?"))
    await quiet(world)

    undo = await maria.wait_for(lambda m: "Undo" in m.labels and "same person" in m.text)
    assert (await maria.tap("Undo", undo)).text == "Undone: Dora is a client of their own again."
    await boris.wait_for(said("And red ones"))
    await anna.wait_until(lambda all_: not any("And red ones" in m.text and not m.deleted for m in all_))
    for owner in (anna, boris):
        await owner.wait_for(shows("two people after all"))
    await dora.write("Still there?")
    await boris.wait_for(said("Still there?"))
    assert not await posts(anna, said("Still there?"))
    assert "undone already" in (await maria.tap("Undo", undo)).text


async def test_a_card_with_somebodys_number_is_only_asked_about(world: World) -> None:
    anna, maria = world.anna, world.maria
    await world.team_starts()
    zoe = await world.customer(ZOE, "Zoe")
    await accepted(world, anna, zoe, "Blue shoes please")
    await zoe.contact(PHONE, "Zoe", user_id=ZOE)
    dora = await branch(world)
    await dora.write(f"I am Zoe, +{PHONE}")
    await anna.wait_for(card("I am Zoe"))
    await quiet(world)
    assert not await posts(maria, shows("The same person?")), "words prove nothing"

    await dora.contact(PHONE, "Zoe", user_id=ZOE)
    question = await maria.wait_for(shows("The same person?"))
    assert "only likely" in question.text
    assert question.labels == ["The same person", "Not the same person"]
    assert rows(world.house, "select count(*) from clients where merged_into is null") == [(2,)]
    await maria.tap("Not the same", question)
    await dora.contact(PHONE, "Zoe", user_id=ZOE)
    await quiet(world)
    assert len(await posts(maria, shows("The same person?"))) == 1
    assert (await anna.wait_for(lambda m: ACCEPT in m.labels)).labels
