"""Taking rows that may leave.

Effective priority is the priority minus the time waited. All rows wait equally fast, so their order never changes:
``urgency`` = due time + priority, and the most urgent ready head of a lane is the first of an index. A claim looks at a
window of it. Only if full buckets fill that window does it walk from bucket to bucket, with one probe each: the walk is
as long as there are buckets, never as long as there are rows.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, literal_column, select, text, union_all, update

from sales.ids import Moment
from sales.outbox import Row
from storage.repositories.outbox_heads import Heads
from storage.repositories.outbox_rows import ROW, row_of
from storage.schema import lanes, outbox
from storage.statements import Statement, each, fact
from storage.tables.records import LATER, READY

WINDOW = 500
_CANDIDATE = (outbox.c.id, outbox.c.bucket, outbox.c.urgency, outbox.c.ready)
_IN_LANE = outbox.c.lane == bindparam("lane_")
_LATER_DUE = (fact(LATER), _IN_LANE, outbox.c.due_at <= bindparam("moment"))

_LOOK = Statement(
    union_all(
        select(*_CANDIDATE)
        .where(fact(READY), _IN_LANE)
        .order_by(outbox.c.urgency, outbox.c.id)
        .limit(bindparam("most"))
        .subquery()
        .select(),
        select(*_CANDIDATE).where(*_LATER_DUE).order_by(outbox.c.due_at).limit(bindparam("most")).subquery().select(),
    )
)
_BECOME_READY = Statement(update(outbox).where(*_LATER_DUE).values(ready=literal_column("true")))
_BY_BUCKET = Statement(
    text(f"""
        WITH RECURSIVE buckets(name) AS (
            SELECT min(bucket) FROM outbox WHERE {READY} AND lane = :lane_
            UNION ALL
            SELECT (SELECT min(bucket) FROM outbox WHERE {READY} AND lane = :lane_ AND bucket > buckets.name)
            FROM buckets WHERE buckets.name IS NOT NULL
        )
        SELECT outbox.id, outbox.bucket, outbox.urgency, outbox.ready FROM buckets JOIN outbox ON outbox.id = (
            SELECT id FROM outbox WHERE {READY} AND lane = :lane_ AND bucket = buckets.name ORDER BY urgency, id LIMIT 1
        ) WHERE buckets.name IS NOT NULL
        """)  # noqa: S608 - constants of ours
)
_TAKABLE = (
    select(outbox.c.id)
    .where(outbox.c.id.in_(each("ids")), outbox.c.state == literal_column("'queued'"), fact("head"))
    .with_for_update(skip_locked=True)
)
_TAKE = Statement(
    update(outbox)
    .where(outbox.c.id.in_(_TAKABLE))
    .values(state=literal_column("'sending'"), attempts=outbox.c.attempts + 1)
    .returning(*ROW)
)
_FROZEN = Statement(select(lanes.c.name, lanes.c.frozen_until).where(lanes.c.frozen_until > bindparam("moment")))

Candidate = tuple[int, str, int, bool]


class Claiming(Heads):
    def claim(
        self,
        lane: str,
        now: Moment,
        limit: int,
        full_buckets: Sequence[str] = (),
        room: Mapping[str, int] | None = None,
        fresh_room: int | None = None,
    ) -> Sequence[Row]:
        frozen = self.frozen(now)
        if limit <= 0 or lane in frozen:
            return []
        shut = frozen.keys() | set(full_buckets)
        choice = _Choice(limit, shut, room or {}, fresh_room)
        window = limit if not shut and room is None and fresh_room is None else max(WINDOW, 4 * limit)
        if self._look(choice, lane, now, window) and not choice.done:
            choice.take(self._candidates(_BY_BUCKET, {"lane_": lane}))
        return self._take(choice.ids)

    def frozen(self, now: Moment) -> Mapping[str, Moment]:
        return {name: Moment(until) for name, until in self.link.rows(_FROZEN, {"moment": now})}

    def _look(self, choice: "_Choice", lane: str, now: Moment, window: int) -> bool:
        """Choose from the window; true when there may be more behind it."""
        found = self._candidates(_LOOK, {"lane_": lane, "moment": now, "most": window})
        ready = sum(candidate[3] for candidate in found)
        if len(found) - ready >= window:
            self.link.run(_BECOME_READY, {"lane_": lane, "moment": now})
            found = self._candidates(_LOOK, {"lane_": lane, "moment": now, "most": window})
            ready = len(found)
        choice.take(found)
        return ready >= window

    def _candidates(self, statement: Statement, params: Mapping[str, object]) -> list[Candidate]:
        """The most urgent first."""
        rows = self.link.rows(statement, params)
        return sorted(((id_, bucket, urgency, bool(ready)) for id_, bucket, urgency, ready in rows), key=_urgency)

    def _take(self, ids: Sequence[int]) -> Sequence[Row]:
        if not ids:
            return []
        place = {id_: place for place, id_ in enumerate(ids)}
        taken = [row_of(row) for row in self.link.rows(_TAKE, {"ids": ids})]
        return sorted(taken, key=lambda row: place[row.id])


def _urgency(candidate: Candidate) -> tuple[int, int]:
    return candidate[2], candidate[0]


class _Choice:
    """Which rows to take: the most urgent of buckets that are open and have room."""

    def __init__(self, limit: int, shut: set[str], room: Mapping[str, int], fresh_room: int | None) -> None:
        self.ids: list[int] = []
        self._limit = limit
        self._shut = shut
        self._room = dict(room)
        self._fresh = limit if fresh_room is None else fresh_room

    @property
    def done(self) -> bool:
        return len(self.ids) >= self._limit

    def take(self, candidates: Sequence[Candidate]) -> None:
        for id_, bucket, _, _ in candidates:
            if self.done:
                return
            if bucket not in self._shut and id_ not in self.ids and self._fits(bucket):
                self.ids.append(id_)

    def _fits(self, bucket: str) -> bool:
        """Rows without a bucket always do."""
        if not bucket:
            return True
        left = self._room.get(bucket, self._fresh)
        self._room[bucket] = left - 1
        return left > 0
