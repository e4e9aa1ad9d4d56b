"""Tables of clients who turned out to be one person."""

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from sales.merging import ProposalState
from storage.tables.base import metadata, moment, one_of, partial, pk, ref, rule

merges = Table(
    "merges",
    metadata,
    pk(),
    ref("into_id", "clients", "CASCADE"),
    ref("gone_id", "clients", "CASCADE"),
    ref("by_id", "staff", nullable=True),
    moment("at"),
    Column("before", Text, nullable=False),  # JSON: how both stood
    moment("undone_at", nullable=True),
    ref("undone_by", "staff", nullable=True),
    rule("two", "into_id <> gone_id"),
    Index("ix_merges_into_id", "into_id", "id"),
    Index("ix_merges_gone_id", "gone_id", "id"),
    partial("uq_merges_gone", "undone_at IS NULL", "gone_id", unique=True),
    sqlite_autoincrement=True,
)

merged_rows = Table(
    "merged_rows",
    metadata,
    ref("merge_id", "merges", "CASCADE", primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("row_id", BigInteger, primary_key=True, autoincrement=False),  # of message_copies: the post
    Column("staff_id", BigInteger, primary_key=True, autoincrement=False),  # of message_copies; 0 elsewhere
    sqlite_with_rowid=False,
)

merge_proposals = Table(
    "merge_proposals",
    metadata,
    pk(),
    ref("one_id", "clients", "CASCADE"),
    ref("other_id", "clients", "CASCADE"),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),
    moment("created_at"),
    moment("decided_at", nullable=True),
    ref("decided_by", "staff", nullable=True),
    one_of("state", ProposalState),
    rule("order", "one_id < other_id"),
    UniqueConstraint("one_id", "other_id"),
    Index("ix_merge_proposals_other_id", "other_id"),
    sqlite_autoincrement=True,
)
