"""Messages both ways: what the business is told, what the customer sees, how statuses go."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from playground.whatsapp_cloud.control import Control, ControlFailed
from playground.whatsapp_cloud.ids import BSUID, WAMID

from .whatsapp_cloud_stage import ANN, Stage, stage


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


async def test_a_text_comes_with_who_wrote_it_and_a_signature(cloud: Stage) -> None:
    await cloud.ann.write("Привет, a/b")
    await cloud.control.settled()
    raw = cloud.webhook.raws[0]
    assert b"\\u041f\\u0440" in raw
    assert b"a\\/b" in raw
    value = cloud.webhook.values()[0]
    assert value["metadata"] == {"display_phone_number": "15550001111", "phone_number_id": cloud.number.id}
    contact, message = value["contacts"][0], value["messages"][0]
    assert (contact["wa_id"], contact["profile"]["name"]) == (ANN, "Ann")
    assert BSUID.match(contact["user_id"])
    assert WAMID.match(message["id"])
    assert (message["from"], message["type"], message["text"]) == (ANN, "text", {"body": "Привет, a/b"})
    assert message["timestamp"].isdigit()


async def test_an_answer_is_seen_and_told_of_until_read(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    message_id = await cloud.sent("text", {"body": "hi"}, biz_opaque_callback_data="row 7")
    seen = await cloud.ann.last()
    assert (seen.id, seen.text, seen.status, seen.shown, seen.tracker) == (message_id, "hi", "delivered", True, "row 7")
    await cloud.ann.read()
    await cloud.control.settled()
    statuses = cloud.webhook.statuses()
    assert [(status["status"], status["biz_opaque_callback_data"]) for status in statuses] == [
        ("sent", "row 7"),
        ("delivered", "row 7"),
        ("read", "row 7"),
    ]
    assert {status["recipient_id"] for status in statuses} == {ANN}
    assert cloud.webhook.values()[-1]["contacts"][0]["user_id"]


async def test_without_receipts_nobody_learns_of_reading(cloud: Stage) -> None:
    await cloud.person.change(receipts=False)
    await cloud.ann.write("hello")
    await cloud.sent("text", {"body": "hi"})
    await cloud.ann.read()
    await cloud.control.settled()
    assert [status["status"] for status in cloud.webhook.statuses()] == ["sent", "delivered"]


async def test_a_phone_that_is_off_gets_it_later(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    await cloud.ann.online(False)
    message_id = await cloud.sent("text", {"body": "hi"})
    assert not (await cloud.ann.seen(message_id)).shown
    await cloud.ann.online()
    await cloud.control.settled()
    assert [status["status"] for status in cloud.webhook.statuses()] == ["sent", "delivered"]


async def test_outside_the_window_it_is_accepted_and_fails(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    await cloud.control.advance(24 * 3600 + 1)
    assert await cloud.ann.window_left() < 0
    message_id = await cloud.sent("text", {"body": "too late"})
    status = cloud.webhook.statuses()[-1]
    assert (status["id"], status["status"], status["errors"][0]["code"]) == (message_id, "failed", 131047)
    assert not (await cloud.ann.seen(message_id)).shown
    await cloud.ann.write("still there?")
    await cloud.sent("text", {"body": "yes"})
    assert (await cloud.ann.last()).status == "delivered"


async def test_who_is_not_on_whatsapp_or_blocked_us_gets_nothing(cloud: Stage) -> None:
    await cloud.sent("text", {"body": "a"}, to="+1 999 999-9999")
    await cloud.ann.write("hello")
    await cloud.ann.block()
    await cloud.sent("text", {"body": "b"})
    assert [status["errors"][0]["code"] for status in cloud.webhook.statuses()] == [131026, 131026]
    assert (await cloud.ann.last()).error == 131026


async def test_replies_and_reactions_hang_on_messages(cloud: Stage) -> None:
    first = await cloud.ann.write("which one?")
    answer = await cloud.sent("text", {"body": "this"}, context={"message_id": first.id})
    assert (await cloud.ann.last()).reply_to == first.id
    await cloud.sent("reaction", {"message_id": first.id, "emoji": "👍"})
    assert (await cloud.ann.seen(first)).reactions == {"business": "👍"}
    await cloud.sent("reaction", {"message_id": first.id, "emoji": ""})
    assert (await cloud.ann.seen(first)).reactions == {}
    await cloud.ann.react(answer, "❤️")
    await cloud.ann.react(answer, "")
    await cloud.ann.react(answer, "", removal="missing")
    await cloud.ann.write("thanks", reply_to=answer)
    await cloud.control.settled()
    *_, one, two, three, reply = cloud.webhook.messages()
    assert one["reaction"] == {"message_id": answer, "emoji": "❤️"}
    assert (two["reaction"]["emoji"], "emoji" in three["reaction"]) == ("", False)
    assert reply["context"] == {"from": "15550001111", "id": answer}


async def test_a_reaction_to_nothing_fails_afterwards(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    await cloud.sent("reaction", {"message_id": "wamid.HBgLMTU1NTEyMzQ1NjcVAgARGBI5", "emoji": "👍"})
    assert cloud.webhook.statuses()[-1]["errors"][0]["code"] == 131009


async def test_reading_and_typing(cloud: Stage) -> None:
    message = await cloud.ann.write("hello")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": message.id}
    answer = await cloud.http.post(f"{cloud.number.id}/messages", json=body | {"typing_indicator": {"type": "text"}})
    assert answer.json() == {"success": True}
    assert (await cloud.ann.last()).read_by_business
    assert await cloud.ann.typing()
    await cloud.control.advance(26)
    assert not await cloud.ann.typing()
    wrong = await cloud.http.post(f"{cloud.number.id}/messages", json=body | {"message_id": "wamid.none"})
    assert wrong.json()["error"]["code"] == 131009


async def test_buttons_and_lists_are_tapped(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    buttons = [{"type": "reply", "reply": {"id": f"b{at}", "title": title}} for at, title in enumerate(("Yes", "No"))]
    sent = await cloud.sent(
        "interactive", {"type": "button", "body": {"text": "Sure?"}, "action": {"buttons": buttons}}
    )
    assert (await cloud.ann.last()).buttons == ["Yes", "No"]
    await cloud.ann.tap("Yes")
    rows = [{"id": "r1", "title": "Red", "description": "warm"}]
    action = {"button": "Colours", "sections": [{"rows": rows}]}
    await cloud.sent("interactive", {"type": "list", "body": {"text": "Which?"}, "action": action})
    await cloud.ann.tap("Red")
    await cloud.control.settled()
    yes, red = cloud.webhook.messages()[-2:]
    assert yes["interactive"] == {"type": "button_reply", "button_reply": {"id": "b0", "title": "Yes"}}
    assert yes["context"]["id"] == sent
    assert red["interactive"]["list_reply"] == rows[0]
    with pytest.raises(ControlFailed, match="no button 'Blue'"):
        await cloud.ann.tap("Blue")


async def test_edits_and_deletions_are_told(cloud: Stage) -> None:
    text = await cloud.ann.write("helo")
    await cloud.ann.edit(text, "hello")
    image = await cloud.ann.send("image", caption="look")
    await cloud.ann.edit(image, "look here")
    await cloud.ann.revoke(text)
    await cloud.control.settled()
    _, edit, _, caption, revoke = cloud.webhook.messages()
    assert edit["edit"]["original_message_id"] == text.id
    assert edit["edit"]["message"]["text"] == {"body": "hello"}
    assert caption["edit"]["message"]["image"]["caption"] == "look here"
    assert revoke["revoke"] == {"original_message_id": text.id}
    gone = await cloud.ann.seen(text)
    assert (gone.deleted, gone.text, gone.versions) == (True, "", ["helo"])


async def test_waiting_for_a_message_tells_what_is_there_instead(cloud: Stage) -> None:
    await cloud.ann.write("hello")
    with pytest.raises(TimeoutError, match="person text : 'hello'"):
        await cloud.ann.wait_for(lambda message: message.by == "api", seconds=0.1)


async def test_it_runs_as_a_process_and_ends_on_a_signal() -> None:
    command = ["-m", "playground.whatsapp_cloud", "--port", "0", "--no-limits"]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().split()[-1]
    try:
        async with Control(url) as control:
            number = await control.number("15550001111")
            ann = (await control.person(ANN, "Ann")).chat(number)
            await ann.write("hello")
            assert (await ann.last()).text == "hello"
            assert (await control.options())["limits"] is False
    finally:
        process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
