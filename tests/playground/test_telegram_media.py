"""Files up and down, and whose they are."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.control_types import Item
from playground.telegram.media import KINDS

from .conftest import Raw

MEGABYTE = 1024 * 1024


async def upload(raw: Raw, method: str, field: str, content: bytes, **params: Any) -> httpx.Response:
    return await raw.http.post(method, data=params, files={field: ("file.bin", content)})


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_goes_both_ways(raw: Raw, chat: Talk, kind: str) -> None:
    method = "send" + kind.title().replace("_", "")
    answer = (await upload(raw, method, kind, b"content", chat_id="111")).json()
    assert answer["ok"], answer
    seen = await chat.last()
    assert seen.media is not None
    assert (seen.media.kind, await chat.download(seen)) == (kind, b"content")
    await chat.send(kind, data=b"from a person")
    shown = (await raw.updates(-1))[0]["message"][kind]
    file_id = (shown[-1] if kind == "photo" else shown)["file_id"]
    file = await raw.call("getFile", file_id=file_id)
    got = await raw.http.get(str(raw.http.base_url).replace("/bot", "/file/bot") + file["file_path"])
    assert got.content == b"from a person"
    await raw.call(method, chat_id=111, **{kind: file_id})


async def test_file_ids_belong_to_one_bot(telegram: Control, raw: Raw, chat: Talk, ann: PersonAccount) -> None:
    other = await telegram.bot("200:BBB")
    talk = ann.chat(other)
    await talk.send("document")
    stranger = Raw(other.url, other.token)
    file_id = (await stranger.updates())[0]["message"]["document"]["file_id"]
    await stranger.http.aclose()
    wrong = (400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    assert await raw.refused("sendDocument", chat_id=111, document=file_id) == wrong
    assert await raw.refused("getFile", file_id=file_id) == wrong
    assert await raw.refused("sendDocument", chat_id=111, document="nonsense") == wrong


async def test_a_file_keeps_its_kind(raw: Raw, chat: Talk) -> None:
    await chat.send("voice")
    file_id = (await raw.updates(-1))[0]["message"]["voice"]["file_id"]
    assert await raw.refused("sendPhoto", chat_id=111, photo=file_id) == (
        400,
        "Bad Request: can't use file of type VoiceNote as Photo",
    )


async def test_size_limits(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.options(upload_bytes=3 * MEGABYTE, photo_bytes=MEGABYTE)
    big = b"\1" * (MEGABYTE + 1)
    answer = await upload(raw, "sendPhoto", "photo", big, chat_id="111")
    assert (answer.status_code, "too big for a photo" in answer.text) == (400, True)
    assert (await upload(raw, "sendDocument", "document", big, chat_id="111")).status_code == 200
    answer = await upload(raw, "sendDocument", "document", big * 3, chat_id="111")
    assert answer.json() == {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}
    await chat.send("video", size=20 * MEGABYTE + 1)
    file_id = (await raw.updates(-1))[0]["message"]["video"]["file_id"]
    assert await raw.refused("getFile", file_id=file_id) == (400, "Bad Request: file is too big")


async def test_links_go_stale(telegram: Control, raw: Raw, chat: Talk) -> None:
    await chat.send("document")
    file_id = (await raw.updates(-1))[0]["message"]["document"]["file_id"]
    path = (await raw.call("getFile", file_id=file_id))["file_path"]
    url = str(raw.http.base_url).replace("/bot", "/file/bot") + path
    assert (await raw.http.get(url)).status_code == 200
    await telegram.advance(3601)
    assert (await raw.http.get(url)).status_code == 404
    assert (await raw.http.get(url.replace(path, "photos/file_1.jpg"))).status_code == 404


async def test_albums(raw: Raw, chat: Talk) -> None:
    media = [{"type": "photo", "media": "attach://a", "caption": "both"}, {"type": "video", "media": "attach://b"}]
    files = {"a": ("a.jpg", b"aaa"), "b": ("b.mp4", b"bbb")}
    answer = await raw.http.post("sendMediaGroup", data={"chat_id": "111", "media": json.dumps(media)}, files=files)
    parts = answer.json()["result"]
    assert len({part["media_group_id"] for part in parts}) == 1
    assert [list(part)[4:][0] for part in parts] == ["caption", "video"]
    await chat.album([Item("photo", caption="x"), Item("photo"), Item("photo")])
    updates = [update["message"] for update in await raw.updates(-3)]
    assert len({message["media_group_id"] for message in updates}) == 1


@pytest.mark.parametrize(
    ("kinds", "description"),
    [
        (["photo"], "must have from 2 to 10 items"),
        (["photo"] * 11, "must have from 2 to 10 items"),
        (["document", "photo"], "can't be mixed"),
        (["audio", "document"], "can't be mixed"),
        (["photo", "voice"], "unsupported type"),
    ],
)
async def test_albums_are_checked_as_a_whole(raw: Raw, chat: Talk, kinds: list[str], description: str) -> None:
    media, files = [], {}
    for number, kind in enumerate(kinds):
        media.append({"type": kind, "media": f"attach://f{number}"})
        files[f"f{number}"] = ("x", b"x")
    answer = await raw.http.post("sendMediaGroup", data={"chat_id": "111", "media": json.dumps(media)}, files=files)
    assert (answer.status_code, description in answer.text) == (400, True)
    assert (await chat.last()).text == "/start"


async def test_captions_and_unused_uploads(raw: Raw, chat: Talk) -> None:
    answer = await upload(raw, "sendPhoto", "photo", b"x", chat_id="111", caption="a" * 1025)
    assert answer.json()["description"] == "Bad Request: message caption is too long"
    assert "found no use" in (await upload(raw, "sendPhoto", "picture", b"x", chat_id="111", photo="y")).text
    assert "non-empty" in (await upload(raw, "sendPhoto", "photo", b"", chat_id="111")).text
    url = {"photo": "https://example.org/a.jpg"}
    assert await raw.refused("sendPhoto", chat_id=111, **url) == (400, "Bad Request: failed to get HTTP URL content")


async def test_other_content(raw: Raw, chat: Talk, bot: BotAccount) -> None:
    await raw.call("sendLocation", chat_id=111, latitude=1.5, longitude=2)
    await raw.call("sendVenue", chat_id=111, latitude=1, longitude=2, title="t", address="a")
    await raw.call("sendContact", chat_id=111, phone_number="+1", first_name="Bo")
    await raw.call("sendPoll", chat_id=111, question="q", options=["a", {"text": "b"}])
    await raw.call("sendDice", chat_id=111, emoji="🎯")
    kinds = [next(iter(message.content)) for message in await chat.messages() if message.from_bot]
    assert kinds == ["location", "venue", "contact", "poll", "dice"]
    await chat.location(1, 2)
    await chat.venue(1, 2, "t", "a")
    await chat.contact("+1", "Bo", user_id=111)
    await chat.poll("q", ["a", "b"])
    await chat.dice(value=3)
    assert [list(update["message"])[4] for update in await raw.updates(-5)] == kinds
