"""Who sees what, who may write, and what happens when that changes."""

import sqlite3
from contextlib import closing

from playground.telegram.control import Talk
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import FLAT, TOPICS, accepted, answering, posts, quiet, rows, said, shows

WORDS = "My secret address"
MADE_UP = [
    "wa:1",
    "sw:1",
    "ea:1:0",
    "op:1",
    "tr:1",
    "tt:1:2",
    "no:1",
    "cl:1",
    "ro:1",
    "nr:1",
    "ao:1",
    "wm:1",
    "ch:1:1",
    "st:1",
    "ss:1:1",
    "rm:1",
    "ns:1",
    "dm:1",
    "sr:1",
    "dr:1",
    "un:1",
    "p:chat:1",
    "p:chat:1.0",
    "p:transfer:1",
    "p:why:1",
    "p:lead:1",
    "p:writers:1",
    "p:team",
    "p:person:1",
    "p:remove:1",
    "p:invite",
    "rl:2:manager",
    "wi:2:1",
    "ad:2:1",
    "rp:1:2",
    "iv:rep:1",
]
TYPED = (
    "/chat 1",
    "/close 1",
    "/transfer 1",
    "/why 1",
    "/find Zoe",
    "/chats",
    "/unanswered",
    "/team",
    "/role Boris manager",
)


@TOPICS
async def test_a_rep_reaches_no_other_reps_client_through_any_door(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe", username="zoe_here")
    await accepted(world, world.anna, customer, WORDS)
    start = await world.boris.wait_for(shows("Hello"))
    for data in MADE_UP:
        assert (await world.boris.forge(start, data)).answered
    for text in TYPED:
        await world.boris.write(text)
    await world.boris.write("/help")
    await world.boris.wait_for(shows("What I can do"))
    seen = [m.text for m in await world.boris.messages(deleted=True) if m.from_bot]
    buttons = [label for m in await world.boris.messages(deleted=True) for label in m.labels]
    for text in (*seen, *buttons):
        assert WORDS not in text
        assert "zoe_here" not in text
        assert "Zoe ·" not in text or "taken by Anna" in text
    assert "This client is not yours to see." in seen
    assert "Only admins can do this." in seen
    assert rows(world.house, "select owner_id, closed_at from clients") == [(1, None)]
    assert rows(world.house, "select role, admin from staff where id = 2") == [("rep", 0)]
    assert not await posts(customer, lambda m: m.from_bot)


async def test_a_manager_writes_quality_control_watches_and_the_owner_stays(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    mine = await accepted(world, world.anna, customer, WORDS)
    await customer.write("Anybody?")
    await world.anna.wait_for(said("Anybody?"))

    await world.maria.write("/unanswered")
    listed = await world.maria.wait_for(lambda m: any("Zoe" in label for label in m.labels))
    line = next(label for label in listed.labels if "Zoe" in label)
    assert "Anna" in line
    assert "🔴" in line
    await world.maria.tap(line, listed)
    page = await world.maria.wait_for(shows(WORDS))
    assert page.message_id == listed.message_id
    await world.maria.tap("Open here", page)
    hers = await world.maria.wait_for(said(WORDS))
    await quiet(world)
    await world.maria.write("Maria helps you", **answering(hers))
    await customer.wait_for(lambda m: m.text == "Maria helps you")
    told = await world.anna.wait_for(said("Maria helps you"))
    assert "Maria (manager)" in told.text
    assert told.thread_id == mine.thread_id
    assert rows(world.house, "select owner_id from clients") == [(1,)]
    await world.anna.write("I am here too", **answering(mine))
    assert "Anna" in (await world.maria.wait_for(said("I am here too"))).text

    await world.quentin.write("/chat 1")
    page = await world.quentin.wait_for(shows(WORDS))
    assert "Give to…" not in page.labels
    await world.quentin.tap("Open here", page)
    his = await world.quentin.wait_for(said(WORDS))
    await quiet(world)
    await world.quentin.write("Buy from me", **answering(his))
    await world.quentin.wait_for(shows("may not write to clients"))
    await world.quentin.write("/find zo")
    await world.quentin.wait_for(shows("Found · 1"))
    await world.quentin.write("/note Well done", **answering(his))
    await world.quentin.wait_for(shows("Noted"))
    assert "Quentin" in (await world.anna.wait_for(said("Well done"))).text
    assert {m.text for m in await posts(customer, lambda m: m.from_bot)} == {"Maria helps you", "I am here too"}
    looks = rows(world.house, "select count(*) from audit where action = 'look' and staff_id in (3, 4)")
    assert looks[0][0] >= 2  # type: ignore[operator]

    stranger = (await world.telegram.person(666, "Mallory")).chat(world.staff_bot)
    await stranger.start()
    await stranger.write("/chat 1")
    await stranger.write("hello?")
    await stranger.wait_for(shows("one company's team"))
    await world.maria.write("/help")
    await world.maria.wait_for(shows("What I can do"))
    assert len(await posts(stranger, lambda m: m.from_bot)) == 1
    assert rows(world.house, "select action from audit where telegram_id = 666") == [("stranger",)]
    assert await stranger.menu() == []


async def test_a_transferred_client_leaves_one_chat_and_opens_in_the_other(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    mine = await accepted(world, world.anna, customer, WORDS)
    await world.anna.write("I wrote this", **answering(mine))
    await customer.wait_for(shows("I wrote this"))
    await customer.send("photo", caption="see my house")
    await world.anna.wait_for(said("see my house"))
    await quiet(world)
    await world.anna.tap("Transfer")
    page = await world.anna.wait_for(shows("Who gets Zoe?"))
    assert "Quentin" not in page.labels
    assert "handed over" in (await world.anna.tap("Boris", page)).text
    await gone(world.anna)

    offered = await world.boris.wait_for(shows("Anna gives Zoe to you"))
    assert not await posts(world.boris, shows(WORDS))
    await world.boris.tap("Open", offered)
    his = await world.boris.wait_for(said(WORDS))
    await quiet(world)
    await world.boris.wait_for(said("see my house"))
    await world.boris.write("Boris here", **answering(his))
    await customer.wait_for(shows("Boris here"))
    await customer.write("Thank you, Boris")
    await world.boris.wait_for(said("Thank you"))
    assert not await posts(world.anna, shows("Thank you"))


async def gone(talk: Talk) -> None:
    """Nothing of the conversation is left, in words or files."""
    traces = (WORDS, "see my house", "I wrote this")
    await talk.wait_until(lambda all_: not any(trace in m.text for m in all_ for trace in traces))
    assert not [m for m in await talk.messages() if m.media]
    assert [topic.name for topic in await talk.topics() if "Zoe" in topic.name] == []


@FLAT
async def test_what_telegram_no_longer_deletes_is_blanked_and_answers_there_are_refused(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    mine = await accepted(world, world.anna, customer, WORDS)
    await customer.send("photo", caption="see my house")
    await world.anna.wait_for(said("see my house"))
    await quiet(world)
    world.house.stop()
    await world.telegram.advance(49 * 3600)
    with closing(sqlite3.connect(world.house.folder / "dibs.db")) as database, database:
        database.execute("update message_copies set posted_at = posted_at - 49 * 3600 * 1000")
    await world.house.start()
    await world.maria.write("/transfer 1")
    await world.maria.tap("Boris", await world.maria.wait_for(shows("Who gets Zoe?")))
    await world.anna.wait_until(lambda all_: not any(t in m.text for m in all_ for t in (WORDS, "see my house")))
    old = await world.anna.seen(mine)
    assert "moved to Boris" in old.text
    await world.boris.tap("Open")
    await world.boris.wait_for(shows("lead #1"))
    await quiet(world)
    await world.anna.write("Am I too late?", reply_to=old)
    refused = await world.anna.wait_for(shows("Not sent: Zoe belongs to Boris now."))
    assert (await world.anna.tap("Ask Boris", refused)).text == "The owner has been asked."
    asked = await world.boris.wait_for(shows("Anna has something for Zoe"))
    await quiet(world)
    await world.boris.write("I'll call you, Anna", **answering(asked))
    await world.boris.wait_for(shows("Who is this for?"))
    await world.anna.tap("See who may write", refused)
    assert "Boris, Maria" in (await world.anna.wait_for(shows("These may write"))).text
    assert not await posts(customer, shows("too late"))
    assert not await posts(customer, shows("I'll call you"))


@TOPICS
async def test_rights_differ_by_channel_and_the_header_follows(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe", username="zoe_here")
    mine = await accepted(world, world.anna, customer, WORDS)
    header = await world.anna.wait_for(shows("lead #1"))
    assert header.pinned
    assert header.thread_id == mine.thread_id
    assert "@zoe_here" in header.text
    await world.anna.write("Sent", **answering(mine))
    await world.anna.wait_for(lambda m: m.message_id == header.message_id and "sent" in m.text)

    await world.anna.write("/note Likes blue", **answering(mine))
    await world.anna.wait_for(shows("Noted"))
    await world.anna.tap("Close", header)
    await world.anna.wait_for(lambda m: m.message_id == header.message_id and "closed" in m.text)
    await customer.write("One more thing")
    await world.anna.wait_for(said("One more thing"))
    await world.anna.wait_for(lambda m: m.message_id == header.message_id and "waits since" in m.text)
    assert not await posts(world.boris, shows("One more"))
    assert not await posts(customer, shows("blue"))

    world.house.command("staff", "set", "1", "--channel", "1", "--role", "quality_control")
    await world.maria.wait_for(shows("Anna may no longer write"))
    await world.anna.write("May I?", **answering(mine))
    await world.anna.wait_for(shows("may not write to clients"))
    world.house.command("staff", "set", "1", "--channel", "1", "--role", "none")
    await world.anna.wait_until(lambda all_: not any(WORDS in m.text for m in all_))
    assert all("Zoe" not in topic.name for topic in await world.anna.topics())
    world.house.command("staff", "set", "1", "--channel", "1", "--inherit")
    await world.anna.wait_for(said("One more thing"))


@FLAT
async def test_a_manager_looks_at_the_team_and_changes_nothing(world: World) -> None:
    await world.team_starts()
    await world.maria.write("/team")
    page = await world.maria.wait_for(lambda m: "The team" in m.text)
    assert "Invite someone" not in page.labels
    await world.maria.tap("Anna", message=page)
    person = await world.maria.wait_for(lambda m: "Receives new clients" in m.text)
    assert person.labels == ["‹ Team"]


@FLAT
async def test_the_team_is_led_by_buttons(world: World) -> None:
    await world.team_starts()
    await world.admin.start()
    await world.admin.wait_for(shows("You are an admin"))
    customer = await world.customer(501, "Zoe")
    await accepted(world, world.anna, customer, WORDS)
    menus = {name: set(await getattr(world, name).menu()) for name in ("anna", "maria", "quentin", "admin")}
    assert {"on", "off", "chats"} <= menus["anna"]
    assert "team" not in menus["anna"]
    assert "team" in menus["admin"]
    assert "transfer" not in menus["quentin"]
    assert "chats" in menus["quentin"]

    await world.admin.write("/team")
    team = await world.admin.wait_for(shows("The team: 5 people"))
    await world.admin.tap("Boris", team)
    page = await world.admin.wait_for(shows("Role: rep"))
    await world.admin.tap("manager", page)
    await world.admin.wait_for(shows("Role: manager"))
    await world.boris.wait_until(lambda all_: True)
    await world.admin.tap("Stop new clients", page)
    await world.admin.wait_for(shows("Receives new clients: no"))
    assert rows(world.house, "select role, receives_new_clients from staff where id = 2") == [("manager", 0)]
    await world.boris.write("/chat 1")
    await world.boris.wait_for(shows(WORDS))

    await world.admin.tap("‹ Team", page)
    await world.admin.tap("Ada", await world.admin.wait_for(shows("The team: 5 people")))
    await world.admin.wait_for(lambda m: m.text.startswith("Ada"))
    assert "last admin" in (await world.admin.tap("Take admin away", page)).text
    await world.admin.tap("‹ Team", page)
    await world.admin.tap("Anna", await world.admin.wait_for(shows("The team: 5 people")))
    await world.admin.wait_for(shows("Owns 1 client"))
    await world.admin.tap("Remove…", page)
    await world.admin.wait_for(shows("Who gets them?"))
    assert "1 client changed hands" in (await world.admin.tap("Boris", page)).text
    await world.boris.wait_for(shows("1 client of Anna's is yours now"))
    await world.anna.wait_until(lambda all_: not any(WORDS in m.text for m in all_))
    await world.anna.write("Hello?")
    await world.anna.wait_for(shows("one company's team"))
    assert await world.anna.menu() == []

    await world.admin.write("/invite")
    await world.admin.tap("rep", await world.admin.wait_for(lambda m: "rep" in m.labels))
    link = await world.admin.wait_for(shows("?start="))
    token = link.text.split("?start=")[1].split()[0]
    newcomer = (await world.telegram.person(21, "Nina")).chat(world.staff_bot)
    await newcomer.start(token)
    await newcomer.wait_for(shows("Hello, Nina."))
    second = (await world.telegram.person(22, "Olga")).chat(world.staff_bot)
    await second.start(token)
    await second.wait_for(shows("invitation"))
    assert rows(world.house, "select count(*) from staff where removed_at is null") == [(5,)]
    assert token not in world.house.log.read_text()
    assert rows(world.house, "select count(*) from invites where digest like ?", f"%{token}%") == [(0,)]
