"""Rows to put and to judge, and a sender that does as it is told."""

from dataclasses import replace

from sales.ids import Moment, OutboxId
from sales.outbox import NewRow, Row, RowKind


def a_row(**changes: object) -> Row:
    row = Row(
        id=OutboxId(1),
        lane="staff",
        stream="staff:1:client:1",
        kind=RowKind.NOTICE,
        payload={},
        priority=20,
        bucket="staff:1",
        attempts=1,
        uncertain=False,
        created_at=Moment(0),
        due_at=Moment(0),
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the test names what it changes


def a_new_row(lane: str, stream: str, number: int, **changes: object) -> NewRow:
    """A kind without effects of its own, so that rows alone are looked at."""
    row = NewRow(lane, stream, RowKind.MENU, {"number": number})
    return replace(row, **changes)  # type: ignore[arg-type]  # the same
