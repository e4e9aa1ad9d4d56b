"""Opening a database: what is missing is made, what must not be touched is refused with a reason."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from storage.crypto import Vault
from storage.database import open_database, upgrade_database
from storage.errors import (
    AlreadyRunning,
    BadUrl,
    CannotOpen,
    DatabaseDamaged,
    DatabaseNewer,
    DatabaseOlder,
    NotOurDatabase,
    PathNotWritable,
    WrongSecretKey,
)
from storage.migrations import newest
from storage.schema import metadata
from tests.storage.conftest import Postgres


def change(url: str, *statements: str) -> None:
    """Tamper with it."""
    database = open_database(url)
    for statement in statements:
        database.run_sync(lambda connection, sql=statement: connection.execute(text(sql)))
    database.close()


def tables(url: str) -> set[str]:
    database = open_database(url)
    found = database.read_sync(lambda connection: set(inspect(connection).get_table_names()))
    database.close()
    return found


def test_a_missing_database_is_made_with_all_tables(database_url: str, vault: Vault) -> None:
    open_database(database_url, vault).close()
    assert tables(database_url) == set(metadata.tables) | {"alembic_version"}


def test_an_existing_database_opens_again(database_url: str, vault: Vault) -> None:
    for _ in range(2):
        open_database(database_url, vault).close()


def test_another_secret_key_is_refused(database_url: str, vault: Vault) -> None:
    open_database(database_url, vault).close()
    with pytest.raises(WrongSecretKey):
        open_database(database_url, Vault("another key of more than 32 characters"))


def test_the_first_key_counts_when_it_was_made_without(database_url: str, vault: Vault) -> None:
    open_database(database_url).close()
    open_database(database_url, vault).close()
    with pytest.raises(WrongSecretKey):
        open_database(database_url, Vault("another key of more than 32 characters"))


def test_a_newer_database_is_refused(database_url: str, vault: Vault) -> None:
    open_database(database_url, vault).close()
    change(database_url, "UPDATE alembic_version SET version_num = '9999'")
    for act in (open_database, upgrade_database):
        with pytest.raises(DatabaseNewer, match="newer Dibs"):
            act(database_url, vault)


def test_an_older_database_asks_for_the_upgrade(
    database_url: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_database(database_url, vault).close()
    known = (newest(), "9999")
    monkeypatch.setattr("storage.opening.revisions", lambda: known)
    monkeypatch.setattr("storage.opening.newest", lambda: known[-1])
    with pytest.raises(DatabaseOlder, match="dibs db upgrade"):
        open_database(database_url, vault)


def test_a_strangers_database_is_refused_and_left_alone(database_url: str, vault: Vault) -> None:
    open_database(database_url).close()
    everything = [f"DROP TABLE {table.name}" for table in reversed(metadata.sorted_tables)]
    change(database_url, *everything, "DROP TABLE alembic_version", "CREATE TABLE strangers (id INTEGER)")
    for act in (open_database, upgrade_database):
        with pytest.raises(NotOurDatabase):
            act(database_url, vault)


def test_many_first_starts_at_once_make_one_database(database_url: str, vault: Vault) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_database(database_url, vault), range(4)))
    for database in opened:
        database.close()
    assert "workspace" in tables(database_url)


def test_upgrading_makes_and_then_has_nothing_to_do(database_url: str, vault: Vault) -> None:
    assert upgrade_database(database_url, vault) == (None, newest())
    assert upgrade_database(database_url, vault) == (newest(), newest())


def test_no_upgrade_beside_a_running_bot(database_url: str, vault: Vault) -> None:
    database = open_database(database_url, vault)
    with database.mark_running(), pytest.raises(AlreadyRunning):
        upgrade_database(database_url, vault)
    upgrade_database(database_url, vault)
    database.close()


async def test_it_opens_from_a_coroutine_too(database_url: str, vault: Vault) -> None:
    database = await asyncio.to_thread(open_database, database_url, vault)
    assert await database.read(lambda connection: connection.scalar(text("SELECT count(*) FROM staff"))) == 0
    await database.aclose()


@pytest.mark.parametrize(
    "url", ["", "dibs.db", "mysql://host/dibs", "sqlite://", "sqlite:///:memory:", "postgresql://"]
)
def test_an_url_that_makes_no_sense(url: str) -> None:
    with pytest.raises(BadUrl, match="DATABASE_URL"):
        open_database(url)


# --- files ---


def test_a_strangers_file_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "strangers.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE strangers (id INTEGER)")
    before = path.read_bytes()
    for act in (open_database, upgrade_database):
        with pytest.raises(NotOurDatabase):
            act(f"sqlite:///{path}")
        assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("My shopping list, which is longer than a header. " * 20)
    with pytest.raises(DatabaseDamaged, match=r"notes\.txt"):
        open_database(f"sqlite:///{path}")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(PathNotWritable, match="folder"):
        open_database(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PathNotWritable):
        open_database(f"sqlite:///{tmp_path}/file/dibs.db")


def test_a_place_where_nobody_can_write() -> None:
    with pytest.raises(PathNotWritable):
        open_database("sqlite:////proc/dibs/dibs.db")


# --- servers ---


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(CannotOpen, match="can't be reached") as caught:
        open_database("postgresql://someone:hunter2@127.0.0.1:1/dibs")
    assert "hunter2" not in str(caught.value)


def test_several_processes_may_run_on_one_server(postgres: Postgres, vault: Vault) -> None:
    url = postgres.url(postgres.unused_name())
    one, two = open_database(url, vault), open_database(url, vault)
    with one.mark_running(), two.mark_running():
        pass
    one.close()
    two.close()
