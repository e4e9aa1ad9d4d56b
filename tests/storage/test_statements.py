"""Every statement of every book compiles for both databases, as it is run there."""

import importlib
import pkgutil
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

import storage.repositories
from storage.repositories.client_lists import Shape, count_statement, page_statement
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
