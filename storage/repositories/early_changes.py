"""The book of changes whose message has not come yet."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from sales.ids import ConversationId, Moment
from sales.ports.conversations import EarlyChange
from storage.contents import COLUMNS, from_columns, to_columns
from storage.repositories.base import Book
from storage.schema import early_changes
from storage.statements import Statement, Tuple, columns, each, inserting

BITE = 1_000
_PLAIN = ("conversation_id", "external_id", "at", "deleted", "reaction")
_ADD = Statement(inserting(early_changes, *_PLAIN, *COLUMNS))
_OF = Statement(
    select(early_changes.c.id, *columns(early_changes, (*_PLAIN, *COLUMNS)))
    .where(early_changes.c.conversation_id.in_(each("conversations_")))
    .order_by(early_changes.c.id)
)
_REMOVE = Statement(delete(early_changes).where(early_changes.c.id.in_(each("ids"))))
_old = select(early_changes.c.id).where(early_changes.c.at < bindparam("before")).limit(BITE)
_FORGET = Statement(delete(early_changes).where(early_changes.c.id.in_(_old)))


class EarlyChangesRepository(Book):
    def add(self, change: EarlyChange) -> None:
        values = {name: getattr(change, name) for name in _PLAIN}
        content = to_columns(change.content) if change.content is not None else dict.fromkeys(COLUMNS)
        self.link.run(_ADD, {**values, **content})

    def take(self, keys: Sequence[tuple[ConversationId, str]]) -> Sequence[EarlyChange]:
        """One statement where nothing is waiting, as nearly always."""
        wanted = set(keys)
        rows = self.link.rows(_OF, {"conversations_": sorted({key[0] for key in keys})}) if keys else ()
        found = [row for row in rows if (row[1], row[2]) in wanted]
        if found:
            self.link.run(_REMOVE, {"ids": [row[0] for row in found]})
        return [_change(row) for row in found]

    def forget_before(self, moment: Moment) -> int:
        return self.link.run(_FORGET, {"before": moment})


def _change(row: Tuple) -> EarlyChange:
    _, conversation_id, external_id, at, deleted, reaction, kind, *rest = row
    content = from_columns(kind, *rest) if kind is not None else None
    return EarlyChange(ConversationId(conversation_id), external_id, at, content, bool(deleted), reaction)
