"""429s, planned faults, the log of calls."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.limits import Limits
from playground.telegram.options import Options

from .conftest import Raw


async def test_a_chat_takes_a_burst_and_then_one_a_second(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.options(limits=True)
    for number in range(5):
        await raw.call("sendMessage", chat_id=111, text=str(number))
    response = await raw.http.post("sendMessage", json={"chat_id": 111, "text": "x"})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"
    assert response.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert await raw.refused("sendMessage", chat_id=111, text="x") == (429, "Too Many Requests: retry after 2")
    await raw.call("getMe")
    await raw.call("sendChatAction", chat_id=111, action="typing")
    await telegram.advance(3)
    await raw.call("sendMessage", chat_id=111, text="y")
    assert (await telegram.stats()).too_many_requests == 2


def test_pacing_at_the_rate_is_never_refused() -> None:
    limits = Limits(Options())
    now = 1_000.0
    for number in range(2_000):
        assert limits.charge(1, str(number), 1, now) == 0
        now += 1 / 30


def test_the_bot_limit_holds_over_all_chats() -> None:
    limits = Limits(Options())
    answers = [limits.charge(1, str(number), 1, 1_000.0) for number in range(31)]
    assert answers == [0] * 30 + [1]
    assert limits.charge(2, "1", 1, 1_000.0) == 0, "another bot has its own"


def test_a_group_takes_20_a_minute() -> None:
    limits = Limits(Options())
    answers = [limits.charge(1, "-1001", 1, 1_000.0) for _ in range(21)]
    assert answers == [0] * 20 + [3]
    assert limits.charge(1, "-1001", 1, 1_003.0) == 0
    assert limits.charge(1, "-1001", 1, 1_003.1) == 3


def test_an_album_counts_its_parts() -> None:
    limits = Limits(Options())
    assert limits.charge(1, "111", 10, 1_000.0) == 0
    assert limits.charge(1, "111", 1, 1_000.0) == 6


async def test_edits_and_topics_count_too(telegram: Control, raw: Raw, chat: Talk) -> None:
    sent = await raw.call("sendMessage", chat_id=111, text="a")
    await telegram.options(limits=True, chat_burst=2)
    await raw.call("editMessageText", chat_id=111, message_id=sent["message_id"], text="b")
    await raw.call("createForumTopic", chat_id=111, name="t")
    assert (await raw.refused("createForumTopic", chat_id=111, name="u"))[0] == 429


async def test_a_planned_failure_hits_the_next_calls_only(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.fault("sendMessage", "fail", times=2, skip=1, code=502, description="Bad Gateway")
    await raw.call("sendMessage", chat_id=111, text="a")
    await raw.call("sendPhoto", chat_id=111, photo=(await _photo(raw, chat)))
    for _ in range(2):
        assert await raw.refused("sendMessage", chat_id=111, text="b") == (502, "Bad Gateway")
    await raw.call("sendMessage", chat_id=111, text="c")
    await telegram.fault("*", retry_after=7)
    assert await raw.refused("sendMessage", chat_id=111, text="d") == (429, "Too Many Requests: retry after 7")


async def _photo(raw: Raw, chat: Talk) -> str:
    await chat.send("photo")
    return str((await raw.updates(-1))[0]["message"]["photo"][-1]["file_id"])


async def test_a_dropped_answer_leaves_the_message(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.fault("sendMessage", "drop")
    with pytest.raises(httpx.TransportError):
        await raw.call("sendMessage", chat_id=111, text="sent after all")
    assert (await chat.last()).text == "sent after all"
    assert [call.code for call in await telegram.calls("sendMessage")] == [0]


async def test_a_refused_connection_leaves_nothing(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.fault("sendMessage", "refuse")
    with pytest.raises(httpx.TransportError):
        await raw.call("sendMessage", chat_id=111, text="never")
    assert (await chat.last()).text == "/start"


async def test_hanging_delaying_and_garbage(telegram: Control, raw: Raw, chat: Talk) -> None:
    await telegram.fault("sendMessage", "hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await raw.call("sendMessage", chat_id=111, text="a")
    await telegram.fault("sendMessage", "delay", seconds=0.3)
    began = asyncio.get_running_loop().time()
    await raw.call("sendMessage", chat_id=111, text="b")
    assert asyncio.get_running_loop().time() - began >= 0.3
    await telegram.fault("sendMessage", "garbage")
    response = await raw.http.post("sendMessage", json={"chat_id": 111, "text": "c"})
    assert (response.status_code, response.text[:6]) == (502, "<html>")


async def test_calls_are_listed_and_waited_for(
    telegram: Control, raw: Raw, chat: Talk, bot: BotAccount, ann: PersonAccount
) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(telegram.wait_for_calls(2, "sendMessage", bot, seconds=5))
        await asyncio.sleep(0.05)
        await raw.call("getMe")
        await raw.call("sendMessage", chat_id=111, text="a")
        await raw.refused("sendMessage", chat_id=5, text="b")
    assert [(call.parameters["text"], call.code) for call in waiting.result()] == [("a", 200), ("b", 400)]
    assert [call.description for call in await telegram.calls(code=400)] == ["Bad Request: chat not found"]
    with pytest.raises(TimeoutError):
        await telegram.wait_for_calls(3, "sendMessage", seconds=0.2)


async def test_waiting_for_a_message_tells_what_is_there_instead(chat: Talk) -> None:
    with pytest.raises(TimeoutError, match="Ann: '/start'"):
        await chat.wait_for(lambda message: message.from_bot, seconds=0.1)
