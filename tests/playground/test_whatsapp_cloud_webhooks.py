"""Webhooks: the challenge, where they go, retries, several in one POST, repeated and out of order, odd ones."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from playground.whatsapp_cloud.control import ControlFailed

from .whatsapp_cloud_stage import ANN, VERIFY, Stage, Webhook, callback, refusal, stage


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
async def other(cloud: Stage) -> AsyncIterator[Webhook]:
    """Another callback of the same app."""
    async with callback() as webhook:
        webhook.secret = cloud.number.app_secret
        yield webhook


async def test_a_callback_has_to_know_the_token(cloud: Stage) -> None:
    with pytest.raises(ControlFailed, match="403"):
        await cloud.control.callback(cloud.number, cloud.webhook.url, "a guess")
    wrong = {"override_callback_uri": cloud.webhook.url, "verify_token": "a guess"}
    answer = await cloud.http.post(f"{cloud.number.business.id}/subscribed_apps", json=wrong)
    assert refusal(answer)[0] == 2200


async def test_overrides_of_an_account_and_a_number(cloud: Stage, other: Webhook) -> None:
    place = f"{cloud.number.business.id}/subscribed_apps"
    override = {"override_callback_uri": other.url, "verify_token": VERIFY}
    assert (await cloud.http.post(place, json=override)).json() == {"success": True}
    app = (await cloud.http.get(place)).json()["data"][0]
    assert (app["override_callback_uri"], app["whatsapp_business_api_data"]["id"]) == (
        other.url,
        cloud.number.business.app_id,
    )
    own = {"webhook_configuration": {"override_callback_uri": cloud.webhook.url, "verify_token": VERIFY}}
    assert (await cloud.http.post(cloud.number.id, json=own)).json() == {"success": True}
    second = await cloud.control.number("15550002222", cloud.number.business)
    await cloud.ann.write("to the number's own")
    await cloud.person.chat(second).write("to the account's")
    await cloud.control.account_update(cloud.number.business, "PARTNER_REMOVED")
    await cloud.control.settled()
    assert [message["text"]["body"] for message in cloud.webhook.messages()] == ["to the number's own"]
    assert [message["text"]["body"] for message in other.messages()] == ["to the account's"]
    assert cloud.webhook.values("account_update") == [{"event": "PARTNER_REMOVED"}], "always to the app's"
    node = (await cloud.http.get(cloud.number.id, params={"fields": "webhook_configuration"})).json()
    assert node["webhook_configuration"]["phone_number"] == cloud.webhook.url


async def test_an_app_sets_its_own_callback(cloud: Stage, other: Webhook) -> None:
    business = cloud.number.business
    token = {"Authorization": f"Bearer {business.app_id}|{business.app_secret}"}
    given = {"object": "whatsapp_business_account", "callback_url": other.url, "verify_token": VERIFY}
    place = f"{business.app_id}/subscriptions"
    answer = await cloud.http.post(place, json=given | {"fields": "messages,calls"}, headers=token)
    assert answer.json() == {"success": True}
    listed = (await cloud.http.get(place, headers=token)).json()["data"][0]
    assert (listed["callback_url"], [field["name"] for field in listed["fields"]]) == (other.url, ["calls", "messages"])
    await cloud.ann.write("hello")
    await cloud.control.settled()
    assert len(other.messages()) == 1


async def test_only_subscribed_fields_of_a_subscribed_account_come(cloud: Stage) -> None:
    await cloud.control.callback(cloud.number, cloud.webhook.url, VERIFY, fields=["calls"])
    await cloud.ann.write("unheard")
    await cloud.ann.call()
    await cloud.control.settled()
    assert len(cloud.webhook.values("calls")) == 2
    assert cloud.webhook.messages() == []
    await cloud.http.delete(f"{cloud.number.business.id}/subscribed_apps")
    await cloud.ann.call()
    assert len(cloud.webhook.values("calls")) == 2


async def test_what_is_not_taken_comes_again_with_growing_pauses(cloud: Stage) -> None:
    cloud.webhook.answers = [500, 301, 204]
    await cloud.ann.write("first")
    await cloud.ann.write("second")
    await cloud.control.settled(0.2)
    for seconds in (1, 2, 4):
        await cloud.control.advance(seconds)
        await cloud.control.settled(0.2)
    assert await cloud.control.settled() == 0
    texts = [message["text"]["body"] for message in cloud.webhook.messages()]
    assert sorted(texts) == ["first", "second"]
    tried = [(item["attempt"], item["status"]) for item in await cloud.control.webhooks()]
    assert [status for _, status in tried if status != 200] == [500, 301, 204]


async def test_after_a_week_it_is_given_up(cloud: Stage) -> None:
    await cloud.control.callback(cloud.number, "http://127.0.0.1:9/nobody", unchecked=True)
    await cloud.ann.write("lost")
    for _ in range(60):
        assert await cloud.control.settled(0.05) <= 1
        await cloud.control.advance(6 * 3600)
    assert await cloud.control.settled(0.2) == 0
    log = await cloud.control.webhooks()
    assert log[-1]["time"] - log[0]["time"] > 6 * 86_400


async def test_several_in_one_post_twice_and_backwards(cloud: Stage) -> None:
    second = await cloud.control.number("15550002222", cloud.number.business)
    await cloud.control.hold()
    await cloud.ann.write("one")
    await cloud.ann.write("two")
    await cloud.person.chat(second).write("three")
    assert await cloud.control.release(together=True, order="reversed", times=2) == 3
    await cloud.control.settled()
    assert len(cloud.webhook.bodies) == 2
    (entry,) = cloud.webhook.bodies[0]["entry"]
    three, both = entry["changes"]
    assert [message["text"]["body"] for message in both["value"]["messages"]] == ["two", "one"]
    assert len(both["value"]["contacts"]) == 1
    assert three["value"]["metadata"]["phone_number_id"] == second.id
    assert cloud.webhook.bodies[0] == cloud.webhook.bodies[1]


async def test_statuses_come_late_and_again(cloud: Stage) -> None:
    await cloud.control.options(statuses="")
    await cloud.ann.write("hello")
    message = await cloud.sent("text", {"body": "hi"})
    assert (await cloud.ann.last()).status == "accepted"
    for status, again in (("read", False), ("delivered", True), ("read", True)):
        await cloud.control.status(message, status, again=again)
    await cloud.control.settled()
    assert [status["status"] for status in cloud.webhook.statuses()] == ["read", "delivered", "read"]
    assert (await cloud.ann.last()).status == "read"
    await cloud.control.status(message, "failed", code=131026)
    await cloud.control.settled()
    assert cloud.webhook.statuses()[-1]["errors"][0]["code"] == 131026


async def test_several_numbers_keep_their_people_apart(cloud: Stage) -> None:
    stranger = await cloud.control.number("15550003333")
    answer = await cloud.http.get(stranger.id)
    assert refusal(answer) == (100, answer.json()["error"]["message"])
    assert "does not exist" in answer.json()["error"]["message"]
    await cloud.ann.write("hello")
    await cloud.control.settled()
    theirs = (await cloud.control.person("15559990000", "Bo")).chat(stranger)
    await theirs.write("hello there")
    assert [message.text for message in await cloud.ann.messages()] == ["hello"]
    assert [message.text for message in await theirs.messages()] == ["hello there"]


async def test_anything_can_be_posted(cloud: Stage) -> None:
    await cloud.control.raw(cloud.number, text='{"object":"odd"')
    await cloud.control.raw(cloud.number, body={"object": "whatsapp_business_account", "entry": []}, secret="forged")
    await cloud.control.value(cloud.number, "messages", {"errors": [{"code": 131000, "title": "odd"}]})
    message = {"given": {"timestamp": "0", "from": "x"}, "extra": {"errors": [{"code": 1}]}}
    await cloud.ann.say("interactive", {}, **message)
    await cloud.control.settled(0.5)
    assert cloud.webhook.values()[0] == {"errors": [{"code": 131000, "title": "odd"}]}
    assert cloud.webhook.messages()[0]["timestamp"] == "0"
    log = await cloud.control.webhooks()
    assert json.loads(log[1]["body"]) == {"object": "whatsapp_business_account", "entry": []}
    assert {item["status"] for item in log} >= {403, 500}


async def test_many_people_write_at_once(cloud: Stage) -> None:
    await cloud.control.people(15_600_000_000, 50)
    await cloud.control.write_many(cloud.number, [(str(15_600_000_000 + at), f"from {at}") for at in range(50)])
    assert await cloud.control.settled() == 0
    assert len(cloud.webhook.messages()) == 50
    assert (await cloud.control.stats()).delivered == 50
    assert ANN not in {message["from"] for message in cloud.webhook.messages()}
