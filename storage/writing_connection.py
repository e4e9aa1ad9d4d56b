"""The writer's own connection, and what it knows of the file: who else wrote, and how much waits in the WAL."""

import sqlite3

from sqlalchemy import Connection, Engine

from storage.errors import StorageUnavailable
from storage.sqlite_connect import explain


class WritingConnection:
    """Opened when it is first needed, and again after it was given up. For the writer's thread alone."""

    def __init__(self, engine: Engine) -> None:
        self.elsewhere = 0
        """Counts the writes of other processes that were noticed."""
        self._engine = engine
        self._connection: Connection | None = None
        self._version: int | None = None
        self._rows_at_checkpoint = 0

    def open(self) -> Connection:
        """Raises the kinds of StorageError."""
        if self._connection is None:
            try:
                self._connection = self._engine.connect()
            except Exception as error:
                raise explain(error) or StorageUnavailable("The database can't be opened.") from error
            self._version = None
            self._rows_at_checkpoint = 0
        return self._connection

    def give_up(self) -> Connection | None:
        """The connection, to be closed by the caller; the next ``open`` makes another."""
        connection, self._connection = self._connection, None
        return connection

    def look_elsewhere(self) -> None:
        """``data_version`` of a connection changes when others commit, never by its own commits."""
        version = int(driver_of(self.open()).execute("PRAGMA data_version").fetchone()[0])
        if self._version is not None and version != self._version:
            self.elsewhere += 1
        self._version = version

    def take_checkpoint(self, rows: int) -> sqlite3.Connection | None:
        """Whose WAL is to be copied back now, as ``rows`` or more were changed since the last time."""
        if self._connection is None:
            return None
        raw = driver_of(self._connection)
        if raw.total_changes - self._rows_at_checkpoint < rows:
            return None
        self._rows_at_checkpoint = raw.total_changes
        return raw


def driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
