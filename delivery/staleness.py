"""Replies that waited too long are not sent blindly: whoever wrote them is asked (DESIGN.md §3)."""

from sales.ids import Moment
from sales.outbox import Row, RowKind

REPLIES = frozenset({RowKind.MESSAGE, RowKind.TEXT})
TOO_LATE = 30 * 60 * 1000
"""Milliseconds."""


def is_stale(row: Row, now: Moment) -> bool:
    """A reply due later on purpose counts from then, until its first attempt: later ``due_at`` is our own doing."""
    since = row.created_at if row.attempts > 1 else max(row.created_at, row.due_at)
    return row.kind in REPLIES and now - since > TOO_LATE
