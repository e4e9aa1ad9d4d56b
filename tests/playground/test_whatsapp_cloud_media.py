"""Files up and down: types, sizes, lifetimes, whose they are."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest

from playground.whatsapp_cloud.media import KINDS, usual_type

from .whatsapp_cloud_stage import Stage, refusal, stage

MEGABYTE = 1024 * 1024


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        await running.ann.write("hello")
        await running.control.settled()
        yield running


async def media_id(cloud: Stage, data: bytes, mime: str) -> str:
    return str((await cloud.upload(data, mime)).json()["id"])


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_goes_both_ways(cloud: Stage, kind: str) -> None:
    await cloud.sent(kind, {"id": await media_id(cloud, b"content", usual_type(kind))})
    seen = await cloud.ann.last()
    assert (seen.type, seen.status, await cloud.ann.download(seen)) == (kind, "delivered", b"content")
    await cloud.ann.send(kind, data=b"from Ann")
    await cloud.control.settled()
    arrived = cloud.webhook.messages()[-1][kind]
    assert base64.b64decode(arrived["sha256"]) == hashlib.sha256(b"from Ann").digest()
    told = (await cloud.http.get(arrived["id"])).json()
    assert (told["file_size"], told["mime_type"], told["messaging_product"]) == ("8", arrived["mime_type"], "whatsapp")
    assert told["sha256"] == hashlib.sha256(b"from Ann").hexdigest()
    for url in (arrived["url"], told["url"]):
        assert (await cloud.http.get(url)).content == b"from Ann"


async def test_addresses_live_five_minutes_and_want_the_token(cloud: Stage) -> None:
    await cloud.ann.send("image")
    await cloud.control.settled()
    arrived = cloud.webhook.messages()[-1]["image"]
    anonymous = await cloud.http.get(arrived["url"], headers={"Authorization": "Bearer x"})
    assert refusal(anonymous)[0] == 190
    await cloud.control.advance(301)
    assert (await cloud.http.get(arrived["url"])).status_code == 404
    again = (await cloud.http.get(arrived["id"])).json()["url"]
    assert (await cloud.http.get(again)).status_code == 200
    await cloud.control.advance(7 * 86_400)
    gone = await cloud.http.get(arrived["id"])
    assert (refusal(gone)[0], gone.json()["error"]["error_subcode"]) == (100, 33)


async def test_uploads_live_thirty_days_and_belong_to_the_account(cloud: Stage) -> None:
    number = await media_id(cloud, b"x", "image/png")
    stranger = await cloud.control.number("15550003333")
    theirs = await cloud.http.get(number, headers={"Authorization": f"Bearer {stranger.token}"})
    assert refusal(theirs)[0] == 100
    await cloud.control.advance(29 * 86_400)
    assert (await cloud.http.get(number, params={"phone_number_id": cloud.number.id})).status_code == 200
    assert (await cloud.http.get(number, params={"phone_number_id": "1"})).status_code == 400
    assert (await cloud.http.delete(number)).json() == {"success": True}
    assert (await cloud.refused("image", {"id": number}))[0] == 131009
    other = await media_id(cloud, b"x", "image/png")
    await cloud.control.advance(30 * 86_400)
    assert (await cloud.refused("image", {"id": other}))[0] == 131009


async def test_types_and_sizes_of_uploads(cloud: Stage) -> None:
    odd = refusal(await cloud.upload(b"x", "application/zip"))
    assert odd[0] == 100
    assert "Received file of type 'application/zip'" in odd[1]
    assert refusal(await cloud.upload(b"", "image/png"))[0] == 100
    assert refusal(await cloud.upload(b"x" * (5 * MEGABYTE + 1), "image/png"))[0] == 131053
    assert (await cloud.upload(b"x" * (5 * MEGABYTE + 1), "application/pdf")).status_code == 200
    place = f"{cloud.number.id}/media"
    no_type = await cloud.http.post(place, data={"messaging_product": "whatsapp"}, files={"file": b"x"})
    assert refusal(no_type) == (100, "(#100) The parameter type is required.")
    assert refusal(await cloud.http.post(place, json={}))[1] == "(#100) The parameter file is required."


@pytest.mark.parametrize(
    ("kind", "mime", "data", "words"),
    [
        ("image", "application/pdf", b"x", "Unsupported Image mime type application/pdf"),
        ("sticker", "image/webp", b"x" * 101 * 1024, "too big"),
        ("audio", "audio/ogg", b"OggS vorbis", "not opus"),
        ("audio", "audio/ogg", b"OggS OpusHead\x01\x02", "mono"),
    ],
)
async def test_what_does_not_fit_its_kind_fails_afterwards(
    cloud: Stage, kind: str, mime: str, data: bytes, words: str
) -> None:
    await cloud.sent(kind, {"id": await media_id(cloud, data, mime)})
    error = cloud.webhook.statuses()[-1]["errors"][0]
    assert (error["code"], words in error["error_data"]["details"]) == (131053, True)


async def test_good_voice_and_big_stickers_pass(cloud: Stage) -> None:
    await cloud.sent("audio", {"id": await media_id(cloud, b"OggS OpusHead\x01\x01", "audio/ogg; codecs=opus")})
    await cloud.sent("sticker", {"id": await media_id(cloud, b"RIFF    WEBPANIM" + b"x" * 200_000, "image/webp")})
    assert [message.status for message in (await cloud.ann.messages())[1:]] == ["delivered"] * 2
    await cloud.control.options(strict_files=True)
    await cloud.sent("image", {"id": await media_id(cloud, b"not a png", "image/png")})
    assert (await cloud.ann.last()).error == 131053


async def test_media_by_link_is_fetched_first(cloud: Stage) -> None:
    await cloud.ann.send("image", data=b"linked")
    await cloud.control.settled()
    forbidden = cloud.webhook.messages()[-1]["image"]["url"]
    await cloud.sent("image", {"link": forbidden})
    message = await cloud.ann.wait_for(lambda seen: seen.error == 131053)
    assert "http code 401" in (await cloud.control.webhooks())[-1]["body"]
    assert not message.shown
    await cloud.sent("image", {"link": cloud.webhook.url.replace("/hook", "/file.png")})
    seen = await cloud.ann.wait_for(lambda message: message.status == "delivered")
    assert await cloud.ann.download(seen) == b"what a link is for"


async def test_a_download_breaks_off(cloud: Stage) -> None:
    await cloud.ann.send("image", size=200_000)
    await cloud.control.settled()
    url = cloud.webhook.messages()[-1]["image"]["url"]
    await cloud.control.fault("download", "drop")
    with pytest.raises(httpx.RemoteProtocolError):
        await cloud.http.get(url)
    await cloud.control.fault("download", "garbage")
    assert (await cloud.http.get(url)).status_code == 502
    await cloud.control.fault("download", code=131000)
    assert refusal(await cloud.http.get(url))[0] == 131000
    assert len((await cloud.http.get(url)).content) == 200_000


async def test_a_voice_message_is_ogg(cloud: Stage) -> None:
    await cloud.sent("audio", {"id": await media_id(cloud, b"x", "audio/mpeg"), "voice": True})
    assert (await cloud.ann.last()).error == 131053
    await cloud.sent("audio", {"id": await media_id(cloud, b"x", "audio/ogg"), "voice": True})
    assert (await cloud.ann.last()).status == "delivered"


async def test_a_header_has_a_file_too(cloud: Stage) -> None:
    header = {"type": "image", "image": {"id": await media_id(cloud, b"above", "image/png")}}
    button = {"type": "reply", "reply": {"id": "1", "title": "Yes"}}
    content = {"type": "button", "header": header, "body": {"text": "?"}, "action": {"buttons": [button]}}
    await cloud.sent("interactive", content)
    assert await cloud.ann.download(await cloud.ann.last()) == b"above"
    assert (await cloud.refused("interactive", content | {"header": {"type": "image", "image": {"id": "1"}}}))[
        0
    ] == 131009


async def test_big_documents_pass(cloud: Stage) -> None:
    data = b"x" * (60 * MEGABYTE)
    await cloud.sent("document", {"id": await media_id(cloud, data, "application/pdf"), "filename": "big.pdf"})
    seen = await cloud.ann.last()
    assert seen.file is not None
    assert (seen.file.size, seen.file.name, seen.status) == (len(data), "big.pdf", "delivered")
    assert refusal(await cloud.upload(data * 2, "application/pdf"))[0] == 131053
