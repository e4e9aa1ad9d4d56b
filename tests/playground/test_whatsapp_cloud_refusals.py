"""What is refused at once, and how: bodies, tokens, paths, limits, planned faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from playground.whatsapp_cloud.control import ControlFailed
from playground.whatsapp_cloud.errors import GraphError
from playground.whatsapp_cloud.limits import Limits
from playground.whatsapp_cloud.options import Options

from .whatsapp_cloud_stage import ANN, Stage, refusal, stage


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        await running.ann.write("hello")
        yield running


def buttons(*titles: str) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": title, "title": title}} for title in titles]
    return {"type": "button", "body": {"text": "?"}, "action": {"buttons": replies}}


def rows(count: int, title: str = "row") -> dict[str, Any]:
    items = [{"id": str(at), "title": f"{title}{at}"} for at in range(count)]
    return {"type": "list", "body": {"text": "?"}, "action": {"button": "Open", "sections": [{"rows": items}]}}


WAMID = "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI5"

BODIES: list[tuple[str, Any, int, str]] = [
    ("text", {}, 131008, "text['body'] is required"),
    ("text", {"body": "   "}, 131008, "text['body'] is required"),
    ("text", {"body": "a" * 4097}, 100, "at most 4096 characters"),
    ("text", {"body": "a", "text": "b"}, 100, 'Unexpected key "text" on param "text"'),
    ("text", "a", 100, "Param text must be a JSON object"),
    ("text", {"body": 5}, 100, "must be a string"),
    ("image", {}, 100, "exactly one of id and link"),
    ("image", {"id": "1", "link": "https://x"}, 100, "exactly one of id and link"),
    ("image", {"id": "1"}, 131009, "media 1 is not there"),
    ("image", {"link": "ftp://x"}, 131009, "not a valid URI"),
    ("image", {"id": "1", "caption": "a" * 1025}, 100, "at most 1024 characters"),
    ("audio", {"id": "1", "caption": "a"}, 100, 'Unexpected key "caption"'),
    ("location", {"latitude": 1}, 131008, "location['longitude'] is required"),
    ("location", {"latitude": 91, "longitude": 1}, 131009, "between -90 and 90"),
    ("contacts", [], 131008, "contacts is required"),
    ("contacts", [{"name": {"formatted_name": "Bo"}}], 131009, "one more part"),
    ("reaction", {"message_id": WAMID}, 131008, "reaction['emoji'] is required"),
    ("reaction", {"message_id": WAMID, "emoji": "ok"}, 131009, "not an emoji"),
    ("reaction", {"message_id": "1", "emoji": "👍"}, 131009, "not a message ID"),
    ("interactive", {"type": "button"}, 131008, "interactive['body'] is required"),
    ("interactive", buttons("a", "b", "c", "d"), 131009, "Invalid buttons count"),
    ("interactive", buttons("a" * 21), 131009, "Button title length invalid. Min length: 1, Max length: 20"),
    ("interactive", buttons("a", "a"), 131009, "Duplicated"),
    ("interactive", buttons("a") | {"body": {"text": "a" * 1025}}, 131009, "Body text length invalid"),
    ("interactive", buttons("a") | {"footer": {"text": "a" * 61}}, 131009, "Footer text length invalid"),
    ("interactive", rows(11), 131009, "Total row count exceed max allowed count: 10"),
    ("interactive", rows(1, "a" * 24), 131009, "Row title length invalid"),
    ("interactive", {"type": "flow", "body": {"text": "a"}}, 131051, "no interactive message of type flow"),
    ("template", {"name": "x"}, 131008, "template['language'] is required"),
    ("order", {}, 131051, "can't be sent"),
    ("nonsense", {}, 100, "Param type must be one of {AUDIO, CONTACTS"),
]


@pytest.mark.parametrize(("kind", "content", "code", "words"), BODIES)
async def test_bodies_are_checked(cloud: Stage, kind: str, content: Any, code: int, words: str) -> None:
    found, details = await cloud.refused(kind, content)
    assert (found, words in details) == (code, True), details
    assert len(await cloud.ann.messages()) == 1


@pytest.mark.parametrize(
    ("top", "code", "words"),
    [
        ({"messaging_product": None}, 100, "messaging_product is required"),
        ({"messaging_product": "x"}, 100, "must be one of {WHATSAPP}"),
        ({"to": None}, 100, "parameter to is required"),
        ({"to": "Ann"}, 131009, "not a valid phone number"),
        ({"to": None, "recipient": "Ann"}, 131009, "not a business-scoped user ID"),
        ({"to": None, "recipient": "US.1"}, 100, "No user"),
        ({"to": "15550001111"}, 131021, "is the same"),
        ({"recipient_type": "group"}, 131009, "no groups"),
        ({"biz_opaque_callback_data": "a" * 513}, 100, "at most 512"),
        ({"context": {"id": "x"}}, 100, 'Unexpected key "id"'),
        ({"context": {"message_id": "x"}}, 131009, "not a message ID"),
        ({"image": {"id": "1"}}, 100, "does not belong"),
        ({"colour": "red"}, 100, 'Unexpected key "colour"'),
    ],
)
async def test_envelopes_are_checked(cloud: Stage, top: dict[str, Any], code: int, words: str) -> None:
    found, details = await cloud.refused("text", {"body": "a"}, **top)
    assert (found, words in details) == (code, True), details


async def test_unknown_parameters_pass_when_it_is_lenient(cloud: Stage) -> None:
    await cloud.control.options(strict_parameters=False)
    await cloud.sent("text", {"body": "a", "colour": "red"}, size="big")


async def test_tokens(cloud: Stage) -> None:
    place = f"{cloud.number.id}"
    for headers in ({"Authorization": "Bearer x"}, {"Authorization": ""}, {"Authorization": cloud.number.token}):
        answer = await cloud.http.get(place, headers=headers)
        assert (answer.status_code, refusal(answer)[0]) == (401, 190)
    await cloud.control.set_business(cloud.number.business, revoked=True)
    assert refusal(await cloud.http.get(place))[0] == 190
    await cloud.control.set_business(cloud.number.business, revoked=False, failure=368)
    answer = await cloud.http.get(place)
    assert (answer.status_code, refusal(answer)[0]) == (403, 368)


async def test_paths(cloud: Stage) -> None:
    for path in ("/v23.0/", "/v23.0/1", f"/v23.0/{cloud.number.id}/nonsense", f"/{cloud.number.id}"):
        assert (await cloud.http.get(f"{cloud.control.url}{path}")).status_code == 400
    odd = await cloud.http.get(cloud.number.id, params={"fields": "id,colour"})
    assert refusal(odd)[1] == (
        "(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessPhoneNumber)"
    )
    garbage = await cloud.http.post(
        f"{cloud.number.id}/messages", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert refusal(garbage) == (100, "(#100) The body is no JSON.")


async def test_who_somebody_is(cloud: Stage) -> None:
    fields = {"fields": "display_phone_number,verified_name,id,whatsapp_business_account"}
    assert (await cloud.http.get(cloud.number.id, params=fields)).json() == {
        "display_phone_number": "1 555 000-1111",
        "verified_name": "Acme",
        "id": cloud.number.id,
        "whatsapp_business_account": {"id": cloud.number.business.id},
    }
    await cloud.control.options(account_field=False)
    assert refusal(await cloud.http.get(cloud.number.id, params=fields))[0] == 100
    token = (await cloud.http.get("debug_token", params={"input_token": cloud.number.token})).json()["data"]
    assert token["granular_scopes"][0]["target_ids"] == [cloud.number.business.id]
    listed = (await cloud.http.get(f"{cloud.number.business.id}/phone_numbers")).json()["data"]
    assert [item["id"] for item in listed] == [cloud.number.id]


async def test_a_number_that_may_not(cloud: Stage) -> None:
    await cloud.control.set_number(cloud.number, allowed=["15550000000"])
    assert (await cloud.refused("text", {"body": "a"}))[0] == 131030
    await cloud.control.set_number(cloud.number, allowed=[ANN])
    await cloud.sent("text", {"body": "a"})
    await cloud.control.set_number(cloud.number, registered=False)
    assert (await cloud.refused("text", {"body": "a"}))[0] == 133010


async def test_a_pair_takes_a_burst_and_then_one_in_six_seconds(cloud: Stage) -> None:
    await cloud.control.options(limits=True)
    await cloud.control.set_number(cloud.number, coexistence=False)
    for _ in range(45):
        assert (await cloud.send("text", {"body": "a"})).status_code == 200
    assert (await cloud.refused("text", {"body": "a"}))[0] == 131056
    await cloud.control.advance(6)
    assert (await cloud.send("text", {"body": "a"})).status_code == 200
    assert (await cloud.refused("text", {"body": "a"}))[0] == 131056
    assert (await cloud.control.stats()).refused == {"131056": 2}


def test_a_number_takes_80_a_second() -> None:
    limits = Limits(Options())
    for at in range(80):
        limits.charge("1", f"1:{at}", 1_000.0)
    with pytest.raises(GraphError, match="130429"):
        limits.charge("1", "1:x", 1_000.0)
    limits.charge("2", "2:x", 1_000.0)
    limits.charge("1", "1:x", 1_000.1)
    for at in range(20):
        limits.charge("3", f"3:{at}", 1_000.0, coexistence=True)
    with pytest.raises(GraphError, match="130429"):
        limits.charge("3", "3:x", 1_000.0, coexistence=True)


async def test_planned_failures(cloud: Stage) -> None:
    await cloud.control.fault("send", times=2, skip=1, code=131016)
    await cloud.sent("text", {"body": "a"})
    for _ in range(2):
        answer = await cloud.send("text", {"body": "b"})
        assert (answer.status_code, refusal(answer)[0]) == (500, 131016)
    await cloud.control.fault("send", "fail_later", code=131049, details="Not now.", to=ANN)
    await cloud.sent("text", {"body": "c"})
    error = cloud.webhook.statuses()[-1]["errors"][0]
    assert (error["code"], error["error_data"]) == (131049, {"details": "Not now."})
    await cloud.control.fault("send", code=4, status=429)
    assert (await cloud.send("text", {"body": "d"})).status_code == 429
    with pytest.raises(ControlFailed, match="faults are"):
        await cloud.control.fault("send", "explode")


async def test_a_dropped_answer_leaves_the_message(cloud: Stage) -> None:
    await cloud.control.fault("send", "drop")
    with pytest.raises(httpx.TransportError):
        await cloud.send("text", {"body": "sent after all"}, biz_opaque_callback_data="row 9")
    await cloud.control.settled()
    assert (await cloud.ann.last()).text == "sent after all"
    assert cloud.webhook.statuses()[-1]["biz_opaque_callback_data"] == "row 9"
    assert [call.status for call in await cloud.control.calls("send")] == [0]


async def test_refused_hanging_and_garbage(cloud: Stage) -> None:
    await cloud.control.fault("send", "refuse")
    with pytest.raises(httpx.TransportError):
        await cloud.send("text", {"body": "never"})
    await cloud.control.fault("send", "hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await cloud.send("text", {"body": "never"})
    await cloud.control.fault("*", "garbage")
    answer = await cloud.send("text", {"body": "done"})
    assert (answer.status_code, answer.text[:6]) == (502, "<html>")
    assert [message.text for message in await cloud.ann.messages()] == ["hello", "done"]
    calls = await cloud.control.wait_for_calls(1, "send", where=lambda call: call.status == 502)
    assert calls[0].body["text"] == {"body": "done"}


async def test_mistakes_of_a_test_are_told(cloud: Stage) -> None:
    for action, words in (("fly", "no action 'fly'"), ("write", "KeyError 'person'")):
        with pytest.raises(ControlFailed, match=words):
            await cloud.control.do(action, number=cloud.number.id)
    with pytest.raises(ControlFailed, match="no option speed"):
        await cloud.control.options(speed=1)
    with pytest.raises(ControlFailed, match="no message x"):
        await cloud.ann.write("a", reply_to="x")
