"""What is said, in every form, goes both ways."""

from playground.telegram.control import Talk
from playground.telegram.control_types import Item, Json, Seen
from playground.telegram.options import MEGABYTE
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, accepted, answering, posts, quiet, said, shows

FILES = ("photo", "video", "video_note", "voice", "audio", "document", "sticker", "animation")
CAPTIONED = frozenset(FILES) - {"video_note", "sticker"}
FORMATTED = "🦊 bold and a link"
ENTITIES: list[Json] = [
    {"type": "bold", "offset": 3, "length": 4},
    {"type": "text_link", "offset": 14, "length": 4, "url": "https://example.com/"},
]


async def say_everything(speaker: Talk, how: Json) -> None:
    await speaker.write(FORMATTED, ENTITIES, **how)
    for kind in FILES:
        caption = f"see my {kind}" if kind in CAPTIONED else ""
        await speaker.send(kind, data=kind.encode() * 300, caption=caption, **how)
    await speaker.location(52.5, 13.4, **how)
    await speaker.venue(52.5, 13.4, "Shop", "Main Street 1", **how)
    await speaker.contact("+4915112345678", "Bob", **how)


async def hear_everything(hearer: Talk) -> None:
    """In the order in which it was said, whole."""
    contact = await hearer.wait_for(lambda m: m.from_bot and "contact" in m.content, 20)
    heard = [m for m in await hearer.messages() if m.from_bot and m.message_id <= contact.message_id]
    files = [m for m in heard if m.media is not None]
    assert [m.media.kind for m in files if m.media] == list(FILES)
    for message, kind in zip(files, FILES, strict=True):
        assert await hearer.download(message) == kind.encode() * 300
        assert message.text.endswith(f"see my {kind}") if kind in CAPTIONED else not message.text
    text = next(m for m in heard if FORMATTED in m.text)
    before = len(text.text.encode("utf-16-le")) // 2 - len(FORMATTED) - 1
    shifted = [one | {"offset": one["offset"] + before} for one in ENTITIES]
    assert [one for one in text.entities if one["type"] == "text_link" or one["length"] == 4] == shifted
    places = [m.content for m in heard if "location" in m.content]
    assert ["venue" in place for place in places] == [False, True]
    assert places[1]["venue"]["title"] == "Shop"
    assert contact.content["contact"]["phone_number"].endswith("4915112345678")


async def test_every_kind_goes_both_ways(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe <3")
    first = await accepted(world, world.anna, customer, "Hello there")
    await say_everything(customer, {})
    await hear_everything(world.anna)
    await say_everything(world.anna, answering(first))
    await hear_everything(customer)

    await customer.poll("Blue or red?", ["Blue", "Red"])
    await customer.dice()
    await customer.say({"game": {"title": "Chess", "description": "Play", "photo": []}})
    for mark in ("📊 Poll", "🎲 Dice", "🎮 Game"):
        await world.anna.wait_for(said(mark))
    poll = await world.anna.poll("Which size?", ["39", "40"], **answering(first))
    failed = await world.anna.wait_for(lambda m: m.reply_to == poll.message_id and "Not sent" in m.text)
    assert "no such kind" in failed.text


async def test_replies_edits_deletions_and_reactions_show_on_the_other_side(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await accepted(world, anna, customer, "Hello there")
    asked = await customer.write("Is it blue?")
    await customer.write("Or red?")
    shown = await anna.wait_for(said("Is it blue?"))
    await quiet(world)
    mine = await anna.write("Deep blue", reply_to=shown)
    heard = await customer.wait_for(shows("Deep blue"))
    assert heard.reply_to == asked.message_id
    await quiet(world)
    await customer.write("How deep?", reply_to=heard)
    assert (await anna.wait_for(said("How deep?"))).reply_to == mine.message_id

    await customer.edit(asked, "Is it green?")
    await anna.wait_for(lambda m: m.message_id == shown.message_id and "Is it green?" in m.text and "edited" in m.text)
    await anna.edit(mine, "Deep green")
    await customer.wait_for(lambda m: m.message_id == heard.message_id and m.text == "Deep green")
    picture = await customer.send("photo", caption="this one")
    framed = await anna.wait_for(said("this one"))
    await quiet(world)
    await customer.edit(picture, "that one")
    await anna.wait_for(lambda m: m.message_id == framed.message_id and "that one" in m.text)
    await world.maria.write("/chat 1")
    page = await world.maria.wait_for(shows("before: Is it blue?"))
    assert "before: Deep blue" in page.text

    await customer.react(heard, "👍")
    await anna.wait_for(lambda m: m.message_id == mine.message_id and m.emojis == ["👍"])
    await customer.react(heard)
    await anna.wait_for(lambda m: m.message_id == mine.message_id and m.emojis == [])
    await anna.write("/react 🔥", reply_to=shown)
    await customer.wait_for(lambda m: m.message_id == asked.message_id and m.emojis == ["🔥"])
    await anna.react(framed, "🎉")
    await customer.wait_for(lambda m: m.message_id == picture.message_id and m.emojis == ["🎉"])
    await anna.write("/react 🚗", reply_to=shown)
    await anna.wait_for(shows("did not reach the client"))

    await anna.write("/delete", reply_to=shown)
    await anna.wait_for(shows("Only what the team wrote can be deleted"))
    await anna.write("/delete", reply_to=mine)
    await customer.wait_until(lambda all_: all(m.message_id != heard.message_id for m in all_))
    assert (await customer.seen(heard)).deleted
    await world.maria.write("/chat 1")
    await world.maria.wait_for(shows("🗑 deleted"))


async def test_albums_stay_together_and_what_came_before_accept_is_there(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await customer.send("voice", data=b"hello" * 100)
    await customer.album([Item("photo", caption="all three"), Item("video"), Item("photo")])
    await anna.wait_for(lambda m: ACCEPT in m.labels and m.text.count("📷") == 2 and "🎤" in m.text)
    await anna.tap(ACCEPT)
    assert await anna.download(await anna.wait_for(lambda m: m.media is not None and m.media.kind == "voice"))
    before = await album(anna, 3)
    assert before[0].text.endswith("all three")

    asked = await customer.write("And these?")
    await customer.album([Item("document", caption="one"), Item("document", caption="two")], reply_to=asked)
    papers = await album(anna, 2, "document")
    shown = await anna.wait_for(said("And these?"))
    await quiet(world)
    assert papers[0].reply_to == shown.message_id
    sent = await anna.album([Item("photo", caption="ours"), Item("photo"), Item("video")], reply_to=shown)
    heard = await album(customer, 3)
    assert heard[0].text == "ours"
    assert heard[0].reply_to == asked.message_id
    await quiet(world)
    await customer.write("The second", reply_to=heard[1])
    assert (await anna.wait_for(said("The second"))).reply_to == sent[1].message_id

    await world.maria.write("/chat 1")
    await world.maria.tap("Open here", await world.maria.wait_for(shows("The second")))
    hers = await world.maria.wait_for(said("The second"))
    await quiet(world)
    await world.maria.album([Item("audio", caption="from me"), Item("audio"), Item("audio")], **answering(hers))
    assert "Maria" in (await album(anna, 3, "audio"))[0].text
    await album(customer, 3, "audio")


async def album(talk: Talk, parts: int, kind: str = "photo") -> list[Seen]:
    """The newest album of the bot's, once it has so many parts."""

    def newest(messages: list[Seen]) -> list[Seen]:
        names = [m.album for m in messages if m.album and m.from_bot and m.media and m.media.kind == kind]
        return [m for m in messages if names and m.album == names[-1]]

    return newest(await talk.wait_until(lambda all_: len(newest(all_)) == parts))


async def test_what_is_too_large_is_said_to_both_sides(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    first = await accepted(world, anna, customer, "Hello there")
    await customer.send("video", size=21 * MEGABYTE)
    line = await anna.wait_for(said("too big to be fetched"))
    assert "22.0 MB" in line.text
    await customer.wait_for(shows("too big"))
    mine = await anna.send("document", size=21 * MEGABYTE, **answering(first))
    failed = await anna.wait_for(lambda m: m.reply_to == mine.message_id and "Not sent" in m.text)
    assert "too big" in failed.text
    assert "Retry" in failed.labels


async def test_what_is_written_to_nobody_is_kept_and_asked_about(world: World) -> None:
    anna = world.anna
    await world.team_starts()
    zoe, yan = await world.customer(501, "Zoe"), await world.customer(502, "Yan")
    await accepted(world, anna, zoe, "I am Zoe here")
    await accepted(world, anna, yan, "I am Yan here")
    await anna.write("Your shoes are ready")
    first = await anna.wait_for(shows("Who is this for? “Your shoes"))
    mended = await anna.write("Your bag is raedy")
    second = await anna.wait_for(shows("Who is this for? “Your bag"))
    await anna.edit(mended, "Your bag is ready")
    await anna.album([Item("photo", caption="the pair"), Item("photo")])
    third = await anna.wait_for(lambda m: "Who is this for?" in m.text and "the pair" in m.text)
    assert set(first.labels) == {"Zoe", "Yan"}
    await quiet(world)
    world.house.kill()
    await world.house.start()

    assert (await anna.tap("Yan", second)).text == "Sent to Yan."
    assert (await anna.tap("Zoe", first)).text == "Sent to Zoe."
    assert (await anna.tap("Zoe", third)).text == "Sent to Zoe."
    await yan.wait_for(lambda m: m.text == "Your bag is ready")
    await zoe.wait_for(lambda m: m.text == "Your shoes are ready")
    await album(zoe, 2)
    assert not await posts(yan, shows("shoes"))
    await anna.wait_until(lambda all_: not any("Who is this for?" in m.text for m in all_))
    assert "write it again" in (await anna.forge(await anna.last(), second.buttons[0][0]["callback_data"])).text
