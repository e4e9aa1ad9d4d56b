"""What happens to messages: edits, deletions, reactions, and how those that left fare."""

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, case, func, insert, literal_column, select, update

from sales.ids import MediaId, MessageId, Moment
from sales.messages import Content, MessageStatus
from sales.ports.conversations import Version
from storage.contents import COLUMNS, from_columns, to_columns
from storage.repositories.base import Book
from storage.repositories.media import REMOTE, remote_file
from storage.schema import media, message_versions, messages
from storage.statements import Statement, Tuple, columns, fact

WAY = (MessageStatus.QUEUED, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
"""A status only moves forward along these; ``failed`` and ``dropped`` end it before ``delivered``."""
BEFORE: dict[MessageStatus, tuple[MessageStatus, ...]] = {
    MessageStatus.QUEUED: (MessageStatus.QUEUED,),
    MessageStatus.SENT: (MessageStatus.QUEUED, MessageStatus.SENT),
    MessageStatus.DELIVERED: (*WAY[:3], MessageStatus.FAILED),
    MessageStatus.READ: (*WAY, MessageStatus.FAILED),
    MessageStatus.FAILED: (MessageStatus.QUEUED, MessageStatus.SENT, MessageStatus.FAILED),
    MessageStatus.DROPPED: (MessageStatus.QUEUED, MessageStatus.FAILED, MessageStatus.DROPPED),
    MessageStatus.RECEIVED: (),
}
"""From which statuses each may be reached. What failed has arrived all the same when the platform says so."""
LOST_ANSWER = "status = 'failed' AND external_id IS NULL"
"""Such a failure was our guess: that one may still turn out to be sent. Where the platform gave an id, it knows."""

_THIS = messages.c.id == bindparam("id_")
_KEPT = columns(messages, (*COLUMNS, "media_id"))
_formerly: Select[tuple[object, ...]] = select(
    messages.c.id, *_KEPT, bindparam("moment", type_=messages.c.said_at.type)
)
_KEEP = Statement(
    insert(message_versions).from_select(
        ["message_id", *COLUMNS, "media_id", "until"], _formerly.select_from(messages).where(_THIS)
    )
)
_CHANGE = Statement(
    update(messages)
    .where(_THIS)
    .values({name: bindparam(f"to_{name}") for name in COLUMNS} | {"edited_at": bindparam("moment")})
)
_DELETE = Statement(update(messages).where(_THIS, fact("deleted_at IS NULL")).values(deleted_at=bindparam("moment")))
_VERSIONS = Statement(
    select(*columns(message_versions, COLUMNS), message_versions.c.until, *REMOTE)
    .select_from(message_versions.outerjoin(media, media.c.id == message_versions.c.media_id))
    .where(message_versions.c.message_id == bindparam("message"))
    .order_by(message_versions.c.id)
)


_NOW = bindparam("moment", type_=messages.c.said_at.type)
_SINCE = func.coalesce(messages.c.status_at, _NOW)


_other = messages.alias("other")
_IS_ANOTHERS = (
    select(_other.c.id)
    .where(
        fact("other.external_id IS NOT NULL"),
        _other.c.conversation_id == messages.c.conversation_id,
        _other.c.external_id == bindparam("to_external_id", type_=messages.c.external_id.type),
        _other.c.id != messages.c.id,
    )
    .exists()
)


def _allowed(status: MessageStatus) -> str:
    before = ", ".join(f"'{one}'" for one in BEFORE[status]) or "NULL"
    unless_told = f" OR {LOST_ANSWER}" if status is MessageStatus.SENT else ""
    return f"status IN ({before}){unless_told}"


def _settling(status: MessageStatus) -> Statement:
    """An external id that is known stays unless another is given; said twice, a status counts from the first time."""
    given = bindparam("to_external_id", type_=messages.c.external_id.type)
    return Statement(
        update(messages)
        .where(_THIS, fact(f"direction = 'out' AND ({_allowed(status)})"))
        .values(
            status=literal_column(f"'{status}'"),
            status_at=case((messages.c.status == literal_column(f"'{status}'"), _SINCE), else_=_NOW),
            external_id=case((given.is_(None) | _IS_ANOTHERS, messages.c.external_id), else_=given),
            problem=bindparam("to_problem"),
        )
    )


_SETTLE = {status: _settling(status) for status in MessageStatus}
_REQUEUE = Statement(
    update(messages)
    .where(_THIS, fact("direction = 'out' AND status IN ('failed', 'dropped')"))
    .values(status=literal_column("'queued'"), status_at=None, problem=None, external_id=None)
)
_CLIENT_REACTION = Statement(update(messages).where(_THIS).values(client_reaction=bindparam("to_reaction")))
_STAFF_REACTION = Statement(update(messages).where(_THIS).values(staff_reaction=bindparam("to_reaction")))
_SET_MEDIA = Statement(update(messages).where(_THIS).values(media_id=bindparam("to_media")))


class MessageChanges(Book):
    def change(self, message_id: MessageId, content: Content, at: Moment) -> None:
        self.link.run(_KEEP, {"id_": message_id, "moment": at})
        values = {f"to_{name}": value for name, value in to_columns(content).items()}
        self.link.run(_CHANGE, {"id_": message_id, "moment": at, **values})

    def delete(self, message_id: MessageId, at: Moment) -> None:
        """A second deletion changes nothing."""
        self.link.run(_DELETE, {"id_": message_id, "moment": at})

    def versions(self, message_id: MessageId) -> Sequence[Version]:
        rows = self.link.rows(_VERSIONS, {"message": message_id})
        return [_version(row) for row in rows]

    def settle(
        self, message_id: MessageId, status: MessageStatus, external_id: str | None, problem: str | None
    ) -> None:
        values = {"id_": message_id, "to_external_id": external_id, "to_problem": problem, "moment": self.now}
        self.link.run(_SETTLE[status], values)

    def requeue(self, message_id: MessageId) -> None:
        self.link.run(_REQUEUE, {"id_": message_id})

    def set_reaction(self, message_id: MessageId, by_client: bool, reaction: str | None) -> None:
        statement = _CLIENT_REACTION if by_client else _STAFF_REACTION
        self.link.run(statement, {"id_": message_id, "to_reaction": reaction})

    def set_media(self, message_id: MessageId, media_id: MediaId | None) -> None:
        self.link.run(_SET_MEDIA, {"id_": message_id, "to_media": media_id})


def _version(row: Tuple) -> Version:
    kind, text, entities, details, until = row[:5]
    return Version(from_columns(kind, text, entities, details, remote_file(row[5:])), until)
