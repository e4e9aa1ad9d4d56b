"""What stories about trouble share: waiting for a moment, and knowing that it has come."""

import asyncio
import re
from collections.abc import Callable, Sequence

from playground.telegram.control import Talk
from playground.telegram.control_types import Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import accepted, rows

PATIENCE = 60.0
"""Seconds: the machine may be busy, and what went wrong is retried after pauses that grow."""
TWICE = "may be shown twice"
SENT_TWICE = "may have been sent twice"


async def until(look: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Look again and again: nothing tells when a file or a row changes."""
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def fault_met(world: World) -> None:
    """The planned faults have been used up: the process stands at the point where they were planned."""
    await until(lambda: not world.server.world.faults)


async def again(world: World) -> None:
    """What a crash leaves behind is started again."""
    world.house.kill()
    await world.telegram.clear_faults()
    await world.house.start()


async def all_left(world: World) -> None:
    """Nothing is on its way any more, and what was sent is noted."""
    await until(lambda: rows(world.house, "select 1 from outbox where state in ('queued', 'sending')") == [])


async def owned_by_anna(world: World, person_id: int, name: str) -> tuple[Talk, Seen]:
    """A customer whom Anna has accepted, and the post in which she sees them."""
    await world.anna.start()
    await world.anna.wait_for(lambda m: "Hello" in m.text, PATIENCE)
    customer = await world.customer(person_id, name)
    return customer, await accepted(world, world.anna, customer, f"{name} asks")


def tokens(posts: Sequence[Seen], pattern: str) -> list[str]:
    """What was said, in the order in which it stands."""
    return [found for post in posts if post.from_bot for found in re.findall(pattern, post.text)]


def first_times(found: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(found))
