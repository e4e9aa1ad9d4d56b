"""What `dibs demo` does, from start to end."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.demo.paper import Paper
from bot.demo.prompt import take_part
from bot.demo.stage import Stage, set_up
from bot.demo.story import play
from bot.demo.window import NotSeen

LOG_LINES = 20


def run_demo(port: int, *, browser: bool = True, story: bool = False) -> int:
    """The exit status. ``story``: play it and end, as it also does where nobody can type. ``browser`` waits for a page.

    Raises Failed.
    """
    alone = story or not _somebody_types()
    return asyncio.run(_until_told(Paper(), port, alone))


def _somebody_types() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


async def _until_told(paper: Paper, port: int, alone: bool) -> int:
    """Ctrl-C is the ordinary way out of the demo; of the story alone it is an interruption."""
    with _signals_cancel():
        try:
            return await _demo(paper, port, alone)
        except asyncio.CancelledError:
            paper.say("\nStopped; nothing is left behind.")
            return 1 if alone else 0


@contextmanager
def _signals_cancel() -> Iterator[None]:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _demo(paper: Paper, port: int, alone: bool) -> int:
    paper.say("Dibs, with stand-ins for Telegram and a team: nothing leaves this machine. Starting …", bold=True)
    async with set_up(paper, port) as stage:
        went_well = await _story(stage, slowly=not alone)
        if not alone:
            await take_part(stage)
    return 0 if went_well or not alone else 1


async def _story(stage: Stage, *, slowly: bool) -> bool:
    try:
        await play(stage, slowly=slowly)
    except NotSeen as missed:
        stage.paper.say(f"\nThe story did not go as written: {missed}.", error=True)
        stage.paper.say(stage.log(LOG_LINES))
        return False
    stage.paper.say("\nThat was the story: it went as written.", bold=True)
    return True
