"""Every statement of every book compiles for both databases, as it is run there."""

import importlib
import pkgutil
import sqlite3
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

import storage.repositories
from storage.repositories.client_lists import Shape, count_statement, page_statement
from storage.schema import metadata
from storage.statements import Statement


def all_statements() -> Iterator[tuple[str, Statement]]:
    for module in pkgutil.iter_modules(storage.repositories.__path__, "storage.repositories."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for place, each in enumerate(value.values() if isinstance(value, dict) else [value]):
                if isinstance(each, Statement):
                    yield f"{module.name}.{name}.{place}", each


STATEMENTS = dict(all_statements())


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.asyncpg.dialect()], ids=["sqlite", "postgresql"])
def test_every_statement_compiles_with_its_own_parameters(dialect: Any) -> None:
    """SQLAlchemy refuses parameters named like a column of the updated table, but only when they are given."""
    for name, statement in STATEMENTS.items():
        clause: Any = statement.clause
        given = list(clause.compile(dialect=dialect).params)
        try:
            clause.compile(dialect=dialect, column_keys=given if clause.is_update else None)
        except Exception as error:
            raise AssertionError(name) from error


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 100


def test_every_shape_of_a_list_compiles() -> None:
    for viewer, owner, channel, waiting, text, no_owner, hidden in product([False, True], repeat=7):
        for closed in (None, True, False):
            shape = Shape(viewer, 2 if viewer else 0, owner, channel, waiting, closed, text, no_owner, hidden)
            assert str(page_statement(shape).clause)
            assert str(count_statement(shape).clause)


SMALL = {
    "staff",
    "channels",
    "crms",
    "channel_tests",
    "builtin_pipelines",
    "builtin_stages",
    "lanes",
    "dialogs",
    "invites",
}
"""Tables that are read whole: a row for a person, or for a thing that a person made by hand."""
WHOLE = {"client_search._INSIDE", "outbox._DEPTH", "outbox._IN_STATE", "records._ENTRIES", "people._AUDIT"}
"""Statements that look at everything, or at its newest rows by id."""


def test_every_statement_finds_its_rows_by_an_index() -> None:
    """On SQLite, whose plans do not depend on what is in the tables. A partial index needs its condition literally."""
    connection = sqlite3.connect(":memory:")
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    for name, statement in STATEMENTS.items():
        if any(f".{whole}." in name for whole in WHOLE) or "pg_advisory" in str(statement.clause):
            continue
        assert not list(scans(connection, statement)), name


def scans(connection: sqlite3.Connection, statement: Statement) -> Iterator[str]:
    """Steps of the plan that read a large table from end to end."""
    clause: Any = statement.clause
    params = clause.compile(dialect=sqlite.dialect(paramstyle="named")).params
    lists = {name for name, bind in clause.compile().binds.items() if bind.expanding}
    given = {name: [1, 2] if name in lists else value for name, value in params.items()}
    text, values = statement.on_sqlite(given)
    for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {text}", values):
        table = step.split()[1] if step.startswith("SCAN ") else ""
        if table in metadata.tables and table not in SMALL and "INDEX" not in step:
            yield step
