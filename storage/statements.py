"""Core statements that are compiled once, and run without SQLAlchemy's overhead where that counts.

Measured on SQLite: a lookup by key costs 24 µs through ``Connection.execute`` (the cache key, the result machinery) and
3 µs on the driver. The writer thread does thousands of them a second, so a statement remembers its text for SQLite and
runs on the driver's own connection, inside the transaction that SQLAlchemy began. Everywhere else (PostgreSQL, the
asynchronous readers) the same Core statement takes the usual way. Rows are plain tuples: mapping them is our matter, so
what differs by driver (booleans are 0 and 1 on SQLite) is settled there.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    Table,
    bindparam,
    insert,
    literal_column,
)
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.elements import ClauseElement

from storage.bulk import bulk_rows, bulk_text
from storage.texts import dump

Params = Mapping[str, Any]
Tuple = Sequence[Any]
_LIST = re.compile(r"__\[POSTCOMPILE_(\w+)\]")
_DIALECT = sqlite_dialect(paramstyle="named")
_NOTHING: Params = {}


def each(name: str) -> BindParameter[Any]:
    """A list for ``IN``."""
    return bindparam(name, expanding=True)


def fact(sql: str) -> ColumnElement[bool]:
    """A condition in literal SQL: partial indexes are used only where their condition stands literally."""
    return cast("ColumnElement[bool]", literal_column(sql))  # typed Boolean it would read "... = 1" on SQLite


def inserting(table: Table, *names: str) -> Any:
    """An insert of these columns, each from the parameter of its name."""
    return insert(table).values({name: bindparam(name) for name in names})


class Statement:
    """A Core statement with its text for SQLite, made when it is first needed."""

    __slots__ = ("_bulk", "_defaults", "_lists", "_names", "_text", "clause")

    def __init__(self, clause: Executable) -> None:
        self.clause = clause
        self._text: str | None = None
        self._lists: tuple[str, ...] = ()
        self._defaults: dict[str, Any] = {}
        self._names: tuple[str, ...] = ()
        self._bulk: str | None = None

    def on_sqlite(self, params: Params) -> tuple[str, Params]:
        """The text, and its parameters by name; a list goes as JSON, so the text stays the same however long it is."""
        text = self._text or self._compile()
        if not self._lists:
            return text, {**self._defaults, **params} if self._defaults else params
        return text, {**self._defaults, **params, **{name: dump(list(params[name])) for name in self._lists}}

    def bulk_on_sqlite(self, rows: Sequence[Params]) -> tuple[str, Params] | None:
        """The same for many rows at once; ``None`` where that can't be."""
        if self._text is None:
            self._compile()
        given = bulk_rows(rows, self._names) if self._bulk is not None and len(rows) > 1 else None
        return None if self._bulk is None or given is None else (self._bulk, {**self._defaults, "given_rows": given})

    def _compile(self) -> str:
        assert isinstance(self.clause, ClauseElement)
        compiled: Any = self.clause.compile(dialect=_DIALECT)
        text = str(compiled)
        self._lists = tuple(dict.fromkeys(_LIST.findall(text)))
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        self._names = tuple(name for name in compiled.binds if name not in self._defaults)
        self._bulk = None if self._lists else bulk_text(text, self._names)
        self._text = _LIST.sub(r"SELECT value FROM json_each(:\1)", text)
        return self._text


class Link:
    """One transaction, for the books: runs statements and collects which outbox lanes were touched."""

    __slots__ = ("connection", "lanes", "locking", "postgres", "raw")

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        if not connection.in_transaction():
            connection.begin()
        driver = connection.connection.driver_connection
        self.connection = connection
        self.raw = driver if isinstance(driver, sqlite3.Connection) else None
        self.postgres = connection.dialect.name == "postgresql"
        self.locking = writing and self.postgres
        """Whether rows that are read to be changed have to be locked: on SQLite there is one writer anyway."""
        self.lanes: set[str] = set()

    def rows(self, statement: Statement, params: Params = _NOTHING) -> Sequence[Tuple]:
        if self.raw is None:
            return self.connection.execute(statement.clause, params).all()
        return self._raw(statement, params).fetchall()

    def one(self, statement: Statement, params: Params = _NOTHING) -> Tuple | None:
        if self.raw is None:
            return self.connection.execute(statement.clause, params).first()
        found: Tuple | None = self._raw(statement, params).fetchone()
        return found

    def value(self, statement: Statement, params: Params = _NOTHING) -> Any:
        """The only value of the only row; None where there is none."""
        found = self.one(statement, params)
        return None if found is None else found[0]

    def run(self, statement: Statement, params: Params = _NOTHING) -> int:
        """How many rows it changed."""
        if self.raw is None:
            return int(self.connection.execute(statement.clause, params).rowcount)
        return self._raw(statement, params).rowcount

    def many(self, statement: Statement, params: Sequence[Params]) -> None:
        """Once for each of ``params``, which may be empty."""
        if not params:
            return
        if self.raw is None:
            self.connection.execute(statement.clause, params)
            return
        bulk = statement.bulk_on_sqlite(params)
        if bulk is not None:
            self._execute(*bulk)
            return
        text, _ = statement.on_sqlite(params[0])
        full = (statement.on_sqlite(each_)[1] for each_ in params)
        try:
            self.raw.executemany(text, full)
        except sqlite3.Error as error:
            raise _wrapped(text, error) from error

    def returning(self, statement: Statement, params: Sequence[Params]) -> list[Tuple]:
        """Once for each of ``params``; what they return, in no particular order on PostgreSQL."""
        if not params:
            return []
        if self.raw is None:
            return list(self.connection.execute(statement.clause, params).all())
        return [row for each_ in params for row in self._raw(statement, each_).fetchall()]

    def added(self, statement: Statement, params: Sequence[Params]) -> range | int | None:
        """Insert many rows and learn their ids, which on SQLite follow each other within one statement.

        A number: some were there already, and so many were not (they have the highest ids). ``None``: nothing was
        done, ask otherwise (PostgreSQL).
        """
        bulk = statement.bulk_on_sqlite(params) if self.raw is not None else None
        if bulk is None:
            return None
        cursor = self._execute(*bulk)
        last = cursor.lastrowid or 0
        return range(last - len(params) + 1, last + 1) if cursor.rowcount == len(params) else cursor.rowcount

    def _raw(self, statement: Statement, params: Params) -> sqlite3.Cursor:
        return self._execute(*statement.on_sqlite(params))

    def _execute(self, text: str, values: Params) -> sqlite3.Cursor:
        assert self.raw is not None
        try:
            return self.raw.execute(text, values)
        except sqlite3.Error as error:
            raise _wrapped(text, error) from error


def _wrapped(text: str, error: sqlite3.Error) -> DBAPIError:
    """As SQLAlchemy would raise it; the parameters, which are people's words, stay out of it."""
    kind = IntegrityError if isinstance(error, sqlite3.IntegrityError) else DBAPIError
    return kind(text, None, error, hide_parameters=True)


def columns(table: Table, names: Iterable[str]) -> list[Any]:
    return [table.c[name] for name in names]
