"""What customers and the owner do, as webhooks tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from playground.whatsapp_gateway.control import ControlFailed

from .gateway import Stage, staged

ANN = "79161112233@c.us"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


async def test_a_text_is_told_as_documented(stage: Stage) -> None:
    message = await stage.ann.write("Hi there!")
    payload = await stage.hook.last("message.any")
    assert payload["id"] == f"false_{ANN}_{message.id}"
    wanted = {
        "from": ANN,
        "fromMe": False,
        "source": "app",
        "participant": None,
        "body": "Hi there!",
        "hasMedia": False,
        "media": None,
        "replyTo": None,
        "location": None,
        "vCards": [],
    }
    assert {name: payload[name] for name in wanted} == wanted
    assert payload["timestamp"] == int(message.at)
    assert payload["_data"]["Info"]["PushName"] == "Ann"


@pytest.mark.parametrize(
    ("kind", "mime", "tail", "name"),
    [
        ("image", "image/jpeg", ".jpeg", None),
        ("video", "video/mp4", ".mp4", None),
        ("gif", "video/mp4", ".mp4", None),
        ("video_note", "video/mp4", ".mp4", None),
        ("voice", "audio/ogg; codecs=opus", ".oga", None),
        ("audio", "audio/mpeg", ".mp3", None),
        ("document", "application/pdf", ".pdf", "offer.pdf"),
        ("sticker", "image/webp", ".webp", None),
    ],
)
async def test_files_are_fetched_with_the_key_for_three_minutes(
    stage: Stage, kind: str, mime: str, tail: str, name: str | None
) -> None:
    message = await stage.ann.send(kind, size=100_000, caption="look")
    payload = await stage.hook.last("message.any")
    media = payload["media"]
    assert (payload["hasMedia"], media["mimetype"], media["filename"]) == (True, mime, name)
    assert media["url"] == f"{stage.server.url}/api/files/false_{ANN}_{message.id}{tail}"
    path = media["url"].removeprefix(stage.server.url)
    assert (await stage.waha.api("GET", path)).content == await stage.ann.download(message)
    assert (await stage.waha.api("GET", path, headers={"X-Api-Key": "no"})).status_code == 401
    await stage.waha.advance(181)
    assert (await stage.waha.api("GET", path)).status_code == 404
    await stage.get(f"/api/default/chats/{ANN}/messages?limit=1")
    assert (await stage.waha.api("GET", path)).status_code == 200, "reading back publishes it again"


async def test_a_file_may_be_missing(stage: Stage) -> None:
    await stage.ann.send("image", without_media=True)
    payload = await stage.hook.last("message.any")
    assert (payload["hasMedia"], payload["media"]) == (True, None)


async def test_urls_of_files_may_begin_differently(stage: Stage) -> None:
    await stage.waha.options(media_base_url="http://localhost:3000")
    await stage.ann.send("image")
    assert (await stage.hook.last("message.any"))["media"]["url"].startswith("http://localhost:3000/api/files/false_")


async def test_places_contacts_and_replies(stage: Stage) -> None:
    first = await stage.ann.write("Where?")
    await stage.ann.location(55.75, 37.61, "Office", reply_to=first)
    place = await stage.hook.last("message.any", 2)
    assert place["location"] == {"description": "Office", "latitude": "55.75", "longitude": "37.61"}
    assert (place["replyTo"]["id"], place["replyTo"]["body"]) == (first.id, "Where?")
    await stage.ann.vcard("Boris", "+7 916 000-00-00")
    assert "waid=79160000000" in (await stage.hook.last("message.any", 3))["vCards"][0]


async def test_what_has_no_field_of_its_own_is_in_the_engines_data(stage: Stage) -> None:
    await stage.ann.poll("Which?", ["Red", "Blue"])
    payload = await stage.hook.last("message.any")
    assert (payload["body"], payload["hasMedia"]) == ("", False)
    assert payload["_data"]["Message"]["pollCreationMessageV3"]["name"] == "Which?"
    await stage.ann.write("", extra={"body": None, "_data": {"anything": []}})
    payload = await stage.hook.last("message.any", 2)
    assert (payload["body"], payload["_data"]) == (None, {"anything": []})


async def test_changes_name_the_message_by_its_bare_id(stage: Stage) -> None:
    message = await stage.ann.write("helo")
    await stage.ann.edit(message, "hello")
    edited = await stage.hook.last("message.edited")
    assert (edited["editedMessageId"], edited["body"]) == (message.id, "hello")
    assert edited["id"].startswith(f"false_{ANN}_")
    assert message.id not in edited["id"]
    await stage.ann.revoke(message)
    revoked = await stage.hook.last("message.revoked")
    assert (revoked["revokedMessageId"], revoked["before"]) == (message.id, None)
    seen = await stage.ann.seen(message)
    assert (seen.revoked, seen.text, seen.versions) == (True, "", ["helo", "hello"])
    with pytest.raises(ControlFailed, match="somebody else"):
        await stage.ann.revoke(message, owner=True)


async def test_reactions_name_it_by_its_full_id(stage: Stage) -> None:
    message = await stage.ann.write("deal?", owner=True)
    await stage.ann.react(message, "🙏")
    payload = await stage.hook.last("message.reaction")
    assert payload["reaction"] == {"text": "🙏", "messageId": f"true_{ANN}_{message.id}"}
    assert (payload["from"], payload["fromMe"], payload["participant"]) == (ANN, False, ANN)
    await stage.ann.react(message, "")
    assert (await stage.hook.last("message.reaction", 2))["reaction"]["text"] == ""
    assert (await stage.ann.seen(message)).reactions == {}


async def test_what_the_owner_types_on_the_phone_is_told_with_its_ticks(stage: Stage) -> None:
    message = await stage.ann.write("From the phone", owner=True)
    payload = await stage.hook.last("message.any")
    assert (payload["fromMe"], payload["source"], payload["to"]) == (True, "app", ANN)
    await stage.ann.read()
    acks = await stage.hook.wait("message.ack", 3)
    assert [(ack["id"], ack["ackName"]) for ack in acks] == [
        (f"true_{ANN}_{message.id}", name) for name in ("SERVER", "DEVICE", "READ")
    ]


async def test_a_phone_that_is_off_gets_its_tick_later(stage: Stage) -> None:
    await stage.waha.person("79161112233", phone_on=False)
    message = await stage.ann.write("there?", owner=True)
    assert (await stage.ann.seen(message)).ack == 1
    await stage.waha.person("79161112233", phone_on=True)
    assert (await stage.ann.seen(message)).ack == 2


async def test_calls_are_told(stage: Stage) -> None:
    call = await stage.ann.call(video=True)
    payload = await stage.hook.last("call.received")
    assert (payload["id"], payload["from"], payload["isVideo"], payload["isGroup"]) == (call, ANN, True, False)


async def test_a_person_may_come_by_a_hidden_number(stage: Stage) -> None:
    await stage.waha.person("79161112233", by_lid=True)
    await stage.ann.write("incognito")
    payload = await stage.hook.last("message.any")
    assert payload["from"] == "123456789012345@lid"
    assert payload["_data"]["Info"]["SenderAlt"] == "79161112233@s.whatsapp.net"
    known = {"lid": "123456789012345@lid", "pn": ANN}
    assert await stage.get("/api/default/lids/123456789012345@lid") == known
    assert await stage.get("/api/default/lids/pn/79161112233") == known
    assert await stage.get("/api/default/lids") == [known]


async def test_and_the_phone_behind_it_may_be_unknown(stage: Stage) -> None:
    await stage.waha.person("79161112233", by_lid=True, mapped=False)
    await stage.ann.write("incognito")
    assert (await stage.hook.last("message.any"))["_data"]["Info"]["SenderAlt"] == ""
    assert await stage.get("/api/default/lids/123456789012345%40lid") == {"lid": "123456789012345@lid", "pn": None}
    assert await stage.get("/api/default/lids/pn/79161112233") == {"lid": None, "pn": ANN}
    await stage.send(chatId="123456789012345@lid", text="who is it?")
    assert (await stage.ann.last()).text == "who is it?", "it is the same chat"


@pytest.mark.parametrize("room", ["120363000000000000@g.us", "120363000000000001@newsletter", "status@broadcast"])
async def test_groups_newsletters_and_the_status_come_as_such(stage: Stage, room: str) -> None:
    await stage.waha.room(room, "Room")
    people = (await stage.waha.person("79161112233")).chat(stage.shop, room)
    message = await people.write("to all")
    payload = await stage.hook.last("message.any")
    by = None if room.endswith("@newsletter") else ANN
    assert (payload["from"], payload["participant"]) == (room, by)
    assert payload["id"] == f"false_{room}_{message.id}" + (f"_{by}" if by else "")


async def test_and_may_be_ignored(stage: Stage) -> None:
    await stage.waha.room("120363000000000000@g.us", "Room")
    hooks = (await stage.get("/api/sessions/default"))["config"]["webhooks"]
    await stage.put("/api/sessions/default", config={"webhooks": hooks, "ignore": {"groups": True}})
    group = (await stage.waha.person("79161112233")).chat(stage.shop, "120363000000000000@g.us")
    await group.write("to all")
    await stage.ann.write("to you")
    assert [one["body"] for one in await stage.hook.wait("message.any")] == ["to you"]


async def test_history_is_told_to_nobody_and_read_back_newest_first(stage: Stage) -> None:
    await stage.ann.history([(86_400, False, "Do you have red ones?"), (86_000, True, "Yes"), (100, False, "Thanks")])
    chats = await stage.get("/api/default/chats?limit=10&offset=0")
    assert [(chat["id"], chat["name"]) for chat in chats] == [(ANN, "Ann")]
    path = f"/api/default/chats/{ANN}/messages"
    told = await stage.get(f"{path}?limit=2&downloadMedia=false")
    assert [(one["body"], one["fromMe"]) for one in told] == [("Thanks", False), ("Yes", True)]
    assert [one["body"] for one in await stage.get(f"{path}?limit=2&offset=2")] == ["Do you have red ones?"]
    since = told[1]["timestamp"] + 1
    assert [one["body"] for one in await stage.get(f"{path}?filter.timestamp.gte={since}")] == ["Thanks"]
    assert len(await stage.get("/api/default/chats/overview")) == 1
    await stage.waha.settled()
    assert stage.hook.all("message.any") == []
