"""How a connection to SQLite is set up, and what its error codes mean to a person."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from storage.errors import DiskFull, PathNotWritable, StorageBusy, StorageUnavailable

BUSY_TIMEOUT = 5_000
"""Milliseconds to wait for programs that don't know our write lock, such as the sqlite3 shell."""

_COMMON = (
    f"busy_timeout={BUSY_TIMEOUT}",
    "mmap_size=0",  # through a mapping a disk error is a SIGBUS that kills the bot, instead of an exception
    "temp_store=MEMORY",
)
WRITER_PRAGMAS = (
    *_COMMON,
    "journal_mode=WAL",
    "synchronous=FULL",  # NORMAL lost acknowledged rows in 496 of 600 simulated power cuts
    "fullfsync=ON",  # macOS: a plain fsync stays in the drive's cache
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=0",  # the writer checkpoints between batches
    "journal_size_limit=67108864",
)
READER_PRAGMAS = (*_COMMON, "query_only=ON", "cache_size=-8192")
CHECK_PRAGMAS = _COMMON
MIGRATION_PRAGMAS = (*WRITER_PRAGMAS, "foreign_keys=OFF")
"""Alembic rebuilds tables by dropping them, which with foreign keys on would delete what refers to them."""

_REASONS: dict[int, tuple[type[StorageUnavailable], str]] = {
    sqlite3.SQLITE_BUSY: (StorageBusy, ""),
    sqlite3.SQLITE_LOCKED: (StorageBusy, ""),
    sqlite3.SQLITE_FULL: (DiskFull, ""),
    sqlite3.SQLITE_IOERR: (StorageUnavailable, "The disk reports an error: nothing was changed. Is it full?"),
    sqlite3.SQLITE_READONLY: (StorageUnavailable, "The database became read-only: nothing was changed."),
    sqlite3.SQLITE_CANTOPEN: (StorageUnavailable, "The database can't be opened any more: was it moved or deleted?"),
    sqlite3.SQLITE_CORRUPT: (StorageUnavailable, "The database is damaged: stop the bot and restore a backup."),
    sqlite3.SQLITE_NOTADB: (StorageUnavailable, "The database is damaged: stop the bot and restore a backup."),
    sqlite3.SQLITE_NOMEM: (StorageUnavailable, "There is no memory left: nothing was changed."),
}


def prepare(pragmas: tuple[str, ...], begin: str) -> Callable[[Engine], None]:
    """Take transactions away from the driver (it begins too late, and never for reading) and set the pragmas."""

    def install(engine: Engine) -> None:
        @event.listens_for(engine, "connect")
        def on_connect(dbapi: Any, _record: Any) -> None:
            dbapi.isolation_level = None
            cursor = dbapi.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
                cursor.fetchall()
            cursor.close()

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return install


def sync_engine(path: Path, pragmas: tuple[str, ...] = WRITER_PRAGMAS, begin: str = "BEGIN IMMEDIATE") -> Engine:
    """An engine whose every ``connect()`` is a new connection."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        query_cache_size=2000,
        hide_parameters=True,  # they are people's words: no error may repeat them
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )
    prepare(pragmas, begin)(engine)
    return engine


def explain(error: BaseException) -> StorageUnavailable | None:
    """The error in our words if the database is to blame, None if the statement or the caller is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, StorageUnavailable):
        return cause
    if not isinstance(cause, sqlite3.Error):
        return None
    reason = _REASONS.get((getattr(cause, "sqlite_errorcode", None) or 0) & 0xFF)
    if reason is None:
        return None
    known = reason[0](reason[1])
    known.__cause__ = cause
    return known


def make_folder(path: Path) -> None:
    """Make the folder of the database. Raises PathNotWritable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PathNotWritable(f"The folder {path.parent} can't be made: {error.strerror}.") from error
