"""The connections that screens read on. Each lives in a thread of its own (aiosqlite's), and a view is one visit there.

Through SQLAlchemy's asyncio extension every statement is several visits, and each look-up costs 1.1 ms of CPU; run as a
whole in the connection's thread, on the driver, it costs 0.05 ms (docs/decisions/0009).
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from storage.errors import StorageBusy, StorageClosed
from storage.sqlite_connect import READER_PRAGMAS, prepare

T = TypeVar("T")
MOST = 4
PATIENCE = 10.0
"""Seconds to wait for a connection."""


class Reader:
    """One connection: aiosqlite owns it and its thread, SQLAlchemy speaks through it, from inside that thread."""

    def __init__(self, path: Path) -> None:
        self._home = aiosqlite.connect(path, isolation_level=None, cached_statements=512)
        self._home._thread.daemon = True  # a program that ends without closing must not hang
        self._connection: Connection | None = None

    async def open(self) -> None:
        await self._home
        await self._visit(self._connect)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """In one transaction, that is, on one state. A caller that is cancelled leaves it to finish."""
        return await self._visit(lambda: self._transact(fn))

    async def close(self) -> None:
        if self._connection is not None:
            await self._visit(self._disconnect)
        await self._home.close()

    async def _visit(self, act: Callable[[], T]) -> T:
        """``_execute`` is what each public method of aiosqlite's is made of; none of them takes any function."""
        done: T = await self._home._execute(act)  # type: ignore[no-untyped-call]  # untyped in aiosqlite
        return done

    def _connect(self) -> None:
        engine = create_engine(
            "sqlite://", creator=lambda: self._home._conn, poolclass=StaticPool, hide_parameters=True
        )
        prepare(READER_PRAGMAS, "BEGIN")(engine)
        self._connection = engine.connect()

    def _disconnect(self) -> None:
        assert self._connection is not None
        self._connection.close()
        self._connection.engine.dispose()

    def _transact(self, fn: Callable[[Connection], T]) -> T:
        assert self._connection is not None
        transaction = self._connection.begin()
        try:
            return fn(self._connection)
        finally:
            transaction.rollback()


class Readers:
    """Opened one after the other as they are needed, at most ``MOST``; the one used last is used next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: list[Reader] = []
        self._places = asyncio.Semaphore(MOST)
        self._closed = False

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Raises StorageBusy, StorageClosed, and what ``fn`` raises."""
        await self._place()
        try:
            reader = self._free.pop() if self._free else await self._open()
            try:
                return await reader.read(fn)
            finally:
                await self._give_back(reader)
        finally:
            self._places.release()

    async def _place(self) -> None:
        if self._closed:
            raise StorageClosed
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        except TimeoutError:
            raise StorageBusy("Too many screens are being read at once.") from None

    async def _open(self) -> Reader:
        reader = Reader(self._path)
        try:
            await reader.open()
        except BaseException:
            await reader.close()
            raise
        return reader

    async def _give_back(self, reader: Reader) -> None:
        if self._closed:
            await reader.close()
        else:
            self._free.append(reader)

    async def close(self) -> None:
        """What is being read is finished, and its connection closed then."""
        self._closed = True
        while self._free:
            await self._free.pop().close()
