"""What all tables share: the metadata, column types, and short words for constraints."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only when the type is called INTEGER (it holds 64 bits all the same)."""

Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared byte by byte on both databases, so that a prefix is a range of its index."""


def pk() -> "Column[int]":
    """With ``sqlite_autoincrement`` on the table, ids of deleted rows never come back: old buttons carry them."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def moment(name: str, *, nullable: bool = False) -> "Column[int]":
    """Milliseconds since 1970, UTC."""
    return Column(name, BigInteger, nullable=nullable)


def ref(name: str, target: str, ondelete: str | None = None, *, nullable: bool = False, **more: Any) -> "Column[int]":
    """A reference. Staff and channels are never deleted, so references to them say nothing about it."""
    return Column(name, Id, ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable, **more)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """NULL passes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def rule(name: str, sql: str) -> CheckConstraint:
    return CheckConstraint(sql, name=name)


def partial(name: str, where: str, *columns: str, unique: bool = False) -> Index:
    """An index of some rows only. Queries must repeat ``where`` literally, or SQLite does not use it."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


__all__ = ["Id", "Key", "Table", "metadata", "moment", "one_of", "partial", "pk", "ref", "rule"]
