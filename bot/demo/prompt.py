"""The prompt: act as anybody, while what everybody sees goes on being written above it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator

import click

from bot.demo.cast import MORE, TEAM, ZOE, Player, customer
from bot.demo.lines import HELP, Show, Tap, Unclear, Word, Write, read_line
from bot.demo.stage import Stage
from bot.demo.window import INBOX, Window
from playground.telegram.control_types import ControlFailed

RECENT = 6
"""Posts that `show` prints."""
LOG_LINES = 12
LONGEST_LINE = 65_536
"""Bytes read from the terminal at once."""


async def take_part(stage: Stage) -> None:
    """Until `quit` or the end of input."""
    stage.paper.scene("Your turn")
    stage.paper.say(HELP)
    stage.paper.prompt(True)
    try:
        async for typed in _typed():
            stage.paper.prompt(False)
            if not await _obey(stage, typed):
                return
            stage.paper.prompt(True)
    finally:
        stage.paper.prompt(False)
    click.echo()


async def _typed() -> AsyncIterator[str]:
    """Lines from the terminal, without a thread that nothing could stop."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()
    loop.add_reader(sys.stdin.fileno(), _read, lines)
    try:
        while (line := await lines.get()) is not None:
            yield line
    finally:
        loop.remove_reader(sys.stdin.fileno())


def _read(lines: asyncio.Queue[str | None]) -> None:
    try:
        data = os.read(sys.stdin.fileno(), LONGEST_LINE)
    except OSError:
        data = b""
    if not data:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        lines.put_nowait(None)
    for line in data.decode(errors="replace").splitlines():
        lines.put_nowait(line)


async def _obey(stage: Stage, typed: str) -> bool:
    """Whether to go on."""
    try:
        line = read_line(typed)
        if isinstance(line, Word):
            return _word(stage, line)
        if line is not None:
            await _act(stage, line)
    except (Unclear, ControlFailed) as error:
        stage.paper.say(str(error), error=True)
    return True


def _word(stage: Stage, line: Word) -> bool:
    if line.word == "help":
        stage.paper.say(HELP)
    elif line.word == "log":
        stage.paper.say(stage.log(LOG_LINES))
    return line.word != "quit"


async def _act(stage: Stage, line: Write | Tap | Show) -> None:
    window = await _window(stage, line.who)
    match line:
        case Show():
            window.show_all(RECENT)
        case Tap():
            await window.tap(line.label, line.post)
        case Write():
            thread = None if line.reply_to is not None else _thread(window, line.topic)
            await window.talk.write(line.text, thread=thread, reply_to=line.reply_to)


async def _window(stage: Stage, who: str) -> Window:
    player = _player(who)
    if player.key in stage.windows:
        return stage.of(player)
    window = await stage.enter(player)
    await window.talk.start()
    return window


def _player(who: str) -> Player:
    """By name, or as `customer`, `customer2` … Raises Unclear."""
    if found := re.fullmatch(r"customer(\d*)", who):
        number = int(found[1] or 1)
        if 1 <= number <= len(MORE) + 1:
            return customer(number)
        raise Unclear(f"There are customers 1 to {len(MORE) + 1}.")
    people = (*TEAM, ZOE, *(customer(number) for number in range(2, len(MORE) + 2)))
    for player in people:
        if player.key == who:
            return player
    names = ", ".join(player.key for player in TEAM)
    raise Unclear(f"Nobody here is called {who}: there are {names} and customer.")


def _thread(window: Window, topic: str | None) -> int | None:
    """Raises Unclear. Without a name: where they were last written to about a client."""
    if topic is None:
        return window.here if window.here in window.topics else None
    for thread, name in window.topics.items():
        if name.lower().startswith(topic.strip().lower()):
            return thread
    there = ", ".join(window.topics.values()) or "none yet"
    raise Unclear(f"{window.player.name} has no such topic. There are: {there} (the first is {INBOX}).")
