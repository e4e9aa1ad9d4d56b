"""What becomes of rows after their turn: gone, dead, held, or back in the queue."""

from collections.abc import Callable, Sequence

from sqlalchemy import bindparam, case, delete, literal_column, select, update

from sales.ids import MessageId, Moment, OutboxId
from sales.outbox import RowKind, RowState
from storage.repositories.outbox_heads import UNSETTLED_ROWS, Heads
from storage.schema import outbox
from storage.statements import Statement, each, fact
from storage.texts import load

MOST_FORGOTTEN = 1_000
"""Dead rows forgotten in one go."""

_THIS = outbox.c.id == bindparam("id_")
_THESE = outbox.c.id.in_(each("ids"))
_QUEUED = fact("state = 'queued'")
_HELD = (fact("state = 'held'"), outbox.c.stream == bindparam("stream_"))
_COLLAPSING = fact("collapse IS NOT NULL")

_later = outbox.alias("later")
_NEXT = (
    select(_later.c.id)
    .where(fact("later.state <> 'dead'"), _later.c.stream == outbox.c.stream, _later.c.id != outbox.c.id)
    .order_by(_later.c.rank, _later.c.id)
    .limit(1)
    .scalar_subquery()
)
_STREAMS = Statement(select(outbox.c.stream).where(_THESE))
_SETTLING = Statement(select(outbox.c.stream, outbox.c.lane, outbox.c.head, _NEXT).where(_THESE))
_DELETE = Statement(delete(outbox).where(_THESE))
_BURY = Statement(
    update(outbox)
    .where(_THIS)
    .values(state=literal_column("'dead'"), head=literal_column("false"), problem=bindparam("why"))
)
_OLD_DEAD = (
    select(outbox.c.id)
    .where(fact("state IN ('held', 'dead')"), fact("state = 'dead'"), outbox.c.created_at < bindparam("before"))
    .order_by(outbox.c.id)
    .limit(MOST_FORGOTTEN)
)
_FORGET_DEAD = Statement(delete(outbox).where(outbox.c.id.in_(_OLD_DEAD)))
_HOLD = Statement(update(outbox).where(_THIS).values(state=literal_column("'held'"), problem=bindparam("why")))

_BACK = Statement(
    update(outbox)
    .where(_THIS)
    .values(
        state=literal_column("'queued'"),
        due_at=bindparam("due"),
        ready=bindparam("is_ready", type_=outbox.c.ready.type),
        problem=bindparam("why"),
        uncertain=bindparam("is_uncertain", type_=outbox.c.uncertain.type),
        attempts=outbox.c.attempts - bindparam("forgiven", type_=outbox.c.attempts.type),
    )
)
_GOING_BACK = Statement(select(outbox.c.stream, outbox.c.lane, outbox.c.state, outbox.c.collapse).where(_THIS))
_SAME = Statement(
    delete(outbox).where(
        _QUEUED,
        _COLLAPSING,
        outbox.c.stream == bindparam("stream_"),
        outbox.c.collapse == bindparam("same"),
        outbox.c.id != bindparam("id_"),
    )
)

_HOLD_NEXT = Statement(
    update(outbox)
    .where(
        UNSETTLED_ROWS,
        outbox.c.stream == bindparam("stream_"),
        _QUEUED,
        outbox.c.kind == literal_column(f"'{RowKind.MESSAGE}'"),
    )
    .values(state=literal_column("'held'"))
)
_RELEASE = Statement(
    update(outbox)
    .where(UNSETTLED_ROWS, *_HELD)
    .values(
        state=literal_column("'queued'"),
        attempts=0,
        due_at=bindparam("due"),
        ready=case((outbox.c.waits_for.is_(None), literal_column("true")), else_=outbox.c.ready),
    )
)
_HELD_PAYLOADS = Statement(
    select(outbox.c.id, outbox.c.payload)
    .where(UNSETTLED_ROWS, *_HELD, outbox.c.kind == literal_column(f"'{RowKind.MESSAGE}'"))
    .order_by(outbox.c.rank, outbox.c.id)
)
_DROP_HELD = Statement(delete(outbox).where(UNSETTLED_ROWS, *_HELD))
_UNDER_WAY = fact("state = 'sending'")
_SENDING = Statement(
    select(outbox.c.id, outbox.c.stream, outbox.c.collapse).where(
        UNSETTLED_ROWS, outbox.c.lane.in_(each("lanes")), _UNDER_WAY
    )
)
_RECOVER = Statement(
    update(outbox)
    .where(_THESE)
    .values(
        state=literal_column("'queued'"),
        uncertain=literal_column("true"),
        due_at=bindparam("due"),
        ready=literal_column("true"),
    )
)
_FREE_FILE = Statement(
    update(outbox)
    .where(fact("waits_for IS NOT NULL"), outbox.c.waits_for == bindparam("file"))
    .values(waits_for=None)
    .returning(outbox.c.lane)
)


_SHOW_WITHOUT = Statement(
    update(outbox)
    .where(
        fact("waits_for IS NOT NULL"),
        outbox.c.waits_for == bindparam("file"),
        outbox.c.kind == literal_column(f"'{RowKind.RELAY}'"),
    )
    .values(waits_for=None)
    .returning(outbox.c.lane)
)


class Settling(Heads):
    """Rows that were sent or dropped are deleted; dead ones stay for a person to see."""

    def finish_sent(self, row_ids: Sequence[OutboxId]) -> None:
        self._leave(row_ids, lambda: self.link.run(_DELETE, {"ids": row_ids}))

    def finish(self, row_id: OutboxId, state: RowState, problem: str | None = None) -> None:
        match state:
            case RowState.SENT | RowState.DROPPED:
                self.finish_sent([row_id])
            case RowState.DEAD:
                self._leave([row_id], lambda: self.link.run(_BURY, {"id_": row_id, "why": problem}))
            case RowState.HELD:
                self.link.run(_HOLD, {"id_": row_id, "why": problem})
            case RowState.QUEUED | RowState.SENDING:
                raise ValueError(f"{state} is not the end of a row")

    def _leave(self, row_ids: Sequence[OutboxId], act: Callable[[], object]) -> None:
        """Whatever takes heads away lets the next of their streams step up."""
        if not row_ids:
            return
        if self.link.locking:
            self._lock_streams(row[0] for row in self.link.rows(_STREAMS, {"ids": row_ids}))
        leaving = self.link.rows(_SETTLING, {"ids": row_ids})
        act()
        gone = set(row_ids)
        heads = [(stream, next_id) for stream, _, head, next_id in leaving if head]
        self._step_up([next_id for _, next_id in heads if next_id is not None and next_id not in gone])
        for stream in {stream for stream, next_id in heads if next_id in gone}:
            self._set_head(stream)
        self.link.lanes.update(lane for _, lane, _, _ in leaving)

    def again(self, row_id: OutboxId, due_at: Moment, problem: str, uncertain: bool) -> None:
        """Without a ``problem`` it was not tried at all: the attempt does not count. Dead rows come back too."""
        row = self.link.one(_GOING_BACK, {"id_": row_id})
        if row is None:
            return
        stream, lane, state, collapse = row
        self._lock_streams([stream])
        self._swallow(row_id, stream, collapse)
        values = {
            "id_": row_id,
            "due": due_at,
            "is_ready": due_at <= self.now,
            "why": problem or None,
            "is_uncertain": uncertain,
            "forgiven": 1 if state == RowState.SENDING and not problem else 0,
        }
        self.link.run(_BACK, values)
        self._set_head(stream)
        self.link.lanes.add(lane)

    def _swallow(self, row_id: int, stream: str, collapse: str | None) -> None:
        """A newer queued row that says the same gives way to one that comes back, which has the earlier place."""
        if collapse is not None:
            self.link.run(_SAME, {"id_": row_id, "stream_": stream, "same": collapse})

    def recover(self, lanes: Sequence[str]) -> int:
        if not lanes:
            return 0
        rows = self.link.rows(_SENDING, {"lanes": list(lanes)})
        self._lock_streams(stream for _, stream, _ in rows)
        for row_id, stream, collapse in rows:
            self._swallow(row_id, stream, collapse)
        if rows:
            self.link.run(_RECOVER, {"ids": [row[0] for row in rows], "due": self.now})
        for _, stream, _ in rows:
            self._set_head(stream)
        self.link.lanes.update(lanes)
        return len(rows)

    def show_without(self, media_id: int) -> None:
        self.link.lanes.update(row[0] for row in self.link.rows(_SHOW_WITHOUT, {"file": media_id}))

    def media_settled(self, media_id: int) -> None:
        self.link.lanes.update(row[0] for row in self.link.rows(_FREE_FILE, {"file": media_id}))

    def forget_dead(self, moment: Moment) -> int:
        return self.link.run(_FORGET_DEAD, {"before": moment})

    # --- held ---

    def hold_next(self, stream: str) -> int:
        return self.link.run(_HOLD_NEXT, {"stream_": stream})

    def release(self, stream: str) -> int:
        """They count as made anew: no attempts, due now."""
        self._lock_streams([stream])
        released = self.link.run(_RELEASE, {"stream_": stream, "due": self.now})
        self._touch(stream)
        return released

    def held_messages(self, stream: str) -> Sequence[MessageId]:
        return [message_id for _, message_id in self._held(stream)]

    def _held(self, stream: str) -> Sequence[tuple[OutboxId, MessageId]]:
        rows = self.link.rows(_HELD_PAYLOADS, {"stream_": stream})
        return [(OutboxId(row[0]), MessageId(int(load(row[1])["message_id"]))) for row in rows]

    def drop_held(self, stream: str, messages: Sequence[MessageId] | None = None) -> int:
        self._lock_streams([stream])
        if messages is not None:
            theirs = [row_id for row_id, message_id in self._held(stream) if message_id in messages]
            self.finish_sent(theirs)
            return len(theirs)
        dropped = self.link.run(_DROP_HELD, {"stream_": stream})
        self._set_head(stream)
        return dropped
