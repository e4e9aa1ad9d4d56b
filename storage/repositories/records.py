"""The books of what was seen, of what could not be handled, and of settings."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import InboxId, Moment
from sales.ports.records import InboxEntry
from storage.repositories.base import Book
from storage.schema import inbox, seen_updates, workspace
from storage.statements import Statement, Tuple, each, fact, inserting

MOST_FORGOTTEN = 5_000
"""Identities forgotten in one go, so that no writer waits for long."""

_SEE_UNSEEN = Statement(inserting(seen_updates, "source", "update_id", "at"))
_SEE = Statement(
    upsert(seen_updates)
    .values(source=bindparam("source"), update_id=bindparam("update_id"), at=bindparam("at"))
    .on_conflict_do_nothing()
    .returning(seen_updates.c.update_id)
)
_SEEN = Statement(
    select(seen_updates.c.update_id).where(
        seen_updates.c.source == bindparam("source_"), seen_updates.c.update_id.in_(each("ids"))
    )
)
_SINCE = Statement(
    select(literal_column("1"))
    .where(
        seen_updates.c.at >= bindparam("moment"),
        seen_updates.c.source == bindparam("source_"),
        seen_updates.c.update_id.not_like(literal_column("'test-%'")),
    )
    .limit(1)
)
_FORGET_OLD = Statement(
    select(seen_updates.c.source, seen_updates.c.update_id)
    .where(seen_updates.c.at < bindparam("before"))
    .order_by(seen_updates.c.at)
    .limit(MOST_FORGOTTEN)
)
_FORGET_ONE = Statement(
    delete(seen_updates).where(
        seen_updates.c.source == bindparam("source_"), seen_updates.c.update_id == bindparam("update_id_")
    )
)


class SeenBook(Book):
    def add(self, source: str, update_ids: Sequence[str]) -> set[str]:
        wanted = dict.fromkeys(update_ids)
        if self.link.raw is not None and len(wanted) > 1:  # on SQLite nobody else writes meanwhile
            seen = {row[0] for row in self.link.rows(_SEEN, {"source_": source, "ids": list(wanted)})}
            self.link.many(_SEE_UNSEEN, self._rows(source, [id_ for id_ in wanted if id_ not in seen]))
            return wanted.keys() - seen
        return {row[0] for row in self.link.returning(_SEE, self._rows(source, wanted))}

    def _rows(self, source: str, update_ids: Iterable[str]) -> list[dict[str, object]]:
        return [{"source": source, "update_id": update_id, "at": self.now} for update_id in update_ids]

    def any_since(self, source: str, moment: Moment) -> bool:
        return self.link.one(_SINCE, {"source_": source, "moment": moment}) is not None

    def forget_before(self, moment: Moment) -> int:
        """At most MOST_FORGOTTEN at a time: call again while it returns that many."""
        old = self.link.rows(_FORGET_OLD, {"before": moment})
        self.link.many(_FORGET_ONE, [{"source_": source, "update_id_": update_id} for source, update_id in old])
        return len(old)

    def forget(self, source: str, update_ids: Sequence[str]) -> None:
        self.link.many(_FORGET_ONE, [{"source_": source, "update_id_": update_id} for update_id in update_ids])


_ADD_ENTRY = Statement(inserting(inbox, "source", "update_id", "received_at", "problem", "raw").returning(inbox.c.id))
_ENTRY_COLUMNS = (
    inbox.c.id,
    inbox.c.source,
    inbox.c.update_id,
    inbox.c.received_at,
    inbox.c.problem,
    inbox.c.raw,
    inbox.c.replayed_at,
)
_UNSETTLED = fact("replayed_at IS NULL")
_ENTRY = Statement(select(*_ENTRY_COLUMNS).where(inbox.c.id == bindparam("id_")))
_ENTRIES = Statement(select(*_ENTRY_COLUMNS).order_by(inbox.c.id.desc()).limit(bindparam("most")))
_OPEN_ENTRIES = Statement(
    select(*_ENTRY_COLUMNS).where(_UNSETTLED).order_by(inbox.c.id.desc()).limit(bindparam("most"))
)
_SETTLE_ENTRY = Statement(
    update(inbox).where(inbox.c.id == bindparam("id_"), _UNSETTLED).values(replayed_at=bindparam("at"))
)
_COUNT_ENTRIES = Statement(select(func.count()).select_from(inbox).where(_UNSETTLED))
_OLD_ENTRIES = (
    select(inbox.c.id)
    .where(fact("replayed_at IS NOT NULL"), inbox.c.replayed_at < bindparam("before"))
    .order_by(inbox.c.replayed_at)
    .limit(MOST_FORGOTTEN)
)
_FORGET_ENTRIES = Statement(delete(inbox).where(inbox.c.id.in_(_OLD_ENTRIES)))
_RAW = "inbox"


class InboxBook(Book):
    def add(self, source: str, update_id: str, raw: bytes, problem: str) -> InboxId:
        sealed = self.keys().encrypt_bytes(raw, _RAW)
        values = {"source": source, "update_id": update_id, "received_at": self.now, "problem": problem, "raw": sealed}
        return InboxId(self.link.value(_ADD_ENTRY, values))

    def get(self, inbox_id: InboxId) -> InboxEntry | None:
        row = self.link.one(_ENTRY, {"id_": inbox_id})
        return None if row is None else self._entry(row)

    def list(self, limit: int, open_only: bool = True) -> Sequence[InboxEntry]:
        """The newest first."""
        return [self._entry(row) for row in self.link.rows(_OPEN_ENTRIES if open_only else _ENTRIES, {"most": limit})]

    def settle(self, inbox_id: InboxId) -> None:
        self.link.run(_SETTLE_ENTRY, {"id_": inbox_id, "at": self.now})

    def count(self) -> int:
        """Those that have not been replayed."""
        return int(self.link.value(_COUNT_ENTRIES))

    def forget_replayed(self, moment: Moment) -> int:
        return self.link.run(_FORGET_ENTRIES, {"before": moment})

    def _entry(self, row: Tuple) -> InboxEntry:
        id_, source, update_id, received_at, problem, raw, replayed_at = row
        plain = self.keys().decrypt_bytes(bytes(raw), _RAW)
        return InboxEntry(InboxId(id_), source, update_id, received_at, problem, plain, replayed_at)


_GET = Statement(select(workspace.c.value).where(workspace.c.key == bindparam("key_")))
_INSERT = upsert(workspace).values(key=bindparam("key"), value=bindparam("value"))
_SET = Statement(_INSERT.on_conflict_do_update(index_elements=["key"], set_={"value": _INSERT.excluded.value}))
_UNSET = Statement(delete(workspace).where(workspace.c.key == bindparam("key_")))


class WorkspaceBook(Book):
    def get(self, key: str) -> str | None:
        found = self.link.value(_GET, {"key_": key})
        return None if found is None else str(found)

    def set(self, key: str, value: str | None) -> None:
        """None takes it away."""
        if value is None:
            self.link.run(_UNSET, {"key_": key})
        else:
            self.link.run(_SET, {"key": key, "value": value})
