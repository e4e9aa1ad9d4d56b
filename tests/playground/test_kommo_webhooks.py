"""Subscriptions, bodies, retries, and when Kommo gives up."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from playground.kommo.brackets import encode, parse

from .kommo_stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as ready:
        await ready.subscribe()
        yield ready


def test_brackets_are_phps() -> None:
    assert (
        encode({"a": [{"b": 1, "c": [True, None]}]})
        == b"a%5B0%5D%5Bb%5D=1&a%5B0%5D%5Bc%5D%5B0%5D=1&a%5B0%5D%5Bc%5D%5B1%5D="
    )
    assert parse([("a[b][]", "1"), ("a[b][]", "2"), ("c", "3")]) == {"a": {"b": {"0": "1", "1": "2"}}, "c": "3"}


async def test_a_subscription_is_made_changed_listed_and_removed(stage: Stage) -> None:
    url = "https://you.example/k/secret"
    made = await stage.call("POST", "webhooks", {"destination": url, "settings": ["add_lead"], "sort": 10})
    assert (made["destination"], made["disabled"], made["settings"]) == (url, False, ["add_lead"])
    again = await stage.call("POST", "webhooks", {"destination": url, "settings": ["update_lead"]})
    assert again["id"] == made["id"]
    listed = await stage.get("webhooks", **{"filter[destination]": url})
    assert listed["_embedded"]["webhooks"][0]["settings"] == ["update_lead"]
    await stage.call("DELETE", "webhooks", {"destination": url}, 204)
    await stage.call("DELETE", "webhooks", {"destination": url}, 404)


@pytest.mark.parametrize(
    "body", [{"settings": ["add_lead"]}, {"destination": "https://x.example"}, {"destination": "x", "settings": ["y"]}]
)
async def test_a_wrong_subscription_is_refused(stage: Stage, body: dict[str, object]) -> None:
    await stage.call("POST", "webhooks", body, 400)


async def test_a_body_is_a_form_with_the_lead_and_the_account(stage: Stage) -> None:
    lead_id = await stage.lead(name="Сделка & Co", responsible_user_id=stage.anna.id)
    await stage.kommo.settled()
    form = stage.hook.forms()[0]
    lead = form["leads"]["add"]["0"]
    assert stage.hook.headers[0]["Content-Type"] == "application/x-www-form-urlencoded"
    assert (lead["id"], lead["name"], lead["account_id"]) == (str(lead_id), "Сделка & Co", "7777")
    assert (lead["responsible_user_id"], lead["modified_user_id"]) == (
        str(stage.anna.id),
        str(await stage.kommo.admin_id()),
    )
    assert form["account"] == {"id": "7777", "subdomain": "example", "_links": {"self": "https://example.kommo.com"}}


async def test_a_batch_is_one_body_with_many_items(stage: Stage) -> None:
    await stage.call("POST", "leads", [{"name": "a"}, {"name": "b"}])
    await stage.kommo.settled()
    assert len(stage.hook.bodies) == 1
    assert [item["name"] for item in stage.hook.items("leads", "add")] == ["a", "b"]


async def test_only_what_was_subscribed_is_told(stage: Stage) -> None:
    await stage.call("POST", "webhooks", {"destination": stage.hook.url, "settings": ["status_lead"]})
    lead_id = await stage.lead()
    await stage.kommo.win(lead_id)
    await stage.kommo.settled()
    assert [list(form["leads"]) for form in stage.hook.forms()] == [["status"]]


async def test_incoming_leads_and_notes_are_told(stage: Stage) -> None:
    item = await stage.incoming()
    added = (await stage.told("unsorted", "add"))[0]
    assert (added["uid"], added["category"], added["source_uid"]) == (item["uid"], "forms", "wa-1")
    assert added["lead_id"] == str(item["_embedded"]["leads"][0]["id"])
    assert await stage.told("leads", "add") == []
    await stage.kommo.note(await stage.lead(), "hello", by=stage.anna.id)
    note = (await stage.told("leads", "note"))[0]["note"]
    assert (note["text"], note["element_type"], note["note_type"]) == ("hello", "2", "4")
    assert note["created_by"] == str(stage.anna.id)


async def test_a_failure_is_tried_again_after_5_15_and_60_minutes_then_the_hook_is_off(stage: Stage) -> None:
    stage.hook.always = 500
    await stage.lead()
    await stage.kommo.settled()
    for seconds, tries in ((299, 1), (2, 2), (897, 2), (3, 3), (3597, 3), (3, 4)):
        await stage.kommo.advance(seconds)
        assert len(stage.hook.bodies) == tries
    tried = await stage.kommo.webhooks("add_lead")
    assert [(item.attempt, item.status, item.gave_up) for item in tried][-1] == (4, 500, True)
    assert len(set(stage.hook.bodies)) == 1
    hook = (await stage.get("webhooks"))["_embedded"]["webhooks"][0]
    assert hook["disabled"] is True
    await stage.lead()
    await stage.kommo.settled()
    assert len(stage.hook.bodies) == 4


async def test_subscribing_again_switches_it_on(stage: Stage) -> None:
    await stage.kommo.options(webhook_retries=[])
    stage.hook.answers = [500]
    await stage.lead()
    await stage.kommo.settled()
    assert (await stage.kommo.hooks())[0]["disabled"] is True
    await stage.subscribe()
    await stage.lead()
    await stage.kommo.settled()
    assert len(stage.hook.bodies) == 2


async def test_two_seconds_is_too_late(stage: Stage) -> None:
    await stage.kommo.options(webhook_timeout=0.1)
    stage.hook.seconds = 0.5
    await stage.lead()
    await stage.kommo.settled()
    stage.hook.seconds = 0
    await stage.kommo.advance(300)
    assert [item.status for item in await stage.kommo.webhooks("add_lead")] == [0, 200]


async def test_webhooks_are_lost_repeated_and_made_up(stage: Stage) -> None:
    await stage.kommo.mute()
    await stage.lead(name="lost")
    await stage.kommo.mute(False)
    await stage.lead(name="kept")
    assert await stage.kommo.repeat("add_lead") == "add_lead"
    await stage.kommo.inject("delete_lead", {"id": 1}, {"id": 2})
    assert [item["name"] for item in await stage.told("leads", "add")] == ["kept", "kept"]
    assert [item["id"] for item in await stage.told("leads", "delete")] == ["1", "2"]
    await stage.kommo.inject_raw(b"\xff=%zz")
    await stage.kommo.settled()
    assert stage.hook.bodies[-1] == b"\xff=%zz"
