"""The book of what is said. What becomes of a message after it left is in ``message_changes``."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ClientId, ConversationId, MediaId, MessageId
from sales.messages import Direction, Message, MessageKind, MessageStatus
from sales.ports.conversations import NewMessage, Stored
from storage.contents import COLUMNS, from_columns, to_columns
from storage.repositories.media import REMOTE, remote_file
from storage.repositories.message_changes import MessageChanges
from storage.schema import media, messages
from storage.statements import Statement, Tuple, columns, each, fact

_PLAIN = (
    "id",
    "conversation_id",
    "client_id",
    "direction",
    "status",
    "created_at",
    "said_at",
    "author_id",
    "media_id",
    "external_id",
    "reply_to",
    "album",
    "edited_at",
    "deleted_at",
    "client_reaction",
    "staff_reaction",
    "problem",
    "status_at",
)


def _reading() -> Select[tuple[object, ...]]:
    joined = messages.outerjoin(media, media.c.id == messages.c.media_id)
    return select(*columns(messages, COLUMNS), *columns(messages, _PLAIN), *REMOTE).select_from(joined)


_GET = Statement(_reading().where(messages.c.id == bindparam("id_")))
_MANY = Statement(_reading().where(messages.c.id.in_(each("ids"))))
_BY_EXTERNAL = Statement(
    _reading().where(
        messages.c.conversation_id == bindparam("conversation"), messages.c.external_id == bindparam("external")
    )
)
_newest = (
    _reading()
    .where(messages.c.client_id == bindparam("client"))
    .order_by(messages.c.created_at.desc(), messages.c.id.desc())
    .limit(bindparam("most"))
)
_OF_CLIENT = Statement(_newest)
_mark = messages.alias("mark")
_MARK = select(_mark.c.created_at).where(_mark.c.id == bindparam("before")).scalar_subquery()
_OF_CLIENT_BEFORE = Statement(
    _newest.where(tuple_(messages.c.created_at, messages.c.id) < tuple_(_MARK, bindparam("before")))
)
_OF_MEDIA = Statement(
    _reading().where(messages.c.media_id == bindparam("media")).order_by(messages.c.id.desc()).limit(1)
)
_OF_ALBUM = Statement(
    _reading()
    .where(messages.c.conversation_id == bindparam("conversation"), messages.c.album == bindparam("album_"))
    .order_by(messages.c.id)
)
_LAST_HEARD = Statement(
    select(messages.c.external_id)
    .where(
        messages.c.conversation_id == bindparam("conversation"),
        messages.c.direction == Direction.IN,
        messages.c.kind != MessageKind.CALL,
    )
    .order_by(messages.c.created_at.desc(), messages.c.id.desc())
    .limit(1)
)
_COUNT = Statement(select(func.count()).select_from(messages).where(messages.c.client_id == bindparam("client")))
_NEW = (
    "conversation_id",
    "client_id",
    "direction",
    "status",
    "said_at",
    "author_id",
    "media_id",
    "external_id",
    "reply_to",
    "album",
)
_INSERT = (
    upsert(messages)
    .values({name: bindparam(name) for name in (*_NEW, *COLUMNS, "created_at")})
    .on_conflict_do_nothing(
        index_elements=["conversation_id", "external_id"], index_where=fact("external_id IS NOT NULL")
    )
)
_ADD_MANY = Statement(_INSERT)
_ADD = Statement(_INSERT.returning(messages.c.id, messages.c.conversation_id, messages.c.external_id))
_ID = Statement(
    select(messages.c.id).where(
        messages.c.conversation_id == bindparam("conversation"), messages.c.external_id == bindparam("external")
    )
)


class MessagesRepository(MessageChanges):
    def get(self, message_id: MessageId) -> Message | None:
        return _maybe(self.link.one(_GET, {"id_": message_id}))

    def get_many(self, message_ids: Sequence[MessageId]) -> Mapping[MessageId, Message]:
        rows = self.link.rows(_MANY, {"ids": list(message_ids)}) if message_ids else ()
        return {message.id: message for message in map(_message, rows)}

    def add(self, new: Sequence[NewMessage]) -> Sequence[MessageId]:
        return [stored.id for stored in self.store(new)]

    def store(self, new: Sequence[NewMessage]) -> Sequence[Stored]:
        if any(message.external_id is None for message in new):
            return [self._add_one(message) for message in new]
        values = [self._values(message) for message in new]
        known = self.link.added(_ADD_MANY, values)
        if isinstance(known, range):
            return [Stored(MessageId(id_), True) for id_ in known]
        if known is not None:
            return self._told_apart(new, known)
        rows = self.link.returning(_ADD, values)
        ids = {(conversation_id, external_id): MessageId(id_) for id_, conversation_id, external_id in rows}
        return _once([Stored(ids.get(_key(one)) or self._present(one), _key(one) in ids) for one in new])

    def _told_apart(self, messages: Sequence[NewMessage], added: int) -> Sequence[Stored]:
        """Ids only ever rise: those of the ``added`` new ones are the highest."""
        ids = [self._present(message) for message in messages]
        fresh = set(sorted(set(ids))[-added:]) if added else set()
        return _once([Stored(id_, id_ in fresh) for id_ in ids])

    def _add_one(self, message: NewMessage) -> Stored:
        added = self.link.value(_ADD, self._values(message))
        return Stored(self._present(message), False) if added is None else Stored(MessageId(added), True)

    def _values(self, message: NewMessage) -> dict[str, Any]:
        values = {name: getattr(message, name) for name in _NEW}
        place = message.said_at if message.history else self.now
        return {**values, **to_columns(message.content), "created_at": place}

    def _present(self, message: NewMessage) -> MessageId:
        conversation_id, external_id = _key(message)
        return MessageId(self.link.value(_ID, {"conversation": conversation_id, "external": external_id}))

    def by_external(self, conversation_id: ConversationId, external_id: str) -> Message | None:
        return _maybe(self.link.one(_BY_EXTERNAL, {"conversation": conversation_id, "external": external_id}))

    def of_client(self, client_id: ClientId, limit: int, before: MessageId | None = None) -> Sequence[Message]:
        params = {"client": client_id, "most": limit}
        if before is None:
            rows = self.link.rows(_OF_CLIENT, params)
        else:
            rows = self.link.rows(_OF_CLIENT_BEFORE, {**params, "before": before})
        return [_message(row) for row in reversed(rows)]

    def of_media(self, media_id: MediaId) -> Message | None:
        """The newest, where several show the same file."""
        return _maybe(self.link.one(_OF_MEDIA, {"media": media_id}))

    def of_album(self, conversation_id: ConversationId, album: str) -> Sequence[Message]:
        rows = self.link.rows(_OF_ALBUM, {"conversation": conversation_id, "album_": album})
        return [_message(row) for row in rows]

    def last_heard(self, conversation_id: ConversationId) -> str | None:
        row = self.link.one(_LAST_HEARD, {"conversation": conversation_id})
        return None if row is None else row[0]

    def count(self, client_id: ClientId) -> int:
        return int(self.link.value(_COUNT, {"client": client_id}))


def _once(stored: Sequence[Stored]) -> Sequence[Stored]:
    """One that came twice in a list is new once."""
    seen: set[MessageId] = set()
    found = []
    for one in stored:
        found.append(Stored(one.id, one.new and one.id not in seen))
        seen.add(one.id)
    return found


def _key(message: NewMessage) -> tuple[ConversationId, str | None]:
    return message.conversation_id, message.external_id


def _maybe(row: Tuple | None) -> Message | None:
    return None if row is None else _message(row)


def _message(row: Tuple) -> Message:
    kind, text, entities, details, id_, conversation_id, client_id, direction, status = row[:9]
    return Message(
        MessageId(id_),
        ConversationId(conversation_id),
        ClientId(client_id),
        Direction(direction),
        from_columns(kind, text, entities, details, remote_file(row[22:])),
        MessageStatus(status),
        *row[9:22],
    )
