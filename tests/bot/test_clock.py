"""The clock: what is due gets its turn, and what fails keeps nobody waiting."""

import asyncio

from bot.clock import Clock, Due
from sales.errors import Unavailable


async def test_a_turn_runs_what_is_due_in_order_and_not_again_too_soon() -> None:
    ran: list[str] = []

    def due(name: str, every: float) -> Due:
        async def run() -> None:
            ran.append(name)

        return Due(name, every, run)

    clock = Clock([due("ladders", 0), due("pruning", 3600)])
    await clock.turn()
    await clock.turn()
    assert ran == ["ladders", "pruning", "ladders"]


async def test_what_fails_keeps_nobody_waiting() -> None:
    ran: list[str] = []

    async def broken() -> None:
        raise ValueError("not foreseen")

    async def no_disk() -> None:
        raise Unavailable("the disk is full")

    async def well() -> None:
        ran.append("well")

    await Clock([Due("broken", 1, broken), Due("no disk", 1, no_disk), Due("well", 1, well)]).turn()
    assert ran == ["well"]


async def test_it_really_ticks() -> None:
    ticked = asyncio.Event()

    async def tick() -> None:
        ticked.set()

    async with asyncio.TaskGroup() as group:
        running = group.create_task(Clock([Due("tick", 1, tick)]).run())
        async with asyncio.timeout(5):
            await ticked.wait()
        running.cancel()
