"""Lists of clients, page by page, each along an index (``clients.rank`` says where a client stands in lists).

Searching for a text: whoever's name, username or identity (phone) begins with it, by three indexes. Only when nobody's
does, names that contain it anywhere are looked for, which reads all names (some 0.1 s at 1,000,000 clients).
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, or_, select, union

from sales.clients import Client, IdentityKind
from sales.ids import ClientId
from sales.ports.conversations import ClientFilter
from storage.schema import clients, conversations, identities
from storage.statements import Link, Params, Statement, Tuple, columns, each, fact
from storage.tables.talk import CLOSED, QUIET
from storage.texts import key_of

MOST_FOUND = 500
"""Clients that a search considers; who gets that many must type more."""
_END = "\U0010ffff"

CLIENT = columns(
    clients,
    (
        "id",
        "name",
        "owner_id",
        "waiting_since",
        "last_message_at",
        "closed_at",
        "not_client_at",
        "test_for",
        "username",
    ),
)


def client(row: Tuple) -> Client:
    return Client(ClientId(row[0]), *row[1:])


def page(link: Link, which: ClientFilter, limit: int, offset: int) -> list[Client]:
    """By rank."""
    params = _params(link, which)
    statement = _page_statement(_shape(which))
    return [client(row) for row in link.rows(statement, {**params, "most": limit, "skipped": offset})]


def count(link: Link, which: ClientFilter) -> int:
    return int(link.value(_count_statement(_shape(which)), _params(link, which)))


Shape = tuple[bool, bool, bool, bool, bool | None, bool, bool]
"""Which of the filter's fields are set, in their order: each shape is a statement."""


def _shape(which: ClientFilter) -> Shape:
    return (
        which.viewer_id is not None,
        which.owner_id is not None,
        which.channel_id is not None,
        which.waiting,
        which.closed,
        which.text is not None,
        which.no_owner,
    )


def _params(link: Link, which: ClientFilter) -> dict[str, object]:
    params = {"viewer": which.viewer_id, "owner": which.owner_id, "channel": which.channel_id}
    given: dict[str, object] = {name: value for name, value in params.items() if value is not None}
    if which.text is not None:
        given["ids"] = _found(link, which.text)
    return given


@cache
def _page_statement(shape: Shape) -> Statement:
    rank = _rank(shape)
    order = (rank, conversations.c.client_id if _by_channel(shape) else clients.c.id)
    clause = _selected(shape, *CLIENT).order_by(*order).limit(bindparam("most")).offset(bindparam("skipped"))
    return Statement(clause)


@cache
def _count_statement(shape: Shape) -> Statement:
    return Statement(_selected(shape, func.count()))


def _by_channel(shape: Shape) -> bool:
    """Whether to walk along the channel's own copy of the rank. An owner's clients are few: they are walked instead."""
    viewer, owner, channel, _, _, text, _ = shape
    return channel and not (viewer or owner or text)


def _rank(shape: Shape) -> ColumnElement[int]:
    return conversations.c.client_rank if _by_channel(shape) else clients.c.rank


def _selected(shape: Shape, *what: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    viewer, owner, channel, _, _, text, no_owner = shape
    chosen: Select[*tuple[Any, ...]] = select(*what).select_from(clients).where(*_ranges(shape))
    if viewer:
        chosen = chosen.where(clients.c.owner_id == bindparam("viewer"))
    if owner:
        chosen = chosen.where(clients.c.owner_id == bindparam("owner"))
    if no_owner:
        chosen = chosen.where(fact("owner_id IS NULL"))
    if text:
        chosen = chosen.where(clients.c.id.in_(each("ids")))
    if channel:
        chosen = _along_channel(chosen) if _by_channel(shape) else chosen.where(_writes_on_channel())
    return chosen


def _ranges(shape: Shape) -> list[ColumnElement[bool]]:
    """Bounds are literals: the planner sees that they are ranges of the index."""
    waiting, closed = shape[3], shape[4]
    rank = _rank(shape)
    if closed:
        bounds = [rank >= literal_column(str(CLOSED))]
        return [*bounds, fact("waiting_since IS NOT NULL")] if waiting else bounds
    if waiting:
        return [rank < literal_column(str(QUIET // 2))]
    return [] if closed is None else [rank < literal_column(str(CLOSED))]


def _along_channel(chosen: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Someone with two addresses on the channel is listed once."""
    other = conversations.alias("other")
    earlier = select(other.c.id).where(
        other.c.client_id == conversations.c.client_id,
        other.c.channel_id == conversations.c.channel_id,
        other.c.id < conversations.c.id,
    )
    return chosen.join(conversations, conversations.c.client_id == clients.c.id).where(
        conversations.c.channel_id == bindparam("channel"), ~earlier.exists()
    )


def _writes_on_channel() -> ColumnElement[bool]:
    there = select(conversations.c.id).where(
        conversations.c.client_id == clients.c.id, conversations.c.channel_id == bindparam("channel")
    )
    return there.exists()


# --- searching ---


def _starts(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """A range of a byte-wise index."""
    return (column >= bindparam(name)) & (column < bindparam(f"{name}_end"))


_PREFIX = Statement(
    union(
        select(clients.c.id).where(_starts(clients.c.name_key, "text")).limit(MOST_FOUND).subquery().select(),
        select(clients.c.id)
        .where(fact("username_key IS NOT NULL"), _starts(clients.c.username_key, "handle"))
        .limit(MOST_FOUND)
        .subquery()
        .select(),
        select(identities.c.client_id)
        .where(
            or_(
                *(
                    (identities.c.kind == literal_column(f"'{kind}'")) & _starts(identities.c.value, place)
                    for kind in IdentityKind
                    for place in ("number", "plus")
                )
            )
        )
        .limit(MOST_FOUND)
        .subquery()
        .select(),
    )
)
_INSIDE = Statement(
    select(clients.c.id)
    .where(clients.c.name_key.like(bindparam("pattern"), escape="\\"))
    .order_by(clients.c.id.desc())
    .limit(MOST_FOUND)
)


def _found(link: Link, text: str) -> list[int]:
    """Clients whom the text may mean."""
    key = key_of(text)
    if not key:
        return []
    begins = [row[0] for row in link.rows(_PREFIX, _prefixes(key))]
    return begins or [row[0] for row in link.rows(_INSIDE, {"pattern": f"%{_escaped(key)}%"})]


def _prefixes(key: str) -> Params:
    """A phone may be typed with blanks and signs, with or without the plus that it is kept with."""
    number = "".join(sign for sign in key if sign not in " ()-.+") or key
    starts = {"text": key, "handle": key.removeprefix("@"), "number": number, "plus": f"+{number}"}
    return starts | {f"{name}_end": start + _END for name, start in starts.items()}


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
