"""The books of what stands in staff chats: topics, and which post shows which message."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ClientId, MessageId, PostId, StaffId
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from storage.repositories.base import Book
from storage.schema import message_copies, topics
from storage.statements import Statement, Tuple, columns, each, fact

_NAMES = ("staff_id", "client_id", "state", "thread_id", "header_post", "name", "failed_at", "sounded_at")
_TOPIC = columns(topics, _NAMES)
_INBOX = (fact("client_id IS NULL"), topics.c.staff_id == bindparam("staff"))
_VIEW = (topics.c.staff_id == bindparam("staff"), topics.c.client_id == bindparam("client"))
_GET_INBOX = Statement(select(*_TOPIC).where(*_INBOX))
_GET = Statement(select(*_TOPIC).where(*_VIEW))
_REMOVE_INBOX = Statement(delete(topics).where(*_INBOX))
_REMOVE = Statement(delete(topics).where(*_VIEW))
_BY_THREAD = Statement(
    select(*_TOPIC).where(topics.c.staff_id == bindparam("staff"), topics.c.thread_id == bindparam("thread"))
)
_VIEWERS = Statement(
    select(*_TOPIC).where(topics.c.client_id.in_(each("clients"))).order_by(topics.c.client_id, topics.c.staff_id)
)
_OF_STAFF = Statement(select(*_TOPIC).where(topics.c.staff_id == bindparam("staff")).order_by(topics.c.id))
_INSERT = upsert(topics).values({name: bindparam(name) for name in _NAMES})
_REST = {name: _INSERT.excluded[name] for name in _NAMES[2:]}
_SAVE_INBOX = Statement(
    _INSERT.on_conflict_do_update(index_elements=["staff_id"], index_where=fact("client_id IS NULL"), set_=_REST)
)
_SAVE = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["client_id", "staff_id"], index_where=fact("client_id IS NOT NULL"), set_=_REST
    )
)


class TopicsRepository(Book):
    def get(self, staff_id: StaffId, client_id: ClientId | None) -> Topic | None:
        if client_id is None:
            return _maybe(self.link.one(_GET_INBOX, {"staff": staff_id}))
        return _maybe(self.link.one(_GET, {"staff": staff_id, "client": client_id}))

    def by_thread(self, staff_id: StaffId, thread_id: int) -> Topic | None:
        return _maybe(self.link.one(_BY_THREAD, {"staff": staff_id, "thread": thread_id}))

    def save(self, topic: Topic) -> None:
        statement = _SAVE_INBOX if topic.client_id is None else _SAVE
        self.link.run(statement, {name: getattr(topic, name) for name in _NAMES})

    def remove(self, staff_id: StaffId, client_id: ClientId | None) -> None:
        if client_id is None:
            self.link.run(_REMOVE_INBOX, {"staff": staff_id})
        else:
            self.link.run(_REMOVE, {"staff": staff_id, "client": client_id})

    def viewers(self, client_id: ClientId) -> Sequence[Topic]:
        return [_topic(row) for row in self.link.rows(_VIEWERS, {"clients": [client_id]})]

    def viewers_many(self, client_ids: Sequence[ClientId]) -> Mapping[ClientId, Sequence[Topic]]:
        """Clients whom nobody sees are there too."""
        found: dict[ClientId, list[Topic]] = {client_id: [] for client_id in client_ids}
        rows = self.link.rows(_VIEWERS, {"clients": list(client_ids)}) if client_ids else ()
        for row in rows:
            found[row[1]].append(_topic(row))
        return found

    def of_staff(self, staff_id: StaffId) -> Sequence[Topic]:
        return [_topic(row) for row in self.link.rows(_OF_STAFF, {"staff": staff_id})]


def _maybe(row: Tuple | None) -> Topic | None:
    return None if row is None else _topic(row)


def _topic(row: Tuple) -> Topic:
    return Topic(row[0], row[1], TopicState(row[2]), *row[3:])


_COPY_NAMES = ("staff_id", "post_id", "kind", "client_id", "message_id", "offer_id", "media", "posted_at", "thread_id")
COPY = columns(message_copies, _COPY_NAMES)
_HAS_MESSAGE = fact("message_id IS NOT NULL")
_HAS_CLIENT = fact("client_id IS NOT NULL")
_OF_ONE = (message_copies.c.client_id == bindparam("client"), message_copies.c.staff_id == bindparam("staff"))
_INSERT_COPY = upsert(message_copies).values({name: bindparam(name) for name in _COPY_NAMES})
_ADD_COPY = Statement(
    _INSERT_COPY.on_conflict_do_update(
        index_elements=["staff_id", "post_id"],
        set_={name: _INSERT_COPY.excluded[name] for name in _COPY_NAMES[2:]},
    )
)
_AT = Statement(
    select(*COPY).where(message_copies.c.staff_id == bindparam("staff"), message_copies.c.post_id == bindparam("post"))
)
_of_message = select(*COPY).where(_HAS_MESSAGE, message_copies.c.message_id == bindparam("message"))
_OF_MESSAGE = Statement(_of_message.order_by(message_copies.c.staff_id, message_copies.c.post_id))
_OF_MESSAGE_BY = Statement(
    _of_message.where(message_copies.c.staff_id == bindparam("staff")).order_by(message_copies.c.post_id)
)
_OF_CLIENT = Statement(
    select(*COPY)
    .where(_HAS_CLIENT, *_OF_ONE, message_copies.c.post_id > bindparam("after"))
    .order_by(message_copies.c.post_id)
    .limit(bindparam("most"))
)
_REMOVE_COPY = Statement(
    delete(message_copies).where(
        message_copies.c.staff_id == bindparam("staff"), message_copies.c.post_id == bindparam("post")
    )
)
_REMOVE_OF_CLIENT = Statement(delete(message_copies).where(_HAS_CLIENT, *_OF_ONE))


class CopiesRepository(Book):
    def add(self, copies: Sequence[MessageCopy]) -> None:
        """A post that is known already is now about what is said here."""
        self.link.many(_ADD_COPY, [{name: getattr(copy, name) for name in _COPY_NAMES} for copy in copies])

    def at(self, staff_id: StaffId, post_id: PostId) -> MessageCopy | None:
        row = self.link.one(_AT, {"staff": staff_id, "post": post_id})
        return None if row is None else copy_of(row)

    def of_message(self, message_id: MessageId, staff_id: StaffId | None = None) -> Sequence[MessageCopy]:
        if staff_id is None:
            rows = self.link.rows(_OF_MESSAGE, {"message": message_id})
        else:
            rows = self.link.rows(_OF_MESSAGE_BY, {"message": message_id, "staff": staff_id})
        return [copy_of(row) for row in rows]

    def of_client(self, staff_id: StaffId, client_id: ClientId, limit: int, after: int = 0) -> Sequence[MessageCopy]:
        values = {"staff": staff_id, "client": client_id, "after": after, "most": limit}
        return [copy_of(row) for row in self.link.rows(_OF_CLIENT, values)]

    def remove(self, staff_id: StaffId, post_id: PostId) -> None:
        self.link.run(_REMOVE_COPY, {"staff": staff_id, "post": post_id})

    def remove_of_client(self, staff_id: StaffId, client_id: ClientId) -> None:
        self.link.run(_REMOVE_OF_CLIENT, {"staff": staff_id, "client": client_id})


def copy_of(row: Tuple) -> MessageCopy:
    staff_id, post_id, kind, client_id, message_id, offer_id, media, posted_at, thread_id = row
    return MessageCopy(
        staff_id, post_id, CopyKind(kind), client_id, message_id, offer_id, bool(media), posted_at, thread_id
    )
