"""Making, checking and upgrading a database on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.crypto import Vault
from storage.errors import AlreadyRunning, CannotOpen
from storage.lanes import try_lock
from storage.opening import is_ready, migrate
from storage.portal import Portal
from storage.postgres import RUNNING
from storage.postgres_connect import advisory_key, cannot_open, single_engine, sqlstate

_MIGRATING = advisory_key("migrating")
_NO_SUCH_DATABASE = "3D000"
_EXISTS = ("42P04", "23505")


def open_server(url: URL, vault: Vault | None) -> None:
    """Make the database usable or say why not. Raises the kinds of CannotOpen."""
    with Portal() as portal:
        portal.run(_open(url, vault))


def upgrade_server(url: URL, vault: Vault | None) -> tuple[str | None, str]:
    """Raises AlreadyRunning while any process runs on it."""
    with Portal() as portal:
        return portal.run(_upgrade(url, vault))


async def _open(url: URL, vault: Vault | None) -> None:
    async with _connected(url) as connection:
        ready = await connection.run_sync(lambda sync: is_ready(sync, vault))
        await connection.rollback()
        if not ready:
            await _migrate(connection, url, vault)


async def _upgrade(url: URL, vault: Vault | None) -> tuple[str | None, str]:
    async with _connected(url) as connection:
        if not await try_lock(connection, RUNNING):
            raise AlreadyRunning
        return await _migrate(connection, url, vault)


async def _migrate(connection: AsyncConnection, url: URL, vault: Vault | None) -> tuple[str | None, str]:
    """One process at a time; who comes second finds it done."""
    try:
        async with connection.begin():
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            return await connection.run_sync(lambda sync: migrate(sync, vault))
    except Exception as error:
        raise cannot_open(error, url) or error from error


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[AsyncConnection]:
    connection = await _connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _connect(url: URL) -> AsyncConnection:
    """A connection, to a database that is made when it is missing."""
    engine = single_engine(url, timeouts=False)
    try:
        return await engine.connect()
    except Exception as error:
        if sqlstate(error) != _NO_SUCH_DATABASE:
            raise cannot_open(error, url) or error from error
    await _create(url)
    return await engine.connect()


async def _create(url: URL) -> None:
    server: AsyncEngine = single_engine(url.set(database="postgres"), timeouts=False)
    name = server.dialect.identifier_preparer.quote(url.database or "")
    try:
        async with server.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:
        if sqlstate(error) not in _EXISTS:  # somebody else was first
            raise CannotOpen(f"There is no database {url.database}, and this user may not make it.") from error
