"""Lists of clients, page by page, each along an index: ``clients.rank`` says where a client stands in lists.

Which fields of a filter are set makes the shape of a list, and each shape is a statement. Where several indexes have to
be walked (own clients, and those of each watched channel) each gives as many as the page may need, and the best of them
are the page: a page costs as much as it is deep, however many clients there are.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, union

from sales.clients import Client
from sales.ids import ClientId
from sales.ports.conversations import ClientFilter
from storage.repositories.client_search import found
from storage.schema import clients, conversations
from storage.statements import Link, Statement, Tuple, columns, each, fact
from storage.tables.talk import CLOSED, FIRST_ADDRESS, MERGED, QUIET

_NAMES = (
    "id",
    "name",
    "owner_id",
    "waiting_since",
    "last_message_at",
    "closed_at",
    "not_client_at",
    "test_for",
    "username",
    "merged_into",
)
CLIENT = columns(clients, _NAMES)
Chosen = Select[*tuple[Any, ...]]


def client(row: Tuple) -> Client:
    return Client(ClientId(row[0]), *row[1:])


def page(link: Link, which: ClientFilter, limit: int, offset: int) -> list[Client]:
    """By rank."""
    bounds = {"most": limit, "skipped": offset, "deep": limit + offset}
    return [client(row) for row in link.rows(page_statement(shape_of(which)), _params(link, which) | bounds)]


def count(link: Link, which: ClientFilter) -> int:
    return int(link.value(count_statement(shape_of(which)), _params(link, which)))


class Shape(NamedTuple):
    """Which fields of the filter are set; of ``watched`` how many."""

    viewer: bool
    watched: int
    owner: bool
    channel: bool
    waiting: bool
    closed: bool | None
    text: bool
    no_owner: bool
    hidden: bool


def shape_of(which: ClientFilter) -> Shape:
    return Shape(
        which.viewer_id is not None,
        len(which.watched) if which.viewer_id is not None else 0,
        which.owner_id is not None,
        which.channel_id is not None,
        which.waiting,
        which.closed,
        which.text is not None,
        which.no_owner,
        bool(which.hidden),
    )


def _params(link: Link, which: ClientFilter) -> dict[str, Any]:
    given = {"viewer": which.viewer_id, "owner": which.owner_id, "channel": which.channel_id}
    params: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    params |= {f"watched_{place}": channel_id for place, channel_id in enumerate(which.watched)}
    if which.text is not None:
        params["ids"] = found(link, which.text)
    return params | {"hidden": list(which.hidden)} if which.hidden else params


@cache
def page_statement(shape: Shape) -> Statement:
    walks = _walks(shape)
    if len(walks) == 1:
        order = _order(walks[0])
        chosen = _walk(shape, walks[0], *CLIENT).order_by(*order)
    else:
        best = [_walk(shape, walk, clients.c.id).order_by(*_order(walk)).limit(bindparam("deep")) for walk in walks]
        ids = union(*(each_.subquery().select() for each_ in best)).subquery()
        chosen = select(*CLIENT).where(clients.c.id.in_(ids.select())).order_by(clients.c.rank, clients.c.id)
    return Statement(chosen.limit(bindparam("most")).offset(bindparam("skipped")))


@cache
def count_statement(shape: Shape) -> Statement:
    walks = _walks(shape)
    if len(walks) == 1:
        return Statement(_walk(shape, walks[0], func.count(_order(walks[0])[1])))
    ids = union(*(_walk(shape, walk, clients.c.id) for walk in walks)).subquery()
    return Statement(select(func.count()).select_from(ids))


class Walk(NamedTuple):
    """Along which index: all clients, one person's (``own``), or those of the channel that a parameter names."""

    own: bool = False
    channel: str | None = None


def _walks(shape: Shape) -> list[Walk]:
    if shape.viewer:
        return [Walk(own=True), *(Walk(channel=f"watched_{place}") for place in range(shape.watched))]
    few = shape.owner or shape.text
    return [Walk(channel="channel" if shape.channel and not few else None)]


def _order(walk: Walk) -> tuple[ColumnElement[int], ColumnElement[int]]:
    if walk.channel is not None:
        return conversations.c.client_rank, conversations.c.client_id
    return clients.c.rank, clients.c.id


def _walk(shape: Shape, walk: Walk, *what: ColumnElement[Any]) -> Chosen:
    rank, client_id = _order(walk)
    chosen: Chosen = select(*what).where(*_range(shape, rank), *_conditions(shape, client_id))
    if walk.own:
        chosen = chosen.where(clients.c.owner_id == bindparam("viewer"))
    if walk.channel is not None:
        chosen = _along_channel(chosen, walk.channel)
    if shape.channel and walk.channel != "channel":
        chosen = chosen.where(_writes_on_channel(client_id))
    return chosen


def _conditions(shape: Shape, client_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    conditions = {
        "owner": clients.c.owner_id == bindparam("owner"),
        "no_owner": clients.c.owner_id.is_(None),
        "text": client_id.in_(each("ids")),
        "hidden": client_id.not_in(each("hidden")),
    }
    return [condition for name, condition in conditions.items() if getattr(shape, name)]


def _range(shape: Shape, rank: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Bounds are literals: the planner sees that they are ranges of the index."""
    if shape.closed:
        closed = [rank >= literal_column(str(CLOSED)), rank < literal_column(str(MERGED))]
        return [*closed, clients.c.waiting_since.is_not(None)] if shape.waiting else closed
    if shape.waiting:
        return [rank < literal_column(str(QUIET // 2))]
    return [rank < literal_column(str(MERGED if shape.closed is None else CLOSED))]


def _along_channel(chosen: Chosen, name: str) -> Chosen:
    """Someone with two addresses on the channel is listed once."""
    chosen = chosen.where(fact(FIRST_ADDRESS), conversations.c.channel_id == bindparam(name))
    alone = clients not in chosen.get_final_froms()  # counting: the index of the channel says it all
    return chosen if alone else chosen.where(conversations.c.client_id == clients.c.id)


def _writes_on_channel(client_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Another conversation than the one that is walked along."""
    there = conversations.alias("there")
    return (
        select(there.c.id)
        .where(there.c.client_id == client_id, there.c.channel_id == bindparam("channel"))
        .correlate(clients, conversations)
        .exists()
    )
