"""The way in: one interface over both databases, and opening by URL.

    vault = Vault(settings.secret_key)
    database = open_database(settings.database_url, vault)
    count = await database.run(lambda connection: use_case(SqlWork(connection, now)))

Importing this module is cheap: Alembic, asyncpg and cryptography come in when they are needed.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from storage.crypto import Vault
from storage.errors import BadUrl
from storage.locks import RunningLock

T = TypeVar("T")
DEFAULT_URL = "sqlite:///data/dibs.db"


class Lane(Protocol):
    """One way out, held by this process alone."""

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """A transaction on the very connection that holds the lane. Raises LaneLost when it is gone."""
        ...


class Database(Protocol):
    """Transactions on either database.

    ``fn`` is a plain function on a synchronous SQLAlchemy connection. It must not commit, must not wait for anything,
    and on PostgreSQL may be run again after a deadlock: it changes nothing but the database.
    """

    kind: Literal["sqlite", "postgresql"]

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Write: returns once it is durable. Raises what ``fn`` raises (nothing is kept then) or StorageUnavailable."""
        ...

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Read one consistent state, beside the writers."""
        ...

    def run_sync(self, fn: Callable[[Connection], T]) -> T:
        """``run`` for the command line; blocks, so never call it in an event loop."""
        ...

    def read_sync(self, fn: Callable[[Connection], T]) -> T:
        """``read`` for the command line."""
        ...

    def lane(self, name: str) -> AbstractAsyncContextManager[Lane]:
        """Own a lane for a while. Raises LaneTaken."""
        ...

    def mark_running(self) -> RunningLock:
        """Mark the bot as running until closed, so that `db upgrade` refuses. Raises AlreadyRunning (SQLite only)."""
        ...

    def changed_elsewhere(self) -> bool:
        """Whether other processes wrote since the last call. PostgreSQL, where they always may, says yes."""
        ...

    def watch_elsewhere(self, every: float = 0.5) -> AsyncIterator[None]:
        """Yields after each change by other processes; on PostgreSQL every ``every`` seconds."""
        ...

    @property
    def waiting(self) -> int:
        """Jobs that wait for their turn, for metrics and back-pressure."""
        ...

    def backup(self, target: Path) -> None:
        """A consistent copy in one file, taken beside a running bot; blocks. Raises BackupRefused."""
        ...

    async def aclose(self) -> None:
        """Finish what was accepted and close everything."""
        ...

    def close(self) -> None:
        """``aclose`` for the command line."""
        ...


def parse_url(text: str) -> URL:
    """Raises BadUrl."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise BadUrl from error
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database not in (None, "", ":memory:") and not url.query:
        return url
    if backend in ("postgresql", "postgres") and url.database:
        return url
    raise BadUrl


def sqlite_path(url: URL) -> Path | None:
    """The file, or None for PostgreSQL."""
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None


def open_database(url: str, vault: Vault | None = None) -> Database:
    """Open it, making it first when it is missing. Blocks; from a coroutine use ``asyncio.to_thread``.

    Without ``vault`` the SECRET_KEY is not checked. Raises the kinds of CannotOpen.
    """
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    if path is not None:
        from storage.opening import open_file
        from storage.sqlite import SqliteDatabase

        open_file(path, vault)
        return SqliteDatabase(path)
    from storage.opening_postgres import open_server
    from storage.postgres import PostgresDatabase

    open_server(parsed, vault)
    return PostgresDatabase(parsed)


def upgrade_database(url: str, vault: Vault | None = None) -> tuple[str | None, str]:
    """Bring it to the newest schema: what it was, what it is. Raises AlreadyRunning while a bot runs, CannotOpen."""
    parsed = parse_url(url)
    path = sqlite_path(parsed)
    if path is not None:
        from storage.opening import upgrade_file

        return upgrade_file(path, vault)
    from storage.opening_postgres import upgrade_server

    return upgrade_server(parsed, vault)
