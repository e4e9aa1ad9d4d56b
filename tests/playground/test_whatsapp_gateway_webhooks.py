"""Envelopes, signatures, retries, and what can go wrong with webhooks."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator

import pytest

from playground.whatsapp_gateway.control import webhook
from playground.whatsapp_gateway.webhooks import retry_delay, sign

from .gateway import KEY, Stage, staged

# The vector of WAHA's documentation.
VECTOR_BODY = b'{"event":"message","session":"default","engine":"WEBJS"}'
VECTOR = (
    "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8"
    "097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        yield ready


def test_the_signature_is_that_of_the_documentation() -> None:
    assert sign(KEY, VECTOR_BODY) == VECTOR


async def test_an_envelope_has_what_is_documented(stage: Stage) -> None:
    await stage.ann.write("Hello")
    await stage.hook.wait("message.any")
    envelope = stage.hook.all("message.any")[-1]
    assert list(envelope)[:8] == ["id", "timestamp", "event", "session", "metadata", "me", "payload", "environment"]
    assert envelope["id"].startswith("evt_01")
    assert envelope["id"] == envelope["id"].lower()
    assert envelope["timestamp"] > 10**12, "milliseconds"
    assert envelope["metadata"] == {"user.id": "7"}
    assert (envelope["me"]["id"], envelope["engine"]) == ("79990000000@c.us", "GOWS")


async def test_every_delivery_is_signed_over_its_raw_bytes(stage: Stage) -> None:
    await stage.ann.write("Привет 👋")
    await stage.hook.wait("message.any")
    body, headers = stage.hook.bodies[-1], stage.hook.headers[-1]
    assert headers["X-Webhook-Hmac"] == hmac.new(KEY.encode(), body, hashlib.sha512).hexdigest()
    assert headers["X-Webhook-Hmac-Algorithm"] == "sha512"
    assert len(headers["X-Webhook-Timestamp"]) == 13
    assert headers["X-Webhook-Request-Id"]


async def test_without_a_key_nothing_is_signed_and_own_headers_are_sent(stage: Stage) -> None:
    hook = webhook(stage.hook.url, headers=[{"name": "X-My", "value": "v"}])
    await stage.put("/api/sessions/default", config={"webhooks": [hook]})
    await stage.ann.write("a")
    await stage.hook.wait("message.any")
    assert "X-Webhook-Hmac" not in stage.hook.headers[-1]
    assert stage.hook.headers[-1]["X-My"] == "v"


async def test_a_failed_delivery_comes_again_the_same_after_two_seconds(stage: Stage) -> None:
    stage.hook.answers = [500, 503]
    await stage.ann.write("a")
    await stage.waha.settled()
    assert len(stage.hook.all("message.any")) == 1
    await stage.waha.advance(1.9)
    assert len(stage.hook.all("message.any")) == 1
    await stage.waha.advance(2.2)
    first, second, third = stage.hook.all("message.any")
    assert first == second == third
    ids = [headers["X-Webhook-Request-Id"] for headers in stage.hook.headers[-3:]]
    assert len(set(ids)) == 1
    assert [(one.attempt, one.status) for one in await stage.waha.webhooks()][-3:] == [(1, 500), (2, 503), (3, 200)]


async def test_after_half_a_minute_it_is_given_up(stage: Stage) -> None:
    stage.hook.always = 500
    await stage.ann.write("a")
    await stage.waha.settled()
    await stage.waha.advance(31)
    tries = [one for one in await stage.waha.webhooks() if one.event == "message.any"]
    assert (len(tries), tries[-1].gave_up, tries[-2].gave_up) == (16, True, False)
    await stage.waha.advance(3600)
    assert len(stage.hook.all("message.any")) == 16


async def test_time_may_run_faster_instead(stage: Stage) -> None:
    await stage.waha.speed(200)
    stage.hook.answers = [500]
    await stage.ann.write("a")
    await stage.hook.wait("message.any", 2)


async def test_policies_are_as_documented() -> None:
    assert [retry_delay({"policy": "linear", "delaySeconds": 2}, attempt) for attempt in (1, 2, 3)] == [2, 4, 6]
    third = retry_delay({"policy": "exponential"}, 3)
    assert third is not None
    assert 8 <= third <= 9.6
    assert retry_delay({"attempts": 3}, 4) is None


async def test_what_fails_does_not_hold_up_what_comes_after(stage: Stage) -> None:
    stage.hook.answers = [500]
    await stage.ann.write("first")
    await stage.ann.write("second")
    await stage.waha.settled()
    await stage.waha.advance(2)
    assert [one["payload"]["body"] for one in stage.hook.all("message.any")] == ["first", "second", "first"]


async def test_only_what_was_subscribed_to_is_sent() -> None:
    async with staged(["message"]) as stage:
        await stage.ann.write("in")
        await stage.ann.write("out", owner=True)
        await stage.ann.react(await stage.ann.last(), "👍")
        await stage.waha.settled()
        assert [one["event"] for one in stage.hook.all()] == ["message"]


async def test_duplicates_outages_and_forgeries_on_command(stage: Stage) -> None:
    await stage.ann.write("a")
    await stage.hook.wait("message.any")
    event_id = await stage.waha.repeat()
    await stage.hook.wait("message.any", 2)
    assert {one["id"] for one in stage.hook.all("message.any")} == {event_id}
    await stage.waha.mute()
    await stage.ann.write("lost")
    await stage.waha.mute(False)
    await stage.waha.inject("default", "message.any", {"id": 7}, key="forged")
    assert (await stage.hook.last("message.any", 3)) == {"id": 7}
    assert stage.hook.headers[-1]["X-Webhook-Hmac"] == sign("forged", stage.hook.bodies[-1])
    await stage.waha.inject_raw("default", b"[[[")
    await stage.waha.settled()
    assert stage.hook.bodies[-1] == b"[[["
    assert stage.hook.headers[-1]["X-Webhook-Hmac"] == sign(KEY, b"[[[")


async def test_while_it_does_not_work_nothing_is_told_and_the_history_has_it(stage: Stage) -> None:
    await stage.post("/api/sessions/default/stop")
    await stage.ann.write("anybody?")
    await stage.post("/api/sessions/default/start")
    await stage.waha.settled()
    assert stage.hook.all("message.any") == []
    history = await stage.get("/api/default/chats/79161112233@c.us/messages")
    assert [message["body"] for message in history] == ["anybody?"]


async def test_what_waited_comes_late_when_told_so(stage: Stage) -> None:
    await stage.waha.options(offline_events=True)
    await stage.post("/api/sessions/default/stop")
    await stage.ann.write("anybody?")
    await stage.post("/api/sessions/default/start")
    assert (await stage.hook.last("message.any"))["body"] == "anybody?"
