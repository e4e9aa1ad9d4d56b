"""An admin adds a channel in the bot, sets it, and tries it with a made-up client; all of it inside the staff bot."""

from pathlib import Path

from playground.telegram.control import BotAccount, Talk
from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN
from tests.end_to_end.scenes import ACCEPT, FLAT, TOPICS, Look, posts, rows, shows

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
    await world.admin.wait_for(shows("how are new clients handed out"))
    await world.admin.tap("First to accept")
    await world.admin.wait_for(shows("who receives new clients"))
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("where do its leads begin"))
    await world.admin.tap("Finish ›")
    await world.admin.wait_for(shows("is ready"))


def live_page(words: str = "") -> Look:
    return lambda message: "inside only" in message.text and "Test of" in message.text and words in message.text


async def answered(admin: Talk) -> None:
    """What a rep does: accept, and answer where the client's words stand."""
    card = await admin.wait_for(lambda m: MADE_UP in m.text and ACCEPT in m.labels)
    assert "TEST" in card.text
    await admin.tap(ACCEPT, card)
    said = await admin.wait_for(lambda m: MADE_UP in m.text and m.message_id != card.message_id)
    await admin.write("Welcome!", reply_to=said.message_id, thread=said.thread_id)


async def test_the_first_channel_is_added_and_tested_by_itself(world: World) -> None:
    world.house.command("channel", "remove", "1")
    await world.team_starts()
    bot = await boutique_bot(world)
    await connected(world)
    page = await world.admin.wait_for(live_page("received"))
    assert page.media is not None
    await answered(world.admin)

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
    await answered(world.admin)
    await world.admin.wait_for(live_page("Passed"))

    await world.admin.wait_until(lambda all_: not any(MADE_UP in m.text or "Welcome!" in m.text for m in all_))
    assert [topic.name for topic in await world.admin.topics() if "TEST" in topic.name or "🧪" in topic.name] == []
    for table in ("clients", "conversations", "messages", "offers", "leads", "builtin_deals", "message_copies"):
        assert rows(world.house, f"SELECT count(*) FROM {table}") == [(0,)], table
