"""PostgreSQL: use cases run as plain functions inside asyncpg transactions, several at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.attempts import ATTEMPTS, pause, transact
from storage.errors import AlreadyRunning, BackupRefused, OutcomeUnknown, StorageClosed
from storage.lanes import LaneLock, hold_lane, try_lock
from storage.locks import RunningLock
from storage.portal import Portal
from storage.postgres_connect import POOL, advisory_key, explain, is_lost, is_retryable, pooled_engine, single_engine

T = TypeVar("T")
Act = Callable[[AsyncConnection], Awaitable[T]]
RUNNING = advisory_key("running")


class PostgresDatabase:
    """See ``storage.database.Database``. Asynchronous methods belong to one event loop, the blocking ones to none."""

    kind: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._busy = 0
        self._closed = False

    @cached_property
    def _pool(self) -> AsyncEngine:
        return pooled_engine(self._url)

    @cached_property
    def _single(self) -> AsyncEngine:
        return single_engine(self._url)

    @cached_property
    def _portal(self) -> Portal:
        return Portal()

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """``fn`` runs again after a deadlock, and after a connection that broke before its COMMIT."""
        self._busy += 1
        try:
            return await self._repeat(self._pool, lambda connection: transact(connection, fn))
        finally:
            self._busy -= 1

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """REPEATABLE READ, so that several statements see one state; reading alone it never fails to serialize."""
        return await self._repeat(self._snapshots(self._pool), lambda connection: connection.run_sync(fn))

    def run_sync(self, fn: Callable[[Connection], T]) -> T:
        return self._portal.run(self._repeat(self._single, lambda connection: transact(connection, fn)))

    def read_sync(self, fn: Callable[[Connection], T]) -> T:
        engine = self._snapshots(self._single)
        return self._portal.run(self._repeat(engine, lambda connection: connection.run_sync(fn)))

    @staticmethod
    def _snapshots(engine: AsyncEngine) -> AsyncEngine:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def _repeat(self, engine: AsyncEngine, act: Act[T]) -> T:
        for attempt in range(ATTEMPTS):
            if self._closed:
                raise StorageClosed
            try:
                async with engine.connect() as connection:
                    return await act(connection)
            except OutcomeUnknown:
                raise
            except Exception as error:
                if attempt == ATTEMPTS - 1 or not _may_repeat(error, attempt):
                    raise explain(error) or error from error
            await pause(attempt)
        raise AssertionError("the last attempt returns or raises")

    def lane(self, name: str) -> AbstractAsyncContextManager[LaneLock]:
        return hold_lane(self._single_for_lanes, name)

    @cached_property
    def _single_for_lanes(self) -> AsyncEngine:
        return single_engine(self._url)

    def mark_running(self) -> RunningLock:
        """Shared: several processes may run on one PostgreSQL."""
        portal = Portal()
        try:
            connection = portal.run(_hold_running(single_engine(self._url)))
        except BaseException:
            portal.close()
            raise

        def close() -> None:
            portal.run(connection.close())
            portal.close()

        return RunningLock(close)

    def changed_elsewhere(self) -> bool:
        return True

    async def watch_elsewhere(self, every: float = 0.5) -> AsyncIterator[None]:
        while not self._closed:
            await asyncio.sleep(every)
            yield

    @property
    def waiting(self) -> int:
        return max(0, self._busy - POOL)

    def backup(self, target: Path) -> None:
        address = self._url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise BackupRefused(f"PostgreSQL has its own tool: pg_dump --format=custom --file={target} '{address}'")

    async def aclose(self) -> None:
        self._closed = True
        if "_pool" in self.__dict__:
            await self._pool.dispose()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        self._closed = True
        if "_portal" in self.__dict__:
            self._portal.close()


def _may_repeat(error: Exception, attempt: int) -> bool:
    """Bad luck is tried again; a stale pooled connection once, since a server that is down stays down for a while."""
    return is_retryable(error) or (is_lost(error) and attempt == 0)


async def _hold_running(engine: AsyncEngine) -> AsyncConnection:
    connection = await engine.connect()
    if not await try_lock(connection, RUNNING, shared=True):
        await connection.close()
        raise AlreadyRunning("The database is being upgraded.")
    return connection
