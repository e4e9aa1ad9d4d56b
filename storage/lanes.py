"""A lane on PostgreSQL has one owner: whoever holds its advisory lock, on the very connection that claims and settles.

If that connection breaks, the server frees the lock, and the same break stops this process from claiming more: there is
no moment in which two processes believe that they own the lane and can both write so. Needs a real session: a pooler in
transaction mode (PgBouncer) between Dibs and PostgreSQL breaks this.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.attempts import transact_again
from storage.errors import LaneLost, LaneTaken, OutcomeUnknown
from storage.postgres_connect import advisory_key, explain, is_lost

T = TypeVar("T")


class LaneLock:
    """A lane that is held. Transactions take turns, since there is one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()
        self._lost = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Raises LaneLost: leave the lane, and enter again before sending anything."""
        async with self._turn:
            if self._lost or self._connection.closed:
                raise LaneLost
            try:
                return await transact_again(self._connection, fn)
            except asyncio.CancelledError:
                self._lost = True  # SQLAlchemy may have dropped the connection half-way
                raise
            except Exception as error:
                if isinstance(error, OutcomeUnknown) or is_lost(error):
                    self._lost = True
                    raise LaneLost from error
                raise explain(error) or error from error


async def try_lock(connection: AsyncConnection, key: int, *, shared: bool = False) -> bool:
    """A lock of the session: it stays until the connection closes."""
    function = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    taken = bool(await connection.scalar(text(f"SELECT {function}(:key)"), {"key": key}))
    await connection.commit()
    return taken


@asynccontextmanager
async def hold_lane(engine: AsyncEngine, name: str) -> AsyncIterator[LaneLock]:
    """Raises LaneTaken, StorageUnavailable."""
    connection = await _locked_connection(engine, name)
    try:
        yield LaneLock(connection)
    finally:
        await connection.close()


async def _locked_connection(engine: AsyncEngine, name: str) -> AsyncConnection:
    try:
        connection = await engine.connect()
    except Exception as error:
        raise explain(error) or error from error
    try:
        if await try_lock(connection, advisory_key(f"lane {name}")):
            return connection
    except BaseException as error:
        await connection.close()
        raise explain(error) or error from error
    await connection.close()
    raise LaneTaken(f"Another process is sending through {name} already.")
