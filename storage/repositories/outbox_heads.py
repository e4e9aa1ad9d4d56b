"""Who stands first in each stream.

``head`` marks the first unsettled row of a stream, so that claiming looks at heads only, however long the streams are.
A unique index allows one head per stream. On PostgreSQL whoever adds to a stream or settles a row of it holds the
stream's advisory lock until the transaction ends: else one could add a row behind a head that another is just taking
away, and nobody would make it the head.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ARRAY, Text, bindparam, literal_column, select, text, update

from storage.repositories.base import Book
from storage.schema import outbox
from storage.statements import Statement, each, fact
from storage.tables.records import UNSETTLED

UNSETTLED_ROWS = fact(UNSETTLED)
HEADS = fact("head")

_LOCK = Statement(
    text(
        """
        SELECT pg_advisory_xact_lock(key) FROM (
            SELECT DISTINCT hashtextextended(stream, 0) AS key FROM unnest(:streams) AS stream ORDER BY 1
        ) AS keys
        """
    ).bindparams(bindparam("streams", type_=ARRAY(Text)))
)
_FIRST = Statement(
    select(outbox.c.id, outbox.c.lane)
    .where(UNSETTLED_ROWS, outbox.c.stream == bindparam("stream"))
    .order_by(outbox.c.rank, outbox.c.id)
    .limit(1)
)
_HEAD = Statement(select(outbox.c.id, outbox.c.state).where(HEADS, outbox.c.stream == bindparam("stream")))
_HEADED = Statement(select(outbox.c.stream, outbox.c.rank).where(HEADS, outbox.c.stream.in_(each("streams"))))
_STEP_BACK = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("id_"), outbox.c.state != literal_column("'sending'"))
    .values(head=literal_column("false"))
)
_STEP_UP = Statement(update(outbox).where(outbox.c.id.in_(each("ids"))).values(head=literal_column("true")))


class Heads(Book):
    def _lock_streams(self, streams: Iterable[str]) -> None:
        """In their order, so that two transactions don't wait for each other."""
        if self.link.locking:
            self.link.rows(_LOCK, {"streams": list(streams)})

    def _headed(self, streams: Sequence[str]) -> dict[str, int]:
        """Those that have a head, that is, anything unsettled, each with its head's rank."""
        return {row[0]: row[1] for row in self.link.rows(_HEADED, {"streams": streams})}

    def _step_up(self, ids: Sequence[int]) -> None:
        if ids:
            self.link.run(_STEP_UP, {"ids": ids})

    def _set_head(self, stream: str) -> None:
        """Make the first the head, unless the present head is being sent: it keeps its place until it is settled."""
        first = self.link.one(_FIRST, {"stream": stream})
        head = self.link.one(_HEAD, {"stream": stream})
        if first is None or (head is not None and head[0] == first[0]):
            return
        if head is not None and not self.link.run(_STEP_BACK, {"id_": head[0]}):
            return
        self._step_up([first[0]])
        self.link.lanes.add(first[1])

    def _touch(self, stream: str) -> None:
        """Whoever sends for the stream's lane should look again."""
        first = self.link.one(_FIRST, {"stream": stream})
        if first is not None:
            self.link.lanes.add(first[1])
