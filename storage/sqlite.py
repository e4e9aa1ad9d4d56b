"""SQLite: writes go through the one writer thread, screens read on a few connections of their own."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.errors import BackupRefused, StorageClosed
from storage.locks import RunningLock, write_lock, writing
from storage.sqlite_connect import READER_PRAGMAS, explain, sync_engine
from storage.writer import Writer

if TYPE_CHECKING:
    from storage.readers import Readers

T = TypeVar("T")


class SqliteDatabase:
    """See ``storage.database.Database``. The file must have been opened by ``open_database``."""

    kind: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = Writer(path)
        self._seen = 0
        self._closed = False

    async def run(self, fn: Callable[[Connection], T]) -> T:
        return await self._writer.run(fn)

    def run_sync(self, fn: Callable[[Connection], T]) -> T:
        return self._writer.run_sync(fn)

    @cached_property
    def _readers(self) -> "Readers":
        from storage.readers import Readers

        return Readers(self.path)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StorageClosed
        try:
            return await self._readers.read(fn)
        except (DBAPIError, sqlite3.Error) as error:
            raise explain(error) or error from error

    def read_sync(self, fn: Callable[[Connection], T]) -> T:
        connection = sync_engine(self.path, READER_PRAGMAS, "BEGIN").connect()
        try:
            return fn(connection)
        except DBAPIError as error:
            raise explain(error) or error from error
        finally:
            with writing(self.path):  # the last one to close checkpoints
                connection.close()

    @asynccontextmanager
    async def lane(self, name: str) -> AsyncIterator[Writer]:
        """The running lock makes every lane ours."""
        yield self._writer

    def mark_running(self) -> RunningLock:
        return RunningLock.on_file(self.path)

    def changed_elsewhere(self) -> bool:
        self._writer.start()
        seen, self._seen = self._seen, self._writer.elsewhere
        return seen != self._seen

    async def watch_elsewhere(self, every: float = 0.5) -> AsyncIterator[None]:
        self._writer.start()
        seen = self._writer.elsewhere
        while not self._closed:
            await asyncio.sleep(every)
            if seen != self._writer.elsewhere:
                seen = self._writer.elsewhere
                yield

    @property
    def waiting(self) -> int:
        return self._writer.waiting

    def backup(self, target: Path) -> None:
        """SQLite's own backup in one step: a read transaction, so writers go on meanwhile."""
        _may_replace(target, self.path)
        part = target.with_name(f"{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            self._copy(part)
            _durably_rename(part, target)
        except (OSError, sqlite3.Error) as error:
            part.unlink(missing_ok=True)
            raise BackupRefused(f"{target} can't be written: {error}.") from error

    def _copy(self, part: Path) -> None:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # it holds what customers wrote
        with closing(sqlite3.connect(part)) as copy:
            source = sqlite3.connect(self.path)
            try:
                source.backup(copy)
            finally:
                with writing(self.path):
                    source.close()
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it

    async def aclose(self) -> None:
        await asyncio.to_thread(self._writer.close)
        self._closed = True
        if "_readers" in self.__dict__:
            lock = write_lock(self.path)
            await asyncio.to_thread(lock.acquire)
            try:
                await self._readers.close()
            finally:
                lock.close()

    def close(self) -> None:
        self._closed = True
        self._writer.close()


def _may_replace(target: Path, database: Path) -> None:
    """Overwrite last night's backup, but no other file."""
    if not target.exists():
        return
    if target.is_dir() or target.samefile(database):
        raise BackupRefused(f"{target} can't be a backup file: it is a folder, or the database itself.")
    with target.open("rb") as file:
        if file.read(16) not in (b"", b"SQLite format 3\x00"):
            raise BackupRefused(f"{target} exists and is no database; Dibs does not overwrite it.")


def _durably_rename(part: Path, target: Path) -> None:
    for path in (part, None, target.parent):
        if path is None:
            part.replace(target)
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
