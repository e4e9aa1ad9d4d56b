"""The key, sessions, QR codes, and what happens to linked phones."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from playground.whatsapp_gateway.control import Control, ControlFailed, webhook
from playground.whatsapp_gateway.options import Options
from playground.whatsapp_gateway.server import Server

from .gateway import KEY, Hook, Stage, hooked, staged

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with hooked() as listening:
        yield listening


@pytest.fixture
async def waha() -> AsyncIterator[Control]:
    async with Server(Options()) as server, Control(server.url) as control:
        yield control


async def statuses(hook: Hook, count: int) -> list[str]:
    return [payload["status"] for payload in await hook.wait("session.status", count)]


async def test_as_a_process_it_prints_its_address_and_serves_there() -> None:
    arguments = ("-m", "playground.whatsapp_gateway", "--port", "0", "--api-key", "k")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    async with httpx.AsyncClient(base_url=url, headers={"X-Api-Key": "k"}) as http:
        assert (await http.get("/api/sessions")).json() == []
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "wrong"}, {"Authorization": "Bearer waha-key"}])
async def test_without_the_key_nothing_is_told(waha: Control, headers: dict[str, str]) -> None:
    async with httpx.AsyncClient(base_url=waha.url, headers=headers) as http:
        for path in ("/api/sessions", "/api/files/x.jpg", "/api/nowhere"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized", "statusCode": 401})


async def test_a_new_session_shows_a_code_and_works_once_it_is_scanned(waha: Control, hook: Hook) -> None:
    shop = await waha.account("79990000000", "Shop")
    body = {"name": "default", "start": True, "config": {"webhooks": [webhook(hook.url, KEY)]}}
    made = await waha.api("POST", "/api/sessions", json=body)
    assert (made.status_code, made.json()["status"], made.json()["me"]) == (201, "SCAN_QR_CODE", None)
    await waha.scan("default", shop)
    assert await statuses(hook, 4) == ["STARTING", "SCAN_QR_CODE", "STARTING", "WORKING"]
    session = (await waha.api("GET", "/api/sessions/default")).json()
    assert (session["status"], session["me"]["id"]) == ("WORKING", "79990000000@c.us")
    told = hook.all("session.status")[-1]
    assert told["payload"]["statuses"][-1]["status"] == "WORKING"
    assert (told["me"]["id"], told["payload"]["data"]) == ("79990000000@c.us", None)


async def test_the_code_is_a_picture_that_changes_every_twenty_seconds(waha: Control, hook: Hook) -> None:
    shop = await waha.account("79990000000")
    await waha.api("POST", "/api/sessions", json={"name": "a", "config": {"webhooks": [webhook(hook.url)]}})
    picture = await waha.api("GET", "/api/a/auth/qr")
    assert (picture.headers["content-type"], picture.content[:8]) == ("image/png", PNG)
    as_json = (await waha.api("GET", "/api/a/auth/qr", headers={"Accept": "application/json"})).json()
    assert (as_json["mimetype"], base64.b64decode(as_json["data"])) == ("image/png", picture.content)
    raw = (await waha.api("GET", "/api/a/auth/qr?format=raw")).json()["value"]
    await waha.advance(20)
    assert (await waha.api("GET", "/api/a/auth/qr?format=raw")).json()["value"] != raw
    assert await statuses(hook, 3) == ["STARTING", "SCAN_QR_CODE", "SCAN_QR_CODE"]
    with pytest.raises(ControlFailed, match="old"):
        await waha.scan("a", shop, qr=raw)
    await waha.advance(100)
    assert (await waha.session("a"))["status"] == "FAILED", "nobody scanned six codes"
    refused = await waha.api("GET", "/api/a/auth/qr")
    assert (refused.status_code, refused.json()["expected"]) == (422, ["SCAN_QR_CODE"])


async def test_a_pairing_code_links_its_own_number_only(waha: Control) -> None:
    shop, other = await waha.account("79990000000"), await waha.account("79990000001")
    await waha.api("POST", "/api/sessions", json={"name": "a"})
    answer = await waha.api("POST", "/api/a/auth/request-code", json={"phoneNumber": "79990000000"})
    code = answer.json()["code"]
    assert len(code) == 9
    assert code[4] == "-"
    with pytest.raises(ControlFailed, match="pairing"):
        await waha.scan("a", other, code=code)
    assert (await waha.scan("a", shop, code=code))["status"] == "WORKING"


async def test_stopping_keeps_the_phone_and_logging_out_forgets_it(stage: Stage) -> None:
    assert (await stage.post("/api/sessions/default/stop"))["status"] == "STOPPED"
    assert await stage.get("/api/sessions") == []
    assert len(await stage.get("/api/sessions?all=true")) == 1
    assert (await stage.post("/api/sessions/default/start"))["status"] == "WORKING"
    assert (await stage.post("/api/sessions/default/restart"))["status"] == "WORKING"
    assert (await stage.post("/api/sessions/default/logout"))["status"] == "SCAN_QR_CODE"
    await stage.call("DELETE", "/api/sessions/default", 200)
    await stage.call("DELETE", "/api/sessions/default", 200)
    assert await stage.get("/api/sessions/default", 404) == {
        "message": "Session not found",
        "error": "Not Found",
        "statusCode": 404,
    }


async def test_starting_takes_time_when_told_so(waha: Control) -> None:
    await waha.options(start_seconds=5)
    made = await waha.api("POST", "/api/sessions", json={"name": "a"})
    assert made.json()["status"] == "STARTING"
    await waha.advance(5)
    assert (await waha.session("a"))["status"] == "SCAN_QR_CODE"


async def test_a_removed_device_fails_and_a_restart_shows_a_code(stage: Stage) -> None:
    await stage.waha.unlink("default")
    assert (await stage.hook.last("session.status", 5))["status"] == "FAILED"
    assert (await stage.post("/api/sessions/default/start"))["status"] == "FAILED", "it counts as running"
    assert (await stage.post("/api/sessions/default/restart"))["status"] == "SCAN_QR_CODE"


async def test_a_banned_account_fails_again_and_cannot_be_linked_anew(stage: Stage) -> None:
    await stage.waha.ban(stage.shop)
    assert (await stage.post("/api/sessions/default/restart"))["status"] == "FAILED"
    await stage.post("/api/sessions/default/logout")
    with pytest.raises(ControlFailed, match="banned"):
        await stage.waha.scan("default", stage.shop)


async def test_what_a_session_is_not_ready_for_is_422(stage: Stage) -> None:
    await stage.waha.fail("default")
    assert await stage.send("sendText", 422, text="hi") == {
        "error": "Session status is not as expected. Try again later or restart the session",
        "session": "default",
        "status": "FAILED",
        "expected": ["WORKING"],
    }
    await stage.get("/api/default/chats", 422)
    await stage.get("/api/contacts/check-exists?phone=79161112233&session=default", 422)
    assert await stage.ann.messages() == []


async def test_a_session_may_be_configured_anew(stage: Stage) -> None:
    await stage.post("/api/sessions", 422, name="default")
    changed = await stage.put("/api/sessions/default", config={"webhooks": [webhook(stage.hook.url, "other")]})
    assert changed["status"] == "WORKING"
    assert changed["config"]["webhooks"][0]["hmac"] == {"key": "other"}


@pytest.mark.parametrize(
    "config",
    [
        {"webhooks": [{"url": "nowhere", "events": []}]},
        {"webhooks": [{"url": "http://[", "events": []}]},
        {"webhooks": [{"url": "http://a/b", "events": ["message.sent"]}]},
        {"webhooks": [{"url": "http://a/b"}]},
        {"webhooks": [{"url": "http://a/b", "events": [], "retries": {"policy": "often"}}]},
        {"webhooks": [{"url": "http://a/b", "events": [], "secret": "x"}]},
        {"webhooks": {}},
        {"metadata": {"a": 1}},
        {"colour": "red"},
        [],
    ],
)
async def test_a_wrong_configuration_is_refused_as_a_whole(waha: Control, config: object) -> None:
    answer = await waha.api("POST", "/api/sessions", json={"name": "a", "config": config})
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")
    assert (await waha.api("GET", "/api/sessions?all=true")).json() == []
