"""The columns of an outbox row, and the row."""

from sales.ids import OutboxId
from sales.outbox import Row, RowKind, RowState
from sales.ports.outgoing import RowReport
from storage.schema import outbox
from storage.statements import Tuple, columns
from storage.texts import load

ROW = columns(
    outbox,
    (
        "id",
        "lane",
        "stream",
        "kind",
        "payload",
        "priority",
        "bucket",
        "attempts",
        "uncertain",
        "created_at",
        "due_at",
    ),
)
REPORT = columns(outbox, ("id", "lane", "stream", "kind", "state", "attempts", "created_at", "due_at", "problem"))


def row_of(row: Tuple) -> Row:
    id_, lane, stream, kind, payload, priority, bucket, attempts, uncertain, created_at, due_at = row
    return Row(
        OutboxId(id_),
        lane,
        stream,
        RowKind(kind),
        load(payload),
        priority,
        bucket or None,
        attempts,
        bool(uncertain),
        created_at,
        due_at,
    )


def report_of(row: Tuple) -> RowReport:
    id_, lane, stream, kind, state, attempts, created_at, due_at, problem = row
    return RowReport(OutboxId(id_), lane, stream, kind, RowState(state), attempts, created_at, due_at, problem)
