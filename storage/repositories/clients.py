"""The book of clients: who they are, who owns them, whether they wait. Lists of them are in ``client_lists``."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.clients import Client, Identity, IdentityKind
from sales.ids import ClientId, Moment, StaffId
from sales.ports.conversations import ClientFilter
from storage.repositories import client_lists
from storage.repositories.base import Book
from storage.repositories.client_lists import CLIENT, client
from storage.schema import clients, conversations, identities
from storage.statements import Statement, each, fact, inserting
from storage.texts import key_of

_THIS = clients.c.id == bindparam("id_")
_GET_CLAUSE = select(*CLIENT).where(_THIS)
_GET = Statement(_GET_CLAUSE)
_GET_LOCKED = Statement(_GET_CLAUSE.with_for_update(key_share=True))
_MANY_CLAUSE = select(*CLIENT).where(clients.c.id.in_(each("ids"))).order_by(clients.c.id)
_MANY = Statement(_MANY_CLAUSE)
_MANY_LOCKED = Statement(_MANY_CLAUSE.with_for_update(key_share=True))
_ADD = Statement(
    inserting(clients, "name", "name_key", "username", "username_key", "test_for", "created_at").returning(clients.c.id)
)
_SAVED = ("name", "username", "waiting_since", "last_message_at", "closed_at", "not_client_at", "test_for")
_SAVE = Statement(
    update(clients)
    .where(_THIS)
    .values({name: bindparam(f"to_{name}") for name in (*_SAVED, "name_key", "username_key")})
)
_CLAIM = Statement(update(clients).where(_THIS, fact("owner_id IS NULL")).values(owner_id=bindparam("to_owner")))
_HAND_OVER = Statement(
    update(clients)
    .where(_THIS, clients.c.owner_id.is_not_distinct_from(bindparam("from_owner")))
    .values(owner_id=bindparam("to_owner"))
)
_START_WAITING = Statement(
    update(clients).where(_THIS, fact("waiting_since IS NULL")).values(waiting_since=bindparam("moment"))
)
_newer = clients.c.last_message_at >= bindparam("moment")
_SPOKE = {"last_message_at": case((_newer, clients.c.last_message_at), else_=bindparam("moment")), "closed_at": None}
_HEARD = Statement(update(clients).where(_THIS).values(_SPOKE))
_HEARD_AND_WAITS = Statement(
    update(clients)
    .where(_THIS)
    .values({**_SPOKE, "waiting_since": func.coalesce(clients.c.waiting_since, bindparam("since"))})
)
_RANK = select(clients.c.rank).where(clients.c.id == conversations.c.client_id).scalar_subquery()
_FOLLOW = Statement(
    update(conversations)
    .where(conversations.c.client_id.in_(each("ids")), conversations.c.client_rank != _RANK)
    .values(client_rank=_RANK)
)
_OWNED = Statement(
    select(clients.c.id).where(clients.c.owner_id == bindparam("owner")).order_by(clients.c.rank, clients.c.id)
)
_TESTS = Statement(select(*CLIENT).where(fact("test_for IS NOT NULL")).order_by(clients.c.id))
_REMOVE = Statement(delete(clients).where(_THIS))

_SAME = (identities.c.kind == bindparam("kind_"), identities.c.value == bindparam("value_"))
_KNOWN = Statement(select(identities.c.client_id).where(*_SAME))
_KNOWN_MANY = Statement(
    select(identities.c.value, identities.c.client_id).where(
        identities.c.kind == bindparam("kind_"), identities.c.value.in_(each("values_"))
    )
)
_LOCK = Statement(
    select(clients.c.merged_into)
    .where(clients.c.id.in_(each("ids")))
    .order_by(clients.c.id)
    .with_for_update(key_share=True)
)
_IDENTITIES = Statement(
    select(identities.c.kind, identities.c.value)
    .where(identities.c.client_id == bindparam("client"))
    .order_by(identities.c.id)
)
_IDENTITY = inserting(identities, "client_id", "kind", "value")
_ADD_IDENTITY = Statement(_IDENTITY)
_ADD_FREE_IDENTITY = Statement(
    upsert(identities)
    .values(client_id=bindparam("client_id"), kind=bindparam("kind"), value=bindparam("value"))
    .on_conflict_do_nothing(index_elements=["kind", "value"])
)
_REMOVE_IDENTITY = Statement(delete(identities).where(*_SAME, identities.c.client_id == bindparam("client")))


class ClientsRepository(Book):
    """On PostgreSQL a client that is read in a writing transaction stays locked until its end."""

    def get(self, client_id: ClientId) -> Client | None:
        row = self.link.one(_GET_LOCKED if self.link.locking else _GET, {"id_": client_id})
        return None if row is None else client(row)

    def get_many(self, client_ids: Sequence[ClientId]) -> Mapping[ClientId, Client]:
        if not client_ids:
            return {}
        rows = self.link.rows(_MANY_LOCKED if self.link.locking else _MANY, {"ids": list(client_ids)})
        return {ClientId(row[0]): client(row) for row in rows}

    def find(self, identities: Sequence[Identity]) -> ClientId | None:
        for identity in identities:
            found = self.link.value(_KNOWN, {"kind_": identity.kind, "value_": identity.value})
            if found is not None:
                return ClientId(found)
        return None

    def find_all(self, identities: Sequence[Identity]) -> Sequence[ClientId]:
        known = self.known(identities)
        return list(dict.fromkeys(known[identity] for identity in identities if identity in known))

    def known(self, identities: Iterable[Identity]) -> Mapping[Identity, ClientId]:
        """A statement for each kind."""
        by_kind: dict[IdentityKind, list[str]] = {}
        for identity in identities:
            by_kind.setdefault(identity.kind, []).append(identity.value)
        found = {}
        for kind, values in by_kind.items():
            for value, client_id in self.link.rows(_KNOWN_MANY, {"kind_": kind, "values_": values}):
                found[Identity(kind, value)] = ClientId(client_id)
        return found

    def lock(self, client_ids: Sequence[ClientId]) -> bool:
        if not self.link.locking or not client_ids:
            return False
        return any(row[0] is not None for row in self.link.rows(_LOCK, {"ids": sorted(client_ids)}))

    def add(self, name: str, identities: Sequence[Identity], username: str | None, test_for: StaffId | None) -> Client:
        values = {**_keys(name, username), "test_for": test_for, "created_at": self.now}
        client_id = ClientId(self.link.value(_ADD, values))
        self.link.many(_ADD_IDENTITY, _rows(client_id, identities))
        return Client(client_id, name, None, None, None, test_for=test_for, username=username)

    def identities(self, client_id: ClientId) -> Sequence[Identity]:
        rows = self.link.rows(_IDENTITIES, {"client": client_id})
        return [Identity(IdentityKind(kind), value) for kind, value in rows]

    def add_identities(self, client_id: ClientId, identities: Sequence[Identity]) -> None:
        self.link.many(_ADD_FREE_IDENTITY, _rows(client_id, identities))

    def remove_identities(self, client_id: ClientId, identities: Sequence[Identity]) -> bool:
        values = [{"client": client_id, "kind_": one.kind, "value_": one.value} for one in identities]
        return sum(self.link.run(_REMOVE_IDENTITY, each_) for each_ in values) > 0

    def claim(self, client_id: ClientId, staff_id: StaffId) -> bool:
        return self.link.run(_CLAIM, {"id_": client_id, "to_owner": staff_id}) == 1

    def hand_over(self, client_id: ClientId, from_id: StaffId | None, to_id: StaffId | None) -> bool:
        return self.link.run(_HAND_OVER, {"id_": client_id, "from_owner": from_id, "to_owner": to_id}) == 1

    def save(self, client: Client) -> None:
        values = {name: getattr(client, name) for name in _SAVED} | _keys(client.name, client.username)
        self.link.run(_SAVE, {"id_": client.id} | {f"to_{name}": value for name, value in values.items()})
        self._follow([client.id])

    def touch(self, waiting: Mapping[ClientId, Moment], heard: Mapping[ClientId, Moment]) -> None:
        """In the order of ids, so that two processes don't wait for each other. Most do both, in one statement."""
        both = [
            {"id_": id_, "moment": heard[id_], "since": waiting[id_]} for id_ in sorted(heard.keys() & waiting.keys())
        ]
        self.link.many(_HEARD_AND_WAITS, both)
        self.link.many(_HEARD, _moments(heard, heard.keys() - waiting.keys()))
        self.link.many(_START_WAITING, _moments(waiting, waiting.keys() - heard.keys()))
        self._follow(sorted(waiting.keys() | heard.keys()))

    def _follow(self, client_ids: Sequence[ClientId]) -> None:
        if client_ids:
            self.link.run(_FOLLOW, {"ids": client_ids})

    def list(self, which: ClientFilter, limit: int, offset: int = 0) -> Sequence[Client]:
        return client_lists.page(self.link, which, limit, offset)

    def count(self, which: ClientFilter) -> int:
        return client_lists.count(self.link, which)

    def owned_by(self, staff_id: StaffId) -> Sequence[ClientId]:
        return [ClientId(row[0]) for row in self.link.rows(_OWNED, {"owner": staff_id})]

    def tests(self) -> Sequence[Client]:
        return [client(row) for row in self.link.rows(_TESTS)]

    def remove(self, client_id: ClientId) -> None:
        """Foreign keys take the rest along. Outbox rows about them stay: their senders find nothing and drop them."""
        self.link.run(_REMOVE, {"id_": client_id})


def _keys(name: str, username: str | None) -> dict[str, str | None]:
    username_key = None if username is None else key_of(username.removeprefix("@"))
    return {"name": name, "name_key": key_of(name), "username": username, "username_key": username_key}


def _rows(client_id: ClientId, identities: Sequence[Identity]) -> list[dict[str, object]]:
    return [{"client_id": client_id, "kind": each_.kind, "value": each_.value} for each_ in identities]


def _moments(moments: Mapping[ClientId, Moment], client_ids: Iterable[ClientId]) -> list[dict[str, int]]:
    return [{"id_": client_id, "moment": moments[client_id]} for client_id in sorted(client_ids)]
