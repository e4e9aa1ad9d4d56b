"""Adding rows to the outbox."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, case, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.outbox import NewRow, RowState
from storage.repositories.outbox_heads import Heads
from storage.schema import media, outbox
from storage.statements import Statement, each, fact
from storage.texts import dump

FRONT, PLAIN, LAST = 0, 1, 2

_NAMES = (
    "lane",
    "stream",
    "kind",
    "payload",
    "priority",
    "bucket",
    "due_at",
    "collapse",
    "waits_for",
    "rank",
    "head",
    "ready",
    "state",
    "attempts",
    "uncertain",
    "created_at",
)
_INSERT = upsert(outbox).values({name: bindparam(name) for name in _NAMES})
_new = _INSERT.excluded
_PUT = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=["stream", "collapse"],
        index_where=fact("state = 'queued' AND collapse IS NOT NULL"),
        set_={
            "due_at": case((_new.due_at < outbox.c.due_at, _new.due_at), else_=outbox.c.due_at),
            "ready": or_(outbox.c.ready, _new.ready),
            "rank": case((_new.rank < outbox.c.rank, _new.rank), else_=outbox.c.rank),
            "waits_for": func.coalesce(_new.waits_for, outbox.c.waits_for),
        },
    )
)
_STILL_WANTED = Statement(
    select(media.c.id)
    .where(media.c.id.in_(each("ids")), media.c.state == literal_column("'wanted'"))
    .with_for_update(read=True)
)


class Putting(Heads):
    """A row of a ``collapse`` key that is queued already is not added: that one leaves at the earlier of both times.

    If both wait for files, it waits for the newer one (the parts of an album come one after another).
    """

    def put(self, rows: Sequence[NewRow]) -> None:
        if not rows:
            return
        streams = list(dict.fromkeys(row.stream for row in rows))
        self._lock_streams(streams)
        headed = self._headed(streams)
        heads = _new_heads(rows, headed)
        wanted = self._wanted(rows)
        self.link.many(_PUT, _once([self._values(row, wanted, row is heads.get(row.stream)) for row in rows]))
        for stream in _overtaken(rows, headed):
            self._set_head(stream)
        self.link.lanes.update(row.lane for row in rows)

    def _wanted(self, rows: Sequence[NewRow]) -> set[int]:
        """Files that are still awaited: nobody would wake a row that waits for another."""
        ids = {row.waits_for for row in rows if row.waits_for is not None}
        return {row[0] for row in self.link.rows(_STILL_WANTED, {"ids": sorted(ids)})} if ids else set()

    def _values(self, row: NewRow, wanted: set[int], head: bool) -> dict[str, Any]:
        due_at = self.now if row.due_at is None else row.due_at
        return {
            "lane": row.lane,
            "stream": row.stream,
            "kind": row.kind,
            "payload": dump(dict(row.payload)),
            "priority": int(row.priority),
            "bucket": row.bucket or "",
            "due_at": due_at,
            "collapse": row.collapse,
            "waits_for": row.waits_for if row.waits_for in wanted else None,
            "rank": _rank(row),
            "head": head,
            "ready": due_at <= self.now,
            "state": RowState.QUEUED,
            "attempts": 0,
            "uncertain": False,
            "created_at": self.now,
        }


def _rank(row: NewRow) -> int:
    return FRONT if row.front else LAST if row.last else PLAIN


def _overtaken(rows: Sequence[NewRow], headed: Mapping[str, int]) -> Collection[str]:
    """Streams whose head has to stand back for a row that goes before it."""
    return dict.fromkeys(row.stream for row in rows if _rank(row) < headed.get(row.stream, FRONT))


def _new_heads(rows: Sequence[NewRow], headed: Collection[str]) -> dict[str, NewRow]:
    """The first of each stream that had nothing unsettled; one put in front goes before the others."""
    heads: dict[str, NewRow] = {}
    for row in rows:
        held = heads.get(row.stream)
        if row.stream not in headed and (held is None or _rank(row) < _rank(held)):
            heads[row.stream] = row
    return heads


def _once(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One statement may not meet the same row twice (PostgreSQL), so what collapses within the batch does so here."""
    kept: dict[Any, dict[str, Any]] = {}
    for place, row in enumerate(values):
        key = place if row["collapse"] is None else (row["stream"], row["collapse"])
        first = kept.setdefault(key, row)
        if first is not row:
            first["due_at"] = min(first["due_at"], row["due_at"])
            first["ready"] = first["ready"] or row["ready"]
            first["rank"] = min(first["rank"], row["rank"])
            first["head"] = first["head"] or row["head"]
            first["waits_for"] = row["waits_for"] or first["waits_for"]
    return list(kept.values())
