"""What `dibs run` refuses to start with: one clear line, exit status 1 or 2, and never a traceback."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.house import House

UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def house(seeded: Path, tmp_path: Path) -> Iterator[House]:
    """Not started; Telegram is out of reach, which is no reason to refuse."""
    folder = tmp_path / "house"
    shutil.copytree(seeded, folder)
    house = House(folder, UNREACHABLE)
    yield house
    house.kill()


def refused(house: House, *arguments: str) -> str:
    done = house.command(*(arguments or ("run",)), check=False)
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "unforeseen" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("dibs: ")]
    assert len(said) == 1, done.stderr
    return said[0]


ODD = {
    "STAFF_BOT_TOKEN": ["", "hello", "98765"],
    "SECRET_KEY": ["", "short"],
    "ADMIN_IDS": ["ann", "-5", "1.5"],
    "DATABASE_URL": ["mysql://x/y", "sqlite://", "nonsense", "sqlite:///:memory:"],
    "TELEGRAM_API_URL": ["telegram", "ftp://example.com", "http://"],
    "HTTP_PORT": ["eighty", "70000", "-1"],
    "HTTP_HOST": ["256.256.256.256", "no such host"],
    "PUBLIC_URL": ["example.com", "ftp://example.com"],
    "LOG_LEVEL": ["loud"],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_settings_are_named(house: House, name: str) -> None:
    for value in ODD[name]:
        house.extra = {name: value}
        line = refused(house)
        assert name in line, value
        if name in ("STAFF_BOT_TOKEN", "SECRET_KEY") and value:
            assert value not in line


def test_a_database_that_cannot_be_reached_is_said(house: House) -> None:
    house.extra = {"DATABASE_URL": "postgresql://dibs:wonderland@127.0.0.1:9/dibs"}
    line = refused(house)
    assert "wonderland" not in line
    assert "database" in line.lower() or "postgres" in line.lower()


def test_a_wrong_secret_key_is_noticed_before_anything_is_encrypted_with_it(house: House) -> None:
    house.extra = {"SECRET_KEY": "another key that is long enough, but wrong"}
    for command in (("run",), ("staff", "list"), ("channel", "list")):
        assert "SECRET_KEY is not the one this database was encrypted with" in refused(house, *command)
    found = house.command("check", check=False)
    assert found.returncode == 1
    assert "SECRET_KEY is not the one" in found.stdout + found.stderr


def test_a_database_newer_than_the_program_is_left_alone(house: House) -> None:
    with closing(sqlite3.connect(house.folder / "dibs.db")) as database, database:
        database.execute("update alembic_version set version_num = '9999_from_the_future'")
    before = (house.folder / "dibs.db").read_bytes()
    for command in (("run",), ("staff", "list"), ("db", "upgrade")):
        assert "newer Dibs" in refused(house, *command)
    assert (house.folder / "dibs.db").read_bytes() == before


def test_a_database_of_another_program_is_left_alone(house: House) -> None:
    path = house.folder / "dibs.db"
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table orders (id integer)")
    before = path.read_bytes()
    for command in (("run",), ("staff", "list"), ("db", "upgrade")):
        assert "Dibs didn't make them" in refused(house, *command)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(house: House) -> None:
    path = house.folder / "dibs.db"
    path.write_bytes(b"this is a letter, not a database\n" * 100)
    assert "no readable database" in refused(house)
    assert path.read_bytes().startswith(b"this is a letter")


def test_a_folder_is_no_database(house: House) -> None:
    house.extra = {"DATABASE_URL": f"sqlite:///{house.folder}"}
    assert "is a folder" in refused(house)
