"""Telegram's limits on: how much of 30 messages a second is used, and whether any call is refused."""

import asyncio

from benchmarks.rig import rig
from benchmarks.seeding import Workspace
from benchmarks.table import Line

CEILING = 30.0
START = 3.0
"""Seconds until the buckets, which begin full, are in their steady state."""


async def run(seconds: float = 20.0) -> list[Line]:
    """More comes in than may leave: what leaves counts, of whatever kind it is."""
    async with rig(Workspace(reps=100, waiting=True), limits=True, warm=False) as running:
        before = (await running.telegram.stats()).too_many_requests
        began = (await running.telegram.stats()).now
        async with asyncio.TaskGroup() as group:
            group.create_task(running.load(40, seconds + START))
            await asyncio.sleep(seconds + START)
        calls = await running.telegram.calls(bot=running.staff_bot)
        refused = (await running.telegram.stats()).too_many_requests - before
    inside = [call for call in calls if began + START <= call.time < began + START + seconds and call.code == 200]
    share = len(inside) / (CEILING * seconds)
    return [
        Line(f"of Telegram's 30/s, over {seconds:g} s", f"{share:.1%}", ">= 98%", share >= 0.98),
        Line("calls refused with 429", str(refused), "0", refused == 0),
    ]
