"""A backup is one consistent file, taken while the bot writes."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from storage.crypto import Vault
from storage.database import Database, open_database
from storage.errors import BackupRefused
from storage.sqlite import SqliteDatabase
from tests.storage.conftest import Postgres, bare_metadata, notes


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncIterator[Database]:
    database: Database = SqliteDatabase(tmp_path / "dibs.db")
    await database.run(bare_metadata.create_all)
    await database.run(add)
    yield database
    await database.aclose()


def add(connection) -> None:
    """Two rows that belong together."""
    for _ in range(2):
        connection.execute(insert(notes).values(text="x" * 1000))


async def test_it_is_consistent_although_the_bot_writes(filled: Database, tmp_path: Path) -> None:
    done = asyncio.Event()

    async def busy() -> None:
        while not done.is_set():
            await filled.run(add)

    async def back_up() -> None:
        await asyncio.sleep(0.2)
        await asyncio.to_thread(filled.backup, tmp_path / "copies" / "backup.db")
        done.set()

    await asyncio.gather(back_up(), *(busy() for _ in range(8)))
    target = tmp_path / "copies" / "backup.db"
    with closing(sqlite3.connect(target)) as copy:
        count = copy.execute("SELECT count(*) FROM notes").fetchone()[0]
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert count >= 2
    assert count % 2 == 0
    assert [path.name for path in target.parent.iterdir()] == ["backup.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


async def test_a_backup_opens_as_a_database(tmp_path: Path, vault: Vault) -> None:
    def backup_and_open() -> None:
        database = open_database(f"sqlite:///{tmp_path}/dibs.db", vault)
        database.backup(tmp_path / "backup.db")
        database.close()
        open_database(f"sqlite:///{tmp_path}/backup.db", vault).close()

    await asyncio.to_thread(backup_and_open)


async def test_last_nights_backup_is_replaced(filled: Database, tmp_path: Path) -> None:
    filled.backup(tmp_path / "backup.db")
    await filled.run(add)
    filled.backup(tmp_path / "backup.db")
    with closing(sqlite3.connect(tmp_path / "backup.db")) as copy:
        assert copy.execute("SELECT count(*) FROM notes").fetchone() == (4,)


async def test_other_files_are_not_overwritten(filled: Database, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna, it is about the shoes")
    for target in (tmp_path / "letter.txt", tmp_path / "dibs.db", tmp_path):
        with pytest.raises(BackupRefused):
            filled.backup(target)
    assert (tmp_path / "letter.txt").read_text().startswith("Dear")
    await filled.run(add)


async def test_a_place_that_cannot_be_written(filled: Database) -> None:
    with pytest.raises(BackupRefused):
        filled.backup(Path("/proc/backup.db"))


def test_postgresql_is_told_of_its_own_tool(postgres: Postgres, vault: Vault, tmp_path: Path) -> None:
    database = open_database(postgres.url(postgres.unused_name()), vault)
    with pytest.raises(BackupRefused, match="pg_dump"):
        database.backup(tmp_path / "backup.db")
    database.close()
