"""An admin adds a channel in the bot, sets it, and tries it with a made-up client; all of it inside the staff bot."""

import json

from playground.telegram.control import BotAccount
from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, Look, posts, quiet, rows, set_up_from_its_name, shows

NEW_TOKEN = "123456789:AAF-second-shop-token-ccccccccccccc"
BOTFATHER = f"Done! Congratulations on your new bot. Use this token to access the HTTP API:\n{NEW_TOKEN}\nKeep it safe."
MADE_UP = "I am a made-up client"


async def boutique_bot(world: World) -> BotAccount:
    return await world.telegram.bot(NEW_TOKEN, username="boutique_bot", first_name="Boutique bot")


async def asked_for_token(world: World) -> Seen:
    """/channels, Add a channel, Telegram bot."""
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(shows("channel"))
    await world.admin.wait_for(lambda m: "Add a channel" in m.labels)
    await world.admin.tap("Add a channel")
    await world.admin.wait_for(lambda m: "Telegram bot" in m.labels)
    await world.admin.tap("Telegram bot")
    return await world.admin.wait_for(shows("/newbot"))


async def connected(world: World, name: str = "Boutique") -> None:
    """Through the whole set-up, with the usual answers."""
    await asked_for_token(world)
    await world.admin.write(BOTFATHER)
    await world.admin.wait_for(shows("@boutique_bot is connected"))
    await world.admin.write(name)
    await set_up_from_its_name(world)


def live_page(words: str = "") -> Look:
    return lambda message: "inside only" in message.text and "Test of" in message.text and words in message.text


async def answered(world: World) -> None:
    """What a rep does: accept, and answer where the client's words stand."""
    admin = world.admin
    card = await admin.wait_for(lambda m: MADE_UP in m.text and ACCEPT in m.labels)
    assert "TEST" in card.text
    await admin.tap(ACCEPT, card)
    said = await admin.wait_for(lambda m: MADE_UP in m.text and m.message_id != card.message_id)
    await quiet(world)
    await admin.write("Welcome!", reply_to=said.message_id, thread=said.thread_id)


async def test_the_first_channel_is_added_and_tested_by_itself(world: World) -> None:
    world.house.command("channel", "remove", "1")
    await world.team_starts()
    bot = await boutique_bot(world)
    await connected(world)
    page = await world.admin.wait_for(live_page("received"))
    assert page.media is not None
    await answered(world)

    passed = await world.admin.wait_for(live_page("Passed"))
    for hop in ("made-up client has written", "card", "accepted", "read back from the CRM", "answered", "loop back"):
        assert any(line.startswith("✅") and hop in line for line in passed.text.splitlines()), (hop, passed.text)
    assert "✅ token: good (@boutique_bot)" in passed.text
    assert "https://t.me/boutique_bot" in passed.text
    assert "🟢" not in passed.text
    assert not await posts(world.anna, shows(MADE_UP))
    assert not await world.telegram.calls("sendMessage", bot)

    customer = (await world.telegram.person(501, "Zoe")).chat(bot)
    await customer.start()
    await world.admin.wait_for(live_page("🟢 received from Telegram"))


async def test_what_a_test_made_is_removed(world: World) -> None:
    await world.team_starts()
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Shop" in label for label in m.labels))
    await world.admin.tap("Shop")
    await world.admin.wait_for(lambda m: "Test it now" in m.labels)
    await world.admin.tap("Test it now")
    await answered(world)
    await world.admin.wait_for(live_page("Passed"))

    await world.admin.wait_until(
        lambda left: not any(word in m.text for m in left for word in (MADE_UP, "Welcome!", "🧪"))
    )
    assert not any("🧪" in topic.name for topic in await world.admin.topics())
    for table in ("clients", "conversations", "messages", "offers", "leads", "builtin_deals", "message_copies"):
        assert rows(world.house, f"SELECT count(*) FROM {table}") == [(0,)], table


async def test_nobody_else_sees_a_test_client(world: World) -> None:
    await world.team_starts()
    await world.admin.start()
    await tested(world)
    card = await world.admin.wait_for(lambda m: MADE_UP in m.text and ACCEPT in m.labels)
    await world.admin.tap(ACCEPT, card)
    await world.admin.wait_for(live_page("now write the client an answer"))
    [(client_id,)] = rows(world.house, "SELECT id FROM clients")

    await world.admin.write("/chats")
    await world.admin.wait_for(shows("Open conversations · 1"))
    for talk in (world.maria, world.quentin):
        await talk.write("/chats")
        await talk.wait_for(shows("Open conversations · 0"))
        await talk.write(f"/chat {client_id}")
        await talk.wait_for(shows("not yours to see"))
    await world.maria.write("/pipeline")
    await world.maria.wait_for(shows("0 open leads"))


async def tested(world: World) -> None:
    """/channels, the channel, Test it now."""
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Shop" in label for label in m.labels))
    await world.admin.tap("Shop")
    await world.admin.wait_for(lambda m: "Test it now" in m.labels)
    await world.admin.tap("Test it now")
    await world.admin.wait_for(live_page())


@FLAT
async def test_a_test_survives_a_restart_and_can_be_stopped(world: World) -> None:
    await world.admin.start()
    await tested(world)
    await world.admin.wait_for(live_page("your card stands below"))
    world.house.kill()
    await world.house.start()
    card = await world.admin.wait_for(lambda m: MADE_UP in m.text and ACCEPT in m.labels)
    await world.admin.tap(ACCEPT, card)
    await world.admin.wait_for(live_page("✅ you have accepted"))
    await world.admin.tap("Stop the test")
    await world.admin.wait_for(live_page("Stopped."))
    await world.admin.wait_until(lambda left: not any("🧪" in m.text for m in left))
    assert rows(world.house, "SELECT count(*) FROM clients") == [(0,)]


@TOPICS
async def test_an_admin_without_any_role_can_test(world: World) -> None:
    world.house.command("staff", "set", "5", "--role", "none")
    await world.admin.start()
    await tested(world)
    await answered(world)
    await world.admin.wait_for(live_page("Passed"))


# --- the token ---


async def nowhere(world: World, token: str) -> None:
    """Not in the chat, not in the log, and not readable in the database."""
    await world.admin.wait_until(lambda left: not any(token in m.text for m in left))
    for path in world.house.folder.glob("dibs*"):
        assert token.encode() not in path.read_bytes(), path


@FLAT
async def test_the_token_is_kept_nowhere(world: World) -> None:
    await boutique_bot(world)
    await asked_for_token(world)
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("@boutique_bot is connected"))
    await nowhere(world, NEW_TOKEN)


@FLAT
async def test_a_token_nobody_asked_for_is_deleted(world: World) -> None:
    await world.admin.start()
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("looked like a bot's token"))
    await nowhere(world, NEW_TOKEN)
    assert not await posts(world.admin, shows("Who is this for?"))


@FLAT
async def test_wrong_tokens_are_explained_and_the_form_stays_open(world: World) -> None:
    bot = await boutique_bot(world)
    await asked_for_token(world)
    for wrong, answer in (
        ("hello", "no token"),
        ("777777777:AAA-nobody-knows-this-token-eeeeeeee", "does not know this token"),
        (STAFF_TOKEN, "token of this very bot"),
        (SHOP_TOKEN, "connected already"),
    ):
        await world.admin.write(wrong)
        await world.admin.wait_for(shows(answer))
    await world.telegram.fault("getMe", "hang", bot, seconds=30)
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("can't be reached just now"), seconds=15)
    await world.telegram.clear_faults()
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("@boutique_bot is connected"))


@FLAT
async def test_the_setup_goes_on_after_a_restart(world: World) -> None:
    await boutique_bot(world)
    await asked_for_token(world)
    world.house.kill()
    await world.house.start()
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("@boutique_bot is connected"))
    assert rows(world.house, "SELECT state FROM channels WHERE id = 2") == [("paused",)]
    world.house.kill()
    await world.house.start()
    await world.admin.tap("Keep «Boutique bot»")
    await world.admin.wait_for(shows("how are new clients handed out"))
    await world.admin.tap("In turn")
    await world.admin.wait_for(shows("who receives new clients"))
    await world.admin.tap("Anna")
    await world.admin.wait_for(lambda m: any("⚪️ Anna" in label for label in m.labels))
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("where do its leads begin"))
    await world.admin.tap("Qualified")
    await world.admin.wait_for(lambda m: "✓ Qualified" in m.labels)
    await world.admin.tap("Finish ›")
    await world.admin.wait_for(lambda m: "Test it now" in m.labels and "Later" in m.labels)
    await world.admin.tap("Later")
    await world.admin.wait_for(shows("Qualified"))
    [channel] = [one for one in listed(world) if one["id"] == 2]
    assert (channel["name"], channel["state"], channel["distribution"]) == ("Boutique bot", "active", "in_turn")
    assert rows(world.house, "SELECT receives_new_clients FROM staff_channels WHERE channel_id = 2") == [(0,)]


def listed(world: World) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(world.house.command("channel", "list", "--json").stdout)
    return found


# --- a Telegram account ---


@FLAT
async def test_a_telegram_account_is_connected_by_a_bot_in_business_mode(world: World) -> None:
    bot = await boutique_bot(world)
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: "Add a channel" in m.labels)
    await world.admin.tap("Add a channel")
    await world.admin.wait_for(lambda m: "Telegram account" in m.labels)
    await world.admin.tap("Telegram account")
    await world.admin.wait_for(shows("Business Mode"))
    await world.admin.write(NEW_TOKEN)
    await world.admin.wait_for(shows("can't be connected to accounts"))
    await world.telegram.set_bot(bot, can_connect_to_business=True)
    await world.admin.write(NEW_TOKEN)
    page = await world.admin.wait_for(shows("Chatbots: enter @boutique_bot"))
    assert "Telegram Premium" in page.text
    await nowhere(world, NEW_TOKEN)
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("What is the channel called?"))
    await world.admin.write("Desk")
    await world.admin.wait_for(shows("how are new clients handed out"))
    assert rows(world.house, "SELECT kind, name FROM channels WHERE id = 2") == [("telegram_business", "Desk")]


# --- what can be set ---


@FLAT
async def test_a_channel_is_set_by_taps(world: World) -> None:
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Shop" in label for label in m.labels))
    await world.admin.tap("Shop")
    await world.admin.wait_for(lambda m: "Delays" in m.labels)
    await world.admin.tap("New clients: first to accept ⇄")
    await world.admin.wait_for(lambda m: "New clients: in turn ⇄" in m.labels)
    await world.admin.tap("Delays")
    await world.admin.wait_for(lambda m: "Remind after: 2 min" in m.labels)
    await world.admin.tap("Remind after: 2 min")
    await world.admin.wait_for(lambda m: "off" in m.labels)
    await world.admin.tap("off")
    await world.admin.wait_for(lambda m: "Remind after: off" in m.labels)
    await world.admin.tap("Ask the managers after")
    await world.admin.wait_for(lambda m: "30 min" in m.labels)
    answer = await world.admin.tap("30 min")
    assert "after the one before" in answer.text
    await world.admin.tap("15 min")
    await world.admin.wait_for(lambda m: "Ask the managers after: 15 min" in m.labels)
    await world.admin.tap("‹ Shop")
    await world.admin.wait_for(lambda m: "Pause" in m.labels)
    await world.admin.tap("Pause")
    await world.admin.wait_for(lambda m: "Resume" in m.labels)
    await world.admin.tap("Resume")
    await world.admin.wait_for(lambda m: "Pause" in m.labels)
    await world.admin.tap("Rename")
    await world.admin.wait_for(shows("What is the channel called?"))
    await world.admin.write("Shoes")
    await world.admin.wait_for(lambda m: m.text.startswith("Shoes") and "Rename" in m.labels)
    assert len(await posts(world.admin, shows("Telegram bot · @shop_bot"))) == 1


@FLAT
async def test_roles_differ_by_channel(world: World) -> None:
    await world.team_starts()
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Shop" in label for label in m.labels))
    await world.admin.tap("Shop")
    await world.admin.wait_for(lambda m: "People" in m.labels)
    await world.admin.tap("People")
    await world.admin.wait_for(lambda m: any("Boris" in label for label in m.labels))
    await world.admin.tap("Boris")
    await world.admin.wait_for(lambda m: "no access" in m.labels)
    await world.admin.tap("no access")
    await world.admin.wait_for(lambda m: "✓ no access" in m.labels)
    customer = await world.customer(501, "Zoe")
    await customer.write("Blue shoes?")
    await world.anna.wait_for(shows("Blue shoes?"))
    assert not await posts(world.boris, shows("Blue shoes?"))
    await world.admin.tap("As everywhere")
    await world.boris.wait_for(shows("Blue shoes?"))


@FLAT
async def test_link_and_code_and_disconnecting(world: World) -> None:
    await world.admin.start()
    await world.admin.write("/channels")
    await world.admin.wait_for(lambda m: any("Shop" in label for label in m.labels))
    await world.admin.tap("Shop")
    await world.admin.wait_for(lambda m: "Link and QR code" in m.labels)
    await world.admin.tap("Link and QR code")
    code = await world.admin.wait_for(shows("https://t.me/shop_bot"))
    assert (await world.admin.download(code)).startswith(b"\x89PNG")
    await world.admin.tap("Close", code)
    await world.admin.wait_until(lambda left: not any("https://t.me/shop_bot" in m.text for m in left))
    await world.admin.tap("Disconnect…")
    await world.admin.wait_for(shows("Disconnect «Shop»?"))
    await world.admin.tap("Disconnect")
    await world.admin.wait_for(shows("No channel is connected yet"))
    assert listed(world) == []


@FLAT
async def test_channels_are_for_admins(world: World) -> None:
    await world.team_starts()
    await world.anna.write("/channels")
    refused = await world.anna.wait_for(shows("admin"))
    for forged in ("te:1", "cx:1", "cz:1:1", "cn:telegram", "p:channel:1"):
        await world.anna.forge(refused, forged)
    assert [(one["name"], one["state"]) for one in listed(world)] == [("Shop", "active")]
    assert rows(world.house, "SELECT count(*) FROM channel_tests") == [(0,)]
    assert not await posts(world.anna, lambda m: "Test it now" in m.labels)
