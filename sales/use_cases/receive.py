"""A customer's platform tells us something: the hot path, in lists.

One call takes whatever has arrived; its statements do not grow with the number of items where a list will do. Each
update's identity is recorded in the same transaction, so a repeat changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sales.ids import ChannelId
from sales.incoming import (
    AccountChanged,
    ClientDeleted,
    ClientEdited,
    ClientMoved,
    ClientReach,
    ClientReacted,
    ClientWrote,
    Delivered,
    Event,
    Ignored,
    Incoming,
    Malformed,
    WrittenOutside,
)
from sales.ports import Work
from sales.use_cases.putting_aside import put_aside
from sales.use_cases.receive_account import account_changed
from sales.use_cases.receive_changes import client_deleted, client_edited, client_moved, client_reach, client_reacted
from sales.use_cases.receive_messages import take_messages
from sales.use_cases.receive_outside import written_outside
from sales.use_cases.receive_statuses import delivered


@dataclass(frozen=True, slots=True)
class ReceiveReport:
    """How many updates were new, and how many could not be read."""

    new: int
    malformed: int


def source_of(channel_id: ChannelId) -> str:
    """The name under which a channel's update ids are remembered."""
    return f"channel:{channel_id}"


def receive(work: Work, items: Sequence[Incoming | Malformed]) -> ReceiveReport:
    """Handle a batch in order. Anything unexpected raises, and the caller goes one by one."""
    new = _new_ones(work, items)
    malformed = [item for item in new if isinstance(item, Malformed)]
    for item in malformed:
        put_aside(work, source_of(item.channel_id), item.update_id, item.raw, item.problem)
    readable = [item for item in new if isinstance(item, Incoming)]
    for writes, run in groupby(readable, key=lambda item: isinstance(item.event, ClientWrote)):
        if writes:
            take_messages(work, list(run))
        else:
            for incoming in run:
                _handle(work, incoming.channel_id, incoming.event)
    return ReceiveReport(len(new), len(malformed))


def _new_ones(work: Work, items: Sequence[Incoming | Malformed]) -> list[Incoming | Malformed]:
    by_source: dict[ChannelId, list[str]] = {}
    for item in items:
        by_source.setdefault(item.channel_id, []).append(item.update_id)
    fresh = {channel_id: work.seen.add(source_of(channel_id), ids) for channel_id, ids in by_source.items()}
    new = []
    for item in items:
        if item.update_id in fresh[item.channel_id]:
            fresh[item.channel_id].discard(item.update_id)
            new.append(item)
    return new


def _handle(work: Work, channel_id: ChannelId, event: Event) -> None:
    match event:
        case ClientEdited():
            client_edited(work, channel_id, event)
        case ClientDeleted():
            client_deleted(work, channel_id, event)
        case ClientReacted():
            client_reacted(work, channel_id, event)
        case ClientReach():
            client_reach(work, channel_id, event)
        case ClientMoved():
            client_moved(work, channel_id, event)
        case Delivered():
            delivered(work, channel_id, event)
        case WrittenOutside():
            written_outside(work, channel_id, event)
        case AccountChanged():
            account_changed(work, channel_id, event)
        case ClientWrote() | Ignored():
            pass


def keep(work: Work, item: Incoming | Malformed, problem: str) -> None:
    """The use case failed unexpectedly: the event goes to the inbox for a person to see, and is acknowledged."""
    source = source_of(item.channel_id)
    if work.seen.add(source, [item.update_id]):
        put_aside(work, source, item.update_id, item.raw, problem)
