"""`dibs inbox`: events that could not be handled. None is lost: each can be looked at, and tried again."""

import click

from bot.books import open_books
from bot.commands.printing import json_option, print_lines, when
from sales.ids import InboxId

MOST = 200


@click.group()
def inbox() -> None:
    """Events that could not be handled."""


@inbox.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that were replayed, too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=MOST, show_default=True)
@json_option
def list_(everything: bool, limit: int, as_json: bool) -> None:
    """What came in and could not be handled. Contents stay encrypted: they are people's words."""
    with open_books() as books:
        entries = books.read(lambda work: list(work.inbox.list(limit, open_only=not everything)))
    lines = [
        {
            "id": one.id,
            "source": one.source,
            "update_id": one.update_id,
            "received_at": when(one.received_at),
            "problem": one.problem,
            "replayed_at": when(one.replayed_at) if one.replayed_at is not None else None,
        }
        for one in entries
    ]
    print_lines(lines, as_json, "nothing: every event was handled")


@inbox.command()
@click.argument("inbox_id", metavar="ID", type=click.IntRange(1, 2**62))
def replay(inbox_id: int) -> None:
    """Try an event again, after what was wrong has been repaired. A new failure leaves it in the inbox."""
    from bot.replaying import replay_event

    with open_books() as books:
        replay_event(books, InboxId(inbox_id))
