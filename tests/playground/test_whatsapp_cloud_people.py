"""Who people are, the phone of the business, calls."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from .whatsapp_cloud_stage import ANN, Stage, stage


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


async def test_a_username_hides_the_number(cloud: Stage) -> None:
    await cloud.person.change(hidden=True, username="ann")
    await cloud.ann.write("hello")
    await cloud.control.settled()
    value = cloud.webhook.values()[0]
    contact, message = value["contacts"][0], value["messages"][0]
    assert contact["profile"] == {"name": "Ann", "username": "ann"}
    assert "wa_id" not in contact
    assert "from" not in message
    assert message["from_user_id"] == contact["user_id"]
    answer = await cloud.send("text", {"body": "hi"}, to=None, recipient=contact["user_id"])
    assert answer.json()["contacts"] == [{"input": contact["user_id"], "user_id": contact["user_id"]}]
    await cloud.control.settled()
    assert (await cloud.ann.last()).text == "hi"
    assert "recipient_id" not in cloud.webhook.statuses()[-1]


async def test_another_number_keeps_the_person(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    await cloud.ann.change_number("15557654321")
    await cloud.control.settled()
    before, told = cloud.webhook.messages()
    assert told["from"] == ANN
    assert told["system"]["type"] == "user_changed_number"
    assert told["system"]["wa_id"] == "15557654321"
    assert told["system"]["user_id"] != before["from_user_id"]
    await cloud.sent("text", {"body": "hi"}, to="15557654321")
    assert [message.text for message in await cloud.ann.messages()] == ["hello", "hi"]


async def test_what_was_typed_finds_the_number_that_whatsapp_knows(cloud: Stage) -> None:
    await cloud.control.person("5215512345678", "Mex")
    await cloud.control.person("551187654321", "Bra")
    await cloud.control.person("5491123456789", "Arg")
    for typed, known in (
        ("+52 55 1234 5678", "5215512345678"),
        ("5511987654321", "551187654321"),
        ("541123456789", "5491123456789"),
    ):
        answer = await cloud.send("text", {"body": "x"}, to=typed)
        assert answer.json()["contacts"] == [{"input": typed, "wa_id": known}]


async def test_the_business_app_shows_what_was_typed_there(cloud: Stage) -> None:
    echo = await cloud.ann.phone_write("from the phone")
    await cloud.ann.phone_edit(echo, "from my phone")
    await cloud.ann.phone_revoke(echo)
    await cloud.control.settled()
    told = [value["message_echoes"][0] for value in cloud.webhook.values("smb_message_echoes")]
    assert [item["type"] for item in told] == ["text", "edit", "revoke"]
    assert (told[0]["from"], told[0]["to"], told[0]["text"]) == ("15550001111", ANN, {"body": "from the phone"})
    assert await cloud.ann.window_left() < 0, "an echo opens no window"


async def test_history_and_contacts_of_the_phone(cloud: Stage) -> None:
    messages = [{"text": "long ago", "at": 1_700_000_000}, {"text": "yes", "at": 1_700_000_100, "outgoing": True}]
    await cloud.control.history(cloud.number, [{"person": ANN, "messages": messages}], phase=1, progress=55)
    await cloud.control.history(cloud.number, refused=True)
    await cloud.control.contacts(cloud.number, [cloud.person])
    await cloud.control.settled()
    chunk, refusal = (value["history"][0] for value in cloud.webhook.values("history"))
    assert chunk["metadata"] == {"phase": 1, "chunk_order": 1, "progress": 55}
    old, answer = chunk["threads"][0]["messages"]
    assert (old["from"], old["timestamp"], old["history_context"]) == (ANN, "1700000000", {"status": "READ"})
    assert (answer["from"], answer["to"]) == ("15550001111", ANN)
    assert refusal["errors"][0]["code"] == 2593109
    assert cloud.webhook.values("smb_app_state_sync")[0]["state_sync"][0]["contact"]["phone_number"] == ANN


async def test_a_missed_call_opens_the_window(cloud: Stage) -> None:
    await cloud.ann.call()
    await cloud.control.settled()
    ring, end = (value["calls"][0] for value in cloud.webhook.values("calls"))
    assert (ring["event"], end["event"], end["status"], ring["id"]) == ("connect", "terminate", "FAILED", end["id"])
    await cloud.sent("text", {"body": "you called?"})
    assert (await cloud.ann.last()).status == "delivered"


async def test_a_deleted_chat_is_empty_and_nobody_is_told(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    await cloud.ann.delete_chat()
    assert await cloud.ann.messages() == []
    await cloud.sent("text", {"body": "hi"})
    assert [message.text for message in await cloud.ann.messages()] == ["hi"]
