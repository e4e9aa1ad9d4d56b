"""One process at a time: fetching a bot's updates, sending, and the clock's turns are lanes that have one owner.

On SQLite the running lock has settled that already. On PostgreSQL a lane is an advisory lock on a connection; when that
connection is gone another process may take over within seconds, so whoever held the lane stops at once and asks anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from storage.database import Database, Lane
from storage.errors import LaneLost, LaneTaken, StorageUnavailable

log = logging.getLogger(__name__)

HEARTBEAT = 2.0
"""Seconds between looks whether the lane is still ours, and between attempts to get it."""

Run = Callable[[Lane], Awaitable[None]]
"""Is given the lane: what writes through it stops when it is lost."""


class Hold(Protocol):
    """Runs something while this process owns a lane."""

    async def __call__(self, name: str, run: Run) -> None: ...


def holding(database: Database) -> Hold:
    """``hold(name, run)`` returns when ``run`` does, and raises what it raises."""

    async def hold(name: str, run: Run) -> None:
        while not await _held(database, name, run):  # noqa: ASYNC110 - nothing tells when a lane becomes free
            await asyncio.sleep(HEARTBEAT)

    return hold


async def _held(database: Database, name: str, run: Run) -> bool:
    """Whether it ran to its end."""
    try:
        async with database.lane(name) as lane:
            await _while_ours(database, lane, run)
    except LaneTaken:
        return False
    except (LaneLost, StorageUnavailable) as error:
        log.warning("lane %s was lost (%s); asking for it again", name, type(error).__name__)
        return False
    return True


async def _while_ours(database: Database, lane: Lane, run: Run) -> None:
    if database.kind == "sqlite":
        await run(lane)
        return
    try:
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(_beat(lane))
            await run(lane)
            beat.cancel()
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


async def _beat(lane: Lane) -> None:
    """Raises LaneLost as soon as it is noticed."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        await lane.run(lambda connection: None)
