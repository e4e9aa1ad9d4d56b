"""Things go wrong on Telegram's side: nothing is lost, and somebody is told what to do."""

from playground.telegram.control import Talk
from playground.telegram.control_types import Item, Json, Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.house import STAFF_TOKEN
from tests.end_to_end.scenes import FLAT, TOPICS, Look, accepted, answering, card, posts, quiet, rows, said, shows


async def test_a_client_who_blocks_the_bot_holds_what_comes_after(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    to = answering(await accepted(world, anna, customer, "Hello there"))
    await customer.block()
    await anna.wait_for(shows("has stopped the bot"))
    failed = await refused(world, to, "One", "Two", "Three")
    assert "stopped the bot" in failed.text
    assert "2 later messages wait" in failed.text
    await customer.unblock()
    await anna.wait_for(shows("can be written to again"))
    await anna.tap("Retry", failed)
    await heard(customer, "One", "Two", "Three")

    await customer.block()
    failed = await refused(world, to, "Four", "Five")
    await customer.unblock()
    await anna.tap("Send the rest", failed)
    await heard(customer, "One", "Two", "Three", "Five")

    await customer.block()
    failed = await refused(world, to, "Six", "Seven")
    await customer.unblock()
    await anna.tap("Drop the rest", failed)
    await anna.write("Eight", **to)
    await heard(customer, "One", "Two", "Three", "Five", "Eight")

    await customer.block()
    alone = await refused(world, to, "Nine")
    assert alone.labels == ["Retry"]
    failed = await refused(world, to, "Ten", "Eleven")
    await customer.unblock()
    await anna.tap("Retry", alone)
    await heard(customer, "One", "Two", "Three", "Five", "Eight", "Nine")
    await anna.tap("Retry", failed)
    await heard(customer, "One", "Two", "Three", "Five", "Eight", "Nine", "Ten", "Eleven")

    await customer.block()
    pair = await anna.album([Item("photo"), Item("photo")], **to)
    failed = await anna.wait_for(under(pair[0], "Not sent"))
    await customer.unblock()
    await anna.tap("Retry", failed)
    got = await customer.wait_until(lambda all_: sum(m.media is not None for m in all_) == 2)
    assert len({m.album for m in got if m.media}) == 1


async def refused(world: World, to: Json, *texts: str) -> Seen:
    """The first is refused while the others wait behind it; returns what is said about that."""
    await world.telegram.fault("sendMessage", "delay", bot=world.shop_bot, times=1, seconds=0.7)
    first, *_ = [await world.anna.write(text, **to) for text in texts]
    return await world.anna.wait_for(under(first, "Not sent"))


def under(post: Seen, words: str) -> Look:
    return lambda m: m.reply_to == post.message_id and words in m.text


async def heard(customer: Talk, *texts: str) -> None:
    """These, in this order, once each."""
    last = await customer.wait_until(lambda all_: any(m.from_bot and m.text == texts[-1] for m in all_))
    assert [m.text for m in last if m.from_bot] == list(texts)


@FLAT
async def test_a_rep_who_blocks_the_bot_is_off_the_line_until_they_return(world: World) -> None:
    await world.team_starts()
    zoe = await world.customer(501, "Zoe")
    await accepted(world, world.anna, zoe, "Hello there")
    world.house.command("channel", "set", "1", "--distribution", "in_turn")
    await world.anna.block()
    await world.maria.wait_for(shows("Anna can't be reached"))
    for number in (1, 2):
        customer = await world.customer(600 + number, f"New{number}")
        await customer.write(f"I am new {number}.")
        await world.boris.wait_for(said(f"I am new {number}."))
    await zoe.write("Anna, are you there?")
    await quiet(world)  # what was tried in vain is settled: she comes back later, not at that instant
    await world.anna.start()
    await world.anna.wait_for(said("are you there?"))
    customer = await world.customer(603, "New3")
    await customer.write("I am new 3.")
    await world.boris.wait_for(said("I am new 3."))
    customer = await world.customer(604, "New4")
    await customer.write("I am new 4.")
    await world.anna.wait_for(said("I am new 4."))
    assert len(await posts(world.maria, shows("can't be reached"))) == 1


async def test_a_429_and_lost_answers_on_the_staff_bot_lose_nothing(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await accepted(world, anna, customer, "Hello there")
    too_many: Json = {"code": 429, "description": "Too Many Requests: retry after 1", "retry_after": 1}
    await world.telegram.fault("sendMessage", bot=world.staff_bot, times=2, **too_many)
    for number in range(5):
        await customer.write(f"line {number}")
    await anna.wait_for(said("line 4"))
    shown = [m.text[-6:] for m in await anna.messages() if m.from_bot and "line" in m.text]
    assert shown == [f"line {number}" for number in range(5)]
    await world.telegram.fault("sendMessage", "fail", bot=world.shop_bot, times=1, **too_many)
    last = await anna.wait_for(said("line 4"))
    await quiet(world)
    await anna.write("We are here", **answering(last))
    await heard(customer, "We are here")


@TOPICS
async def test_topics_that_break_are_made_again_once_and_then_the_chat_is_flat(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    await world.admin.start()
    await world.admin.wait_for(shows("You are an admin"))
    customer = await world.customer(501, "Zoe")
    first = await accepted(world, anna, customer, "Hello there")
    assert first.thread_id is not None
    await anna.break_topics("lose", thread=first.thread_id)
    await customer.write("Still here?")
    again = await anna.wait_for(said("Still here?"))
    await quiet(world)
    assert again.thread_id not in (None, first.thread_id)
    header = [m for m in await anna.messages() if m.thread_id == again.thread_id and m.pinned]
    assert len(header) == 1
    await anna.write("Yes", thread=again.thread_id)
    await heard(customer, "Yes")

    await anna.break_topics("lose", thread=again.thread_id)
    await customer.write("And now?")
    flat = await anna.wait_for(said("And now?"))
    await quiet(world)
    assert flat.thread_id is None
    assert flat.text == "Zoe: And now?"
    await world.admin.wait_for(shows("Topics keep failing in Anna's chat"))
    await anna.write("Now too", reply_to=flat)
    await heard(customer, "Yes", "Now too")


@TOPICS
async def test_posts_that_land_in_the_main_chat_are_taken_back(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    first = await accepted(world, anna, customer, "Hello there")
    await anna.break_topics("main_chat")
    await customer.write("Where am I?")
    shown = await anna.wait_for(said("Zoe: Where am I?"), 15)
    await quiet(world)
    await anna.write("Here", reply_to=shown)
    await heard(customer, "Here")
    assert len(await posts(anna, shows("Where am I?"))) == 1
    assert first.thread_id is not None
    assert shown.thread_id is None


@TOPICS
async def test_switching_topics_off_and_on_between_restarts_loses_nothing(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    first = await accepted(world, anna, customer, "With topics")
    other = await world.customer(502, "Yan")
    await other.write("Offered before")
    await anna.wait_for(card("Offered before"))
    world.house.stop()
    await world.telegram.set_bot(world.staff_bot, has_topics_enabled=False)
    await anna.break_topics("off")
    await customer.write("Without topics")
    await world.house.start()
    flat = await anna.wait_for(said("Zoe: Without topics"))
    await quiet(world)
    assert flat.thread_id is None
    await anna.write("I answer here", reply_to=flat)
    await heard(customer, "I answer here")
    assert "is yours" in (await anna.tap("Accept", await anna.wait_for(card("Offered before")))).text
    await anna.wait_for(said("Yan: Offered before"))

    world.house.stop()
    await world.telegram.set_bot(world.staff_bot, has_topics_enabled=True)
    await anna.break_topics("")
    await customer.write("With topics again")
    await other.write("Me too")
    await world.house.start()
    back = await anna.wait_for(said("With topics again"))
    assert back.thread_id == first.thread_id
    mine = await anna.wait_for(said("Me too"))
    assert mine.thread_id not in (None, first.thread_id)
    await anna.write("Both fine", thread=back.thread_id)
    await heard(customer, "I answer here", "Both fine")


@FLAT
async def test_a_revoked_token_stops_its_channel_and_admins_are_told(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    await world.admin.start()
    await world.admin.wait_for(shows("You are an admin"))
    customer = await world.customer(501, "Zoe")
    first = await accepted(world, anna, customer, "Hello there")
    await world.telegram.set_bot(world.shop_bot, revoked=True)
    await anna.write("Wait for me", **answering(first))
    told = await world.admin.wait_for(shows("does not work"))
    assert "token" in told.text
    assert rows(world.house, "select state from channels") == [("broken",)]
    await world.maria.write("/help")
    await world.maria.wait_for(shows("What I can do"))
    assert len(await posts(world.admin, shows("does not work"))) == 1
    await world.telegram.set_bot(world.shop_bot, revoked=False)
    await customer.write("Are you there?")
    world.house.command("channel", "set", "1", "--resume")
    await anna.wait_for(said("Are you there?"), 20)
    assert STAFF_TOKEN.split(":")[1] not in world.house.log.read_text()
