"""Trying an event from the inbox again: read by its channel's adapter, or handed to the staff bot's handlers."""

import asyncio
from collections.abc import Sequence

from bot.books import Books
from bot.problems import Failed
from sales.errors import NotFound
from sales.ids import ChannelId, InboxId
from sales.ports.records import InboxEntry
from sales.use_cases.repair import open_entry, replay


def replay_event(books: Books, inbox_id: InboxId) -> None:
    """Raises Failed, NotFound, Invalid; then the event still lies in the inbox."""
    entry = books.read(lambda work: open_entry(work, inbox_id))
    if entry.source == "staff":
        asyncio.run(_replay_staff(books, entry))
    else:
        _replay_channel(books, entry)


def _replay_channel(books: Books, entry: InboxEntry) -> None:
    from bot.connecting import parse_again

    channel = books.read(lambda work: work.channels.get(ChannelId(int(entry.source.partition(":")[2]))))
    if channel is None:
        raise NotFound("channel any more")
    items = parse_again(books, channel, entry.raw)
    books.write(lambda work: replay(work, entry.id, items))


async def _replay_staff(books: Books, entry: InboxEntry) -> None:
    """The handlers have transactions of their own, so forgetting comes first and settling last: a crash in between
    leaves the event in the inbox. A new failure keeps it there anew.
    """
    from bot.wiring import staff_side

    staff = staff_side(books.settings, books.transactions, books.vault)
    newest = books.read(lambda work: _newest_id(work.inbox.list(1)))
    books.write(lambda work: work.seen.forget(entry.source, [entry.update_id]))
    try:
        await staff.take_again(entry.raw)
    finally:
        await staff.close()
    books.write(lambda work: work.inbox.settle(entry.id))
    if books.read(lambda work: _newest_id(work.inbox.list(1))) > newest:
        raise Failed("it could not be handled this time either; it is kept in the inbox as a new event")


def _newest_id(entries: Sequence[InboxEntry]) -> int:
    return max((entry.id for entry in entries), default=0)
