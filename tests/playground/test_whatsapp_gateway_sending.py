"""What the API sends, as the customer sees it; refusals; faults."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from .gateway import Stage, staged

ANN = "79161112233@c.us"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


def file(data: bytes, mime: str, name: str = "") -> dict[str, str]:
    given = {"mimetype": mime, "data": base64.b64encode(data).decode()}
    return given | ({"filename": name} if name else {})


async def test_a_text_arrives_and_is_told_back_as_sent_by_the_api(stage: Stage) -> None:
    answer = await stage.send(text="Hello, Ann")
    seen = await stage.ann.wait_for(lambda message: message.source == "api")
    assert (seen.text, seen.from_me, answer["id"]) == ("Hello, Ann", True, f"true_{ANN}_{seen.id}")
    payload = await stage.hook.last("message.any")
    assert (payload["id"], payload["fromMe"], payload["source"]) == (answer["id"], True, "api")
    await stage.hook.wait("message.ack", 2)
    assert (await stage.ann.seen(seen)).ack_name == "DEVICE"


async def test_the_same_id_sends_once(stage: Stage) -> None:
    first = await stage.send(text="Hello", id="BBBBBBBBBBBBBBBB")
    assert first["id"] == f"true_{ANN}_BBBBBBBBBBBBBBBB"
    assert await stage.send(text="Hello", id="BBBBBBBBBBBBBBBB") == first
    assert len(await stage.ann.messages()) == 1


@pytest.mark.parametrize(
    ("path", "mime", "kind"),
    [("sendImage", "image/png", "image"), ("sendVideo", "video/mp4", "video"), ("sendFile", "text/plain", "document")],
)
async def test_files_arrive_byte_for_byte(stage: Stage, path: str, mime: str, kind: str) -> None:
    first = await stage.ann.write("Send it")
    data = bytes(range(256)) * 100
    await stage.send(path, file=file(data, mime, "a.bin"), caption="here", reply_to=f"false_{ANN}_{first.id}")
    seen = await stage.ann.last()
    assert (seen.kind, seen.text, seen.reply_to) == (kind, "here", first.id)
    assert seen.media is not None
    assert (seen.media.name, seen.media.mime) == ("a.bin", mime)
    assert await stage.ann.download(seen) == data


async def test_voice_is_ogg_or_converted(stage: Stage) -> None:
    await stage.send("sendVoice", file=file(b"OggS....", "audio/ogg; codecs=opus"), convert=False)
    assert await stage.ann.download(await stage.ann.last()) == b"OggS...."
    refused = await stage.send("sendVoice", 422, file=file(b"ID3", "audio/mpeg"), convert=False)
    assert refused["statusCode"] == 422
    await stage.send("sendVoice", file=file(b"ID3", "audio/mpeg"), convert=True)
    seen = await stage.ann.last()
    assert seen.media is not None
    assert (seen.kind, seen.media.mime) == ("voice", "audio/ogg; codecs=opus")
    assert (await stage.ann.download(seen))[:4] == b"OggS"
    await stage.ann.play(seen)
    assert (await stage.hook.wait("message.ack", 5))[-1]["ackName"] == "PLAYED"


async def test_a_file_may_be_given_by_its_address(stage: Stage) -> None:
    message = await stage.ann.send("image")
    url = f"{stage.server.url}/ping"
    await stage.send("sendFile", file={"mimetype": "application/json", "filename": "p.json", "url": url})
    assert await stage.ann.download(await stage.ann.last()) == b'{"message": "pong"}'
    gone = f"{stage.server.url}/api/files/{message.id}"
    refused = await stage.send("sendFile", 500, file={"mimetype": "image/png", "url": gone})
    assert "401" in refused["exception"]["message"]
    assert refused["request"]["body"]["chatId"] == ANN, "WAHA repeats the request in it"


async def test_places_and_contacts_arrive(stage: Stage) -> None:
    await stage.send("sendLocation", latitude=38.89, longitude=-77.09, title="Our office")
    place = (await stage.ann.last()).location
    assert place == {"description": "Our office", "latitude": "38.89", "longitude": "-77.09"}
    vcard = "BEGIN:VCARD\nVERSION:3.0\nFN:Jane Doe\nTEL;waid=911111111111:+91 11111 11111\nEND:VCARD"
    await stage.send("sendContactVcard", contacts=[{"vcard": vcard}])
    assert (await stage.ann.last()).vcards == [vcard]
    await stage.send("sendContactVcard", contacts=[{"fullName": "Bob", "phoneNumber": "+1 555"}])
    assert "FN:Bob" in (await stage.ann.last()).vcards[0]


async def test_a_reaction_is_set_and_taken_away(stage: Stage) -> None:
    message = await stage.ann.write("Nice")
    body = {"session": "default", "messageId": message.full_id}
    await stage.put("/api/reaction", **body, reaction="👍")
    assert (await stage.ann.seen(message)).reactions == {"owner": "👍"}
    await stage.put("/api/reaction", **body, reaction="")
    assert (await stage.ann.seen(message)).reactions == {}


async def test_a_message_is_named_rightly(stage: Stage) -> None:
    message = await stage.ann.write("Nice")
    wrong = {"session": "default", "messageId": f"true_{ANN}_{message.id}", "reaction": "👍"}
    await stage.put("/api/reaction", 404, **wrong)
    await stage.put("/api/reaction", 400, **wrong | {"messageId": message.id})
    path = f"/api/default/chats/{ANN}/messages/{message.full_id}"
    assert (await stage.get(path))["body"] == "Nice"
    await stage.get(path + "0", 404)
    await stage.send(text="About what?", reply_to=f"false_{ANN}_AAAAAAAAAAAAAAAA")
    assert (await stage.hook.last("message.any", 2))["replyTo"]["body"] is None, "an unknown message is quoted empty"


async def test_reading_and_typing_are_seen(stage: Stage) -> None:
    message = await stage.ann.write("Anybody?")
    assert (await stage.ann.seen(message)).ack_name == "DEVICE"
    await stage.send("sendSeen", messageIds=[message.full_id])
    assert (await stage.ann.seen(message)).ack_name == "READ"
    await stage.send("startTyping")
    await stage.waha.advance(3)
    await stage.send("stopTyping")
    await stage.send("startTyping")
    await stage.send(text="Yes")
    first, second = await stage.ann.typing()
    assert 3 <= first.seconds < 4
    assert second.ended is not None, "a message ends it"


async def test_own_messages_are_edited_and_deleted_in_time(stage: Stage) -> None:
    sent = await stage.send(text="helo")
    path = f"/api/default/chats/{ANN}/messages/{sent['id']}"
    await stage.put(path, text="hello")
    seen = await stage.ann.last()
    assert (seen.text, seen.edited) == ("hello", True)
    await stage.hook.wait("message.edited")
    await stage.waha.advance(16 * 60)
    assert "too old" in (await stage.put(path, 422, text="later"))["message"]
    await stage.call("DELETE", path, 200)
    assert (await stage.ann.last()).revoked
    assert (await stage.call("DELETE", path, 404))["statusCode"] == 404
    theirs = await stage.ann.write("mine")
    await stage.put(f"/api/default/chats/{ANN}/messages/{theirs.id}", 422, text="yours")


async def test_numbers_are_checked_and_a_missing_one_fails_late(stage: Stage) -> None:
    check = "/api/contacts/check-exists?session=default&phone="
    assert await stage.get(f"{check}79161112233") == {"numberExists": True, "chatId": ANN}
    assert await stage.get(f"{check}15550000000") == {"numberExists": False}
    await stage.get(f"{check}%2B79161112233", 400)
    await stage.waha.person("551187654321", "Bia", others=["5511987654321"])
    assert (await stage.get(f"{check}5511987654321"))["chatId"] == "551187654321@c.us"
    await stage.send(chatId="15550000000@c.us", text="hello?")
    assert (await stage.hook.last("message.ack"))["ackName"] == "ERROR"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sendText", {}),
        ("sendText", {"text": ""}),
        ("sendText", {"text": 5}),
        ("sendText", {"text": "a", "chatId": 5}),
        ("sendImage", {"file": []}),
        ("sendImage", {"file": {"mimetype": "image/png", "data": "AAAA", "path": "/etc/passwd"}}),
        ("sendContactVcard", {"contacts": ["Bob"]}),
        ("sendSeen", {"messageIds": [1]}),
        ("sendLocation", {"latitude": True, "longitude": 2, "title": "x"}),
        ("sendText", {"text": "a", "linkPreview": "yes"}),
        ("sendText", {"text": "a", "id": "?"}),
        ("sendText", {"text": "a", "parse_mode": "HTML"}),
        ("sendText", {"text": "a", "chatId": "Ann"}),
        ("sendText", {"text": "a", "chatId": "+79161112233"}),
        ("sendText", {"text": "a", "reply_to": "false_x"}),
        ("sendImage", {"file": {"mimetype": "image/png"}}),
        ("sendImage", {"file": {"data": "AAAA"}}),
        ("sendImage", {"file": {"mimetype": "image/png", "data": "data:image/png;base64,AAAA"}}),
        ("sendLocation", {"latitude": "1", "longitude": 2, "title": "x"}),
        ("sendLocation", {"latitude": 91, "longitude": 2, "title": "x"}),
        ("sendContactVcard", {"contacts": []}),
        ("sendContactVcard", {"contacts": [{"vcard": "Bob"}]}),
    ],
)
async def test_what_is_not_documented_is_refused(stage: Stage, path: str, body: dict[str, Any]) -> None:
    refused = await stage.send(path, 400, **body)
    assert (refused["statusCode"], refused["error"]) == (400, "Bad Request")
    assert isinstance(refused["message"], list)
    assert await stage.ann.messages() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("sendText", {"text": "a", "chatId": "120363000000000009@g.us"}),
        ("sendImage", {"file": file(b"x", "application/pdf")}),
        ("sendFile", {"file": file(b"", "application/pdf") | {"data": ""}, "caption": "x"}),
    ],
)
async def test_what_cannot_be_done_is_refused(stage: Stage, path: str, body: dict[str, Any]) -> None:
    answer = await stage.waha.api("POST", f"/api/{path}", json={"session": "default", "chatId": ANN} | body)
    assert answer.status_code in (400, 422)
    assert await stage.ann.messages() == []


async def test_bodies_are_json_up_to_a_size(stage: Stage) -> None:
    for request in ({"content": b"{"}, {"content": b"[]"}, {"data": {"a": "b"}}):
        assert (await stage.waha.api("POST", "/api/sendText", **request)).status_code == 400
    await stage.waha.options(body_bytes=1000)
    refused = await stage.send("sendText", 413, text="x" * 2000)
    assert refused == {"statusCode": 413, "message": "request entity too large"}
    assert (await stage.waha.api("POST", "/api/sendGift", json={})).status_code == 404
    assert (
        "session with name 'other'"
        in (await stage.post("/api/sendText", 404, session="other", chatId=ANN, text="a"))["message"]
    )


async def test_odd_texts_survive(stage: Stage) -> None:
    await stage.waha.api("POST", "/api/sendText", content=b"[" * 100_000)
    odd = '{"session": "default", "chatId": "79161112233@c.us", "text": "a\\ud800\\u0000"}'
    answer = await stage.waha.api("POST", "/api/sendText", content=odd, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert (await stage.ann.last()).text == "a\ud800\0"
    assert (await stage.hook.last("message.any"))["body"] == "a\ud800\0"


async def test_faults_on_command(stage: Stage) -> None:
    restricted = {"statusCode": 500, "exception": {"details": "server returned error 463"}}
    await stage.waha.fault("sendText", "fail", status=500, body=restricted)
    assert await stage.send("sendText", 500, text="refused") == restricted
    await stage.waha.fault("sendText", "drop", chat_id=ANN)
    with pytest.raises(httpx.TransportError):
        await stage.send(text="accepted, and nobody hears of it")
    await stage.waha.fault("sendText", "refuse")
    with pytest.raises(httpx.TransportError):
        await stage.send(text="never arrived")
    await stage.waha.fault("*", "late", seconds=0.05)
    await stage.send(text="slow")
    assert [one.text for one in await stage.ann.messages()] == ["accepted, and nobody hears of it", "slow"]
    calls = await stage.waha.wait_for_calls(4, "sendText")
    assert [call.status for call in calls] == [500, 0, 0, 201]
    assert calls[-1].parameters["text"] == "slow"
