"""Whether a database may be used, and making or upgrading it. Works on a plain connection of either kind."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.crypto import Vault
from storage.errors import (
    DatabaseDamaged,
    DatabaseNewer,
    DatabaseOlder,
    NotOurDatabase,
    PathNotWritable,
    StorageError,
    WrongSecretKey,
)
from storage.locks import RunningLock, writing
from storage.migrations import newest, revisions
from storage.sqlite_connect import CHECK_PRAGMAS, MIGRATION_PRAGMAS, explain, make_folder, sync_engine

T = TypeVar("T")
VERIFIER = "secret_key_verifier"
"""Key of the row in ``workspace`` by which a wrong SECRET_KEY is noticed before it encrypts anything."""

_SEEDED = text("SELECT 1 FROM crms WHERE kind = 'builtin' AND EXISTS (SELECT 1 FROM builtin_pipelines)")
"""What ``storage.seed`` makes; looked for without importing the tables."""

State = Literal["empty", "older", "current"]


def examine(connection: Connection) -> tuple[State, str | None]:
    """What is there, and its revision. Raises NotOurDatabase, DatabaseNewer."""
    tables = set(inspect(connection).get_table_names())
    version = None
    if "alembic_version" in tables:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not tables - {"alembic_version"} and version is None:
        return "empty", None
    if version is None or "workspace" not in tables:
        raise NotOurDatabase
    if version not in revisions():
        raise DatabaseNewer
    return ("current" if version == newest() else "older"), str(version)


def stored_verifier(connection: Connection) -> str | None:
    """By which key this database is encrypted, once a key was given."""
    found = connection.scalar(text("SELECT value FROM workspace WHERE key = :key"), {"key": VERIFIER})
    return None if found is None else str(found)


def check_key(connection: Connection, vault: Vault | None) -> None:
    """Raises WrongSecretKey."""
    stored = stored_verifier(connection)
    if vault is not None and stored is not None and not vault.verifies(stored):
        raise WrongSecretKey


def keep_key(connection: Connection, vault: Vault | None) -> None:
    """Remember by which key this database is encrypted, once."""
    if vault is not None:
        connection.execute(
            text("INSERT INTO workspace (key, value) VALUES (:key, :value) ON CONFLICT (key) DO NOTHING"),
            {"key": VERIFIER, "value": vault.verifier()},
        )


def is_ready(connection: Connection, vault: Vault | None) -> bool:
    """Whether it may be used as it is, or must be made first (or told its key). Raises the kinds of CannotOpen."""
    state, _ = examine(connection)
    if state == "older":
        raise DatabaseOlder
    if state == "empty":
        return False
    check_key(connection, vault)
    seeded = connection.scalar(_SEEDED) is not None
    return seeded and (vault is None or stored_verifier(connection) is not None)


def migrate(connection: Connection, vault: Vault | None) -> tuple[str | None, str]:
    """Upgrade in the caller's transaction. Raises NotOurDatabase, DatabaseNewer, WrongSecretKey."""
    from storage.migrations.run import upgrade
    from storage.seed import seed

    state, before = examine(connection)
    if state == "older":
        check_key(connection, vault)
    if state != "current":
        upgrade(connection)
    check_key(connection, vault)
    keep_key(connection, vault)
    seed(connection)
    return before, newest()


# --- SQLite ---


def open_file(path: Path, vault: Vault | None) -> None:
    """Make ``path`` usable or say why not. All under the write lock, so that two first starts don't collide."""
    _writable(path)
    with writing(path):
        if not _file_is_ready(path, vault):
            _migrate_file(path, vault)


def upgrade_file(path: Path, vault: Vault | None) -> tuple[str | None, str]:
    """Raises AlreadyRunning while a bot runs."""
    _writable(path)
    with RunningLock.on_file(path), writing(path):
        _untouched(path, examine)
        return _migrate_file(path, vault)


def _writable(path: Path) -> None:
    make_folder(path)
    if path.is_dir():
        raise PathNotWritable(f"{path} is a folder; DATABASE_URL must name a file.")
    for place in (path, path.parent):
        if place.exists() and not os.access(place, os.W_OK):
            raise PathNotWritable(f"{place} can't be written by this user.")


def _file_is_ready(path: Path, vault: Vault | None) -> bool:
    return _untouched(path, lambda connection: is_ready(connection, vault))


def _untouched(path: Path, look: Callable[[Connection], T]) -> T:
    """Looks without touching: a database that isn't ours is not even switched to WAL."""
    try:
        with sync_engine(path, CHECK_PRAGMAS, "BEGIN").connect() as connection:
            return look(connection)
    except DBAPIError as error:
        raise _cannot(path, error) from error


def _migrate_file(path: Path, vault: Vault | None) -> tuple[str | None, str]:
    try:
        with sync_engine(path, MIGRATION_PRAGMAS).begin() as connection:
            result = migrate(connection, vault)
            if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                raise StorageError("The upgrade would have left rows that refer to nothing; nothing was changed.")
            return result
    except DBAPIError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: DBAPIError) -> StorageError:
    code = (getattr(error.orig, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return DatabaseDamaged(f"{path} is no readable database. Restore a backup, or point DATABASE_URL elsewhere.")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return PathNotWritable(f"{path} can't be written by this user.")
    return explain(error) or StorageError(f"{path} can't be used: {error.orig}")
