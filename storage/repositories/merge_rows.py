"""Statements that move everything of one client to another, each row taken down, and exactly those back."""

from sqlalchemy import BigInteger, ColumnElement, Table, bindparam, case, insert, literal_column, select, update

from storage.schema import (
    assignments,
    builtin_deals,
    clients,
    conversations,
    identities,
    leads,
    merged_rows,
    message_copies,
    messages,
    offers,
)
from storage.statements import Statement, each, fact

TABLES = (conversations, messages, identities, offers, leads, builtin_deals, assignments)
"""Every table with rows of a client's own; posts in staff chats (``message_copies``) are moved for some chats only."""

_COLUMNS = ["merge_id", "table_name", "row_id", "staff_id"]
_MERGE = bindparam("merge", type_=BigInteger)
_GONE = bindparam("gone", type_=BigInteger)
_INTO = bindparam("into", type_=BigInteger)


def _named(table: Table) -> ColumnElement[str]:
    return literal_column(f"'{table.name}'")


def _log(table: Table) -> Statement:
    found = select(_MERGE, _named(table), table.c.id, literal_column("0")).where(table.c.client_id == _GONE)
    return Statement(insert(merged_rows).from_select(_COLUMNS, found))


def _move(table: Table) -> Statement:
    return Statement(update(table).where(table.c.client_id == _GONE).values(client_id=_INTO))


def _move_back(table: Table) -> Statement:
    """One that belongs to somebody else by now stays there."""
    logged = select(merged_rows.c.row_id).where(
        merged_rows.c.merge_id == _MERGE, merged_rows.c.table_name == _named(table)
    )
    here = (table.c.client_id == _INTO, table.c.id.in_(logged))
    return Statement(update(table).where(*here).values(client_id=_GONE))


MOVES = [(_log(table), _move(table)) for table in TABLES]
MOVES_BACK = [_move_back(table) for table in TABLES]

_POSTS = (
    fact("client_id IS NOT NULL"),
    message_copies.c.client_id == _GONE,
    message_copies.c.staff_id.in_(each("chats")),
)
LOG_POSTS = Statement(
    insert(merged_rows).from_select(
        _COLUMNS,
        select(_MERGE, _named(message_copies), message_copies.c.post_id, message_copies.c.staff_id).where(*_POSTS),
    )
)
MOVE_POSTS = Statement(update(message_copies).where(*_POSTS).values(client_id=_INTO))
_LOGGED_POST = (
    select(merged_rows.c.row_id)
    .where(
        merged_rows.c.merge_id == _MERGE,
        merged_rows.c.table_name == _named(message_copies),
        merged_rows.c.row_id == message_copies.c.post_id,
        merged_rows.c.staff_id == message_copies.c.staff_id,
    )
    .exists()
)
MOVE_POSTS_BACK = Statement(
    update(message_copies)
    .where(fact("client_id IS NOT NULL"), message_copies.c.client_id == _INTO, _LOGGED_POST)
    .values(client_id=_GONE)
)

_earlier = conversations.alias("earlier")
_EARLIER = (
    select(_earlier.c.id)
    .where(
        _earlier.c.client_id == conversations.c.client_id,
        _earlier.c.channel_id == conversations.c.channel_id,
        _earlier.c.id < conversations.c.id,
    )
    .exists()
)
_RANK = select(clients.c.rank).where(clients.c.id == conversations.c.client_id).scalar_subquery()
FOLLOW = Statement(
    update(conversations)
    .where(conversations.c.client_id.in_(each("ids")))
    .values(first_address=case((_EARLIER, literal_column("false")), else_=literal_column("true")), client_rank=_RANK)
)
"""Lists of a channel show each client once, and where the client stands."""

MOVED_MESSAGES = select(merged_rows.c.row_id).where(
    merged_rows.c.merge_id == _MERGE, merged_rows.c.table_name == _named(messages)
)
MOVED_CONVERSATIONS = Statement(
    select(merged_rows.c.row_id)
    .where(merged_rows.c.merge_id == _MERGE, merged_rows.c.table_name == _named(conversations))
    .order_by(merged_rows.c.row_id)
)
