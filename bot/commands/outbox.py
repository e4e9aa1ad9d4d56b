"""`dibs outbox`: what has not left, and why."""

import click

from bot.books import open_books
from bot.commands.printing import json_option, print_lines, when
from sales.ids import OutboxId
from sales.outbox import RowState
from sales.ports import Work
from sales.ports.outgoing import RowReport

UNSENT = (RowState.DEAD, RowState.HELD, RowState.SENDING, RowState.QUEUED)


@click.group()
def outbox() -> None:
    """What has not left, and why."""


@outbox.command("list")
@click.option("--state", type=click.Choice([state.value for state in UNSENT]), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=200, show_default=True)
@json_option
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """Rows that have not left: given up (dead), held for a person, under way, waiting."""
    states = [RowState(state)] if state else list(UNSENT)

    def collect(work: Work) -> list[tuple[RowState, RowReport]]:
        return [(one.state, one) for wanted in states for one in work.outbox.in_state(wanted, limit)][:limit]

    with open_books() as books:
        rows = books.read(collect)
    lines = [
        {
            "id": row.id,
            "lane": row.lane,
            "stream": row.stream,
            "kind": row.kind,
            "state": in_state.value,
            "attempts": row.attempts,
            "created_at": when(row.created_at),
            "due_at": when(row.due_at),
            "problem": row.problem,
        }
        for in_state, row in rows
    ]
    print_lines(lines, as_json, "nothing: everything has left")


@outbox.command()
@click.argument("row_id", metavar="ID", type=click.IntRange(1, 2**62))
def retry(row_id: int) -> None:
    """Send a row again that was given up or held. What may have arrived already is sent again as well."""
    from sales.use_cases.repair import retry_row

    with open_books() as books:
        books.write(lambda work: retry_row(work, OutboxId(row_id)))
