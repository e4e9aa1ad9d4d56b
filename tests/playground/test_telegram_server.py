"""The server as a process, groups, what is kept and what is not."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from playground.telegram.control import BotAccount, Control, ControlFailed, PersonAccount, Talk
from playground.telegram.methods import METHODS
from playground.telegram.parameters import KNOWN

from .conftest import Raw


def test_every_method_has_its_parameters() -> None:
    assert {method.name for method in METHODS.values()} == set(KNOWN)


async def test_odd_input_gets_an_envelope_too(raw: Raw, chat: Talk) -> None:
    code, description = await raw.refused("sendPoll", chat_id=111, question="q", options=[1, 2])
    assert (code, "the stand-in failed" in description) == (500, True)


async def test_it_runs_as_a_process_and_ends_on_a_signal() -> None:
    command = ["-m", "playground.telegram", "--port", "0", "--no-limits", "--history", "5"]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    try:
        async with Control(url) as telegram:
            bot = await telegram.bot("100:AAA")
            ann = await telegram.person(111, "Ann")
            talk = ann.chat(bot)
            for number in range(8):
                await talk.write(str(number))
            assert [message.text for message in await talk.messages()] == list("34567"), "only the newest are kept"
            assert (await telegram.options())["limits"] is False
    finally:
        process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_groups(telegram: Control, raw: Raw, bot: BotAccount, ann: PersonAccount) -> None:
    bob = await telegram.person(222, "Bob")
    number = await telegram.group(-1001, "Sales", [bot], [ann, bob], is_forum=True)
    talk = ann.chat(bot, group=number)
    await talk.write("all of you")
    assert (await raw.updates())[0]["message"]["chat"] == {
        "id": -1001,
        "type": "supergroup",
        "title": "Sales",
        "is_forum": True,
    }
    thread = (await raw.call("createForumTopic", chat_id=number, name="t"))["message_thread_id"]
    await raw.call("closeForumTopic", chat_id=number, message_thread_id=thread)
    await raw.call("sendMessage", chat_id=number, text="hello", message_thread_id=thread)
    assert (await bob.chat(bot, group=number).last()).thread_id == thread
    await raw.call("leaveChat", chat_id=number)
    assert await raw.refused("sendMessage", chat_id=number, text="a") == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )


async def test_anything_can_be_said(raw: Raw, chat: Talk) -> None:
    await chat.say({"text": "a\x00\ud800"})
    assert (await raw.updates(-1))[0]["message"]["text"] == "a\x00\ud800"


async def test_files_from_this_machine(chat: Talk, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"from disk")
    assert await chat.download(await chat.send("document", path=file, name="a.txt")) == b"from disk"


async def test_mistakes_of_a_test_are_told(telegram: Control, chat: Talk) -> None:
    with pytest.raises(ControlFailed, match="no action 'fly'"):
        await telegram.do("fly")
    with pytest.raises(ControlFailed, match="no message 99"):
        await chat.write("a", reply_to=99)
    with pytest.raises(ControlFailed, match="somebody else's"):
        await chat.edit(99, "a")
    with pytest.raises(ControlFailed, match="no option speed"):
        await telegram.options(speed=1)
    with pytest.raises(ControlFailed, match="faults are"):
        await telegram.fault("sendMessage", "explode")
