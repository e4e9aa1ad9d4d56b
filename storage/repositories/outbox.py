"""The outbox as a book, and looking at it. Putting, claiming and settling have a file each."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, literal_column, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import Moment, OutboxId
from sales.outbox import Row, RowKind, RowState
from sales.ports.outgoing import RowReport
from storage.repositories.outbox_claiming import Claiming
from storage.repositories.outbox_heads import UNSETTLED_ROWS
from storage.repositories.outbox_putting import Putting
from storage.repositories.outbox_rows import REPORT, ROW, report_of, row_of
from storage.repositories.outbox_settling import Settling
from storage.schema import lanes, outbox
from storage.statements import Statement, fact
from storage.tables.records import LATER, READY, UNSETTLED

_GET = Statement(select(*ROW).where(outbox.c.id == bindparam("id_")))
_IN_LANE = outbox.c.lane == bindparam("lane_")
_NEXT_DUE = Statement(
    select(
        select(outbox.c.due_at)
        .where(fact(READY), _IN_LANE)
        .order_by(outbox.c.urgency, outbox.c.id)
        .limit(1)
        .scalar_subquery(),
        select(func.min(outbox.c.due_at)).where(fact(LATER), _IN_LANE).scalar_subquery(),
    )
)
_RELAYS = {
    state: Statement(
        select(*ROW)
        .where(
            UNSETTLED_ROWS,
            outbox.c.stream == bindparam("stream_"),
            fact(f"state = '{state}'"),
            outbox.c.kind == literal_column(f"'{RowKind.RELAY}'"),
        )
        .order_by(outbox.c.rank, outbox.c.id)
    )
    for state in (RowState.QUEUED, RowState.SENDING)
}
_LANES = Statement(
    text(f"""
        WITH RECURSIVE found(name) AS (
            SELECT min(lane) FROM outbox WHERE {UNSETTLED}
            UNION ALL
            SELECT (SELECT min(lane) FROM outbox WHERE {UNSETTLED} AND lane > found.name)
            FROM found WHERE found.name IS NOT NULL
        )
        SELECT name FROM found WHERE name IS NOT NULL
        """)  # noqa: S608 - constants of ours
)
_report = select(*REPORT).limit(bindparam("most"))
_IN_STATE = {state: Statement(_report.where(fact(f"state = '{state}'")).order_by(outbox.c.id)) for state in RowState}
_ODD = fact("state IN ('held', 'dead')")
_IN_ODD_STATE = {
    state: Statement(_report.where(_ODD, fact(f"state = '{state}'")).order_by(outbox.c.id))
    for state in (RowState.HELD, RowState.DEAD)
}
_DEPTH = Statement(
    select(outbox.c.lane, func.count(), func.min(outbox.c.created_at)).where(UNSETTLED_ROWS).group_by(outbox.c.lane)
)
_FREEZE_NEW = upsert(lanes).values(name=bindparam("name"), frozen_until=bindparam("frozen_until"))
_FREEZE = Statement(
    _FREEZE_NEW.on_conflict_do_update(
        index_elements=["name"],
        set_={"frozen_until": _FREEZE_NEW.excluded.frozen_until},
        where=_FREEZE_NEW.excluded.frozen_until > lanes.c.frozen_until,
    )
)
_THAWED = Statement(delete(lanes).where(lanes.c.frozen_until <= bindparam("moment")))


class OutboxRepository(Putting, Claiming, Settling):
    def get(self, row_id: OutboxId) -> Row | None:
        """None once it was sent or dropped."""
        row = self.link.one(_GET, {"id_": row_id})
        return None if row is None else row_of(row)

    def take_relays(self, stream: str) -> Sequence[Row]:
        self._lock_streams([stream])
        rows = [row_of(row) for row in self.link.rows(_RELAYS[RowState.QUEUED], {"stream_": stream})]
        self.finish_sent([row.id for row in rows])
        return rows

    def relays_under_way(self, stream: str) -> Sequence[Row]:
        return [row_of(row) for row in self.link.rows(_RELAYS[RowState.SENDING], {"stream_": stream})]

    def next_due(self, lanes: Sequence[str]) -> Mapping[str, Moment]:
        """Lanes with nothing to send, or only what waits for something else, are not there. Knows no rate limits."""
        found = {}
        for lane in lanes:
            ready, later = self.link.one(_NEXT_DUE, {"lane_": lane}) or (None, None)
            moments = [moment for moment in (ready, later) if moment is not None]
            if moments:
                found[lane] = Moment(min(moments))
        return found

    def busy(self, streams: Sequence[str]) -> set[str]:
        return set(self._headed(streams))

    def lanes(self) -> Sequence[str]:
        return [row[0] for row in self.link.rows(_LANES)]

    def in_state(self, state: RowState, limit: int) -> Sequence[RowReport]:
        """The oldest first."""
        statement = _IN_ODD_STATE.get(state) or _IN_STATE[state]
        return [report_of(row) for row in self.link.rows(statement, {"most": limit})]

    def depth(self) -> Mapping[str, tuple[int, Moment]]:
        return {lane: (int(count), Moment(oldest)) for lane, count, oldest in self.link.rows(_DEPTH)}

    def freeze(self, name: str, until: Moment) -> None:
        """The longer freeze counts. Those that are over are forgotten."""
        self.link.run(_THAWED, {"moment": self.now})
        self.link.run(_FREEZE, {"name": name, "frozen_until": until})
