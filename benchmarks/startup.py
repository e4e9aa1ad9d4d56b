"""How long `dibs run` takes until it is ready, what it holds at rest, and what a command costs."""

import asyncio
import statistics
import time

from benchmarks.rig import Rig, memory_of, rig
from benchmarks.seeding import Workspace
from benchmarks.table import Line, below

COMMANDS = (("staff", "list"), ("channel", "list"), ("outbox", "list"), ("inbox", "list"), ("--help",))
REST = 5.0
"""Seconds after which it counts as being at rest."""


async def run(times: int = 3) -> list[Line]:
    async with rig(Workspace(clients=1_000), customers=10, warm=False) as running:
        starts = [await _start(running) for _ in range(times)]
        await asyncio.sleep(REST)
        resting = memory_of(running.pid)
        commands = {" ".join(words): _command(running, words, times) for words in COMMANDS}
    slowest = max(commands, key=lambda name: commands[name])
    return [
        below("dibs run until ready", statistics.median(starts), 4, "s", 2),
        below("memory at rest", resting, 250, "MB", 0),
        below(f"slowest command without Telegram (dibs {slowest})", commands[slowest], 0.8, "s", 2),
    ]


async def _start(running: Rig) -> float:
    running.house.stop()
    began = time.perf_counter()
    await running.house.start()
    return time.perf_counter() - began


def _command(running: Rig, words: tuple[str, ...], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        running.house.command(*words)
        took.append(time.perf_counter() - began)
    return statistics.median(took)
