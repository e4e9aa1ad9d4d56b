"""A client known by phone on one channel is the same client on another; who is asked where that is not sure."""

import asyncio
import time

from playground.telegram.control import Talk
from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, TOPICS, accepted, answering, card, posts, quiet, rows, said, shows
from tests.end_to_end.shops import CloudShop, LinkedShop, on_business_api, on_linked_phone
from tests.end_to_end.trouble import PATIENCE

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


@TOPICS
async def test_one_phone_on_both_kinds_of_whatsapp_is_one_client(world: World) -> None:
    """One card, one Accept, one topic; an answer goes where the client wrote last."""
    anna = world.anna
    async with on_business_api(world) as cloud, on_linked_phone(world) as linked:
        await world.team_starts()
        await linked.ann.write("Hello from here;")
        await anna.wait_for(card("from here;"), PATIENCE)
        await _a_second_later()
        await cloud.ann.write("And from there;")
        offered = await anna.wait_for(card("from there;"), PATIENCE)
        assert [m.message_id for m in await posts(anna, lambda m: ACCEPT in m.labels)] == [offered.message_id]
        assert "from here;" in offered.text
        await anna.tap(ACCEPT, offered, seconds=30)
        shown = [await anna.wait_for(said(words), PATIENCE) for words in ("from here;", "from there;")]
        assert shown[0].thread_id == shown[1].thread_id
        assert len([topic for topic in await anna.topics() if topic.name.startswith("Ann ")]) == 1
        await _each_is_answered_where_they_wrote(anna, cloud, linked, shown[1])
        assert rows(world.house, "select count(*) from clients where merged_into is null") == [(1,)]
        assert rows(world.house, "select count(*) from conversations") == [(2,)]
        assert not await posts(world.maria, shows("The same person?"))


async def _each_is_answered_where_they_wrote(anna: Talk, cloud: CloudShop, linked: LinkedShop, post: Seen) -> None:
    how = answering(post)
    await anna.write("first answer", **how)
    await cloud.ann.wait_for(lambda m: m.text == "first answer", PATIENCE)
    for number, (here, there) in enumerate([(linked, cloud), (cloud, linked), (linked, cloud)]):
        await _a_second_later()
        await here.ann.write(f"question {number};")
        asked = await anna.wait_for(said(f"question {number};"), PATIENCE)
        assert asked.thread_id == post.thread_id
        await quiet(here.world)
        await anna.write(f"answer {number};", **how)
        await here.ann.wait_for(lambda m, n=number: m.text == f"answer {n};", PATIENCE)
        assert f"answer {number};" not in {m.text for m in await there.ann.messages()}
    early = await anna.wait_for(said("question 0;"))
    await quiet(cloud.world)
    await _a_second_later()
    await cloud.ann.write("question 3;")
    await anna.wait_for(said("question 3;"), PATIENCE)
    await quiet(cloud.world)
    await anna.write("to that very question", reply_to=early, thread=post.thread_id)
    await linked.ann.wait_for(lambda m: m.text == "to that very question", PATIENCE)


async def _a_second_later() -> None:
    """Both kinds tell whole seconds: nobody writes on two phones within one, but tests would."""
    await asyncio.sleep(1.01 - time.time() % 1)
