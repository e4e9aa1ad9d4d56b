"""Up to when a channel's chats have been read back: for adapters whose platform loses what it can't deliver."""

from collections.abc import Callable
from dataclasses import dataclass

from sales.ids import ChannelId, Moment
from sales.ports import Work


@dataclass(frozen=True, slots=True)
class ReadingBack:
    """``added_at``: when the channel was connected. ``read_until``: all before is here; ``None``: nothing was read."""

    added_at: Moment
    read_until: Moment | None
    now: Moment


def reading_back(channel_id: ChannelId) -> Callable[[Work], ReadingBack]:
    def view(work: Work) -> ReadingBack:
        offset = work.channels.offset(channel_id)
        read_until = Moment(offset) if offset is not None else None
        return ReadingBack(work.channels.added_at(channel_id), read_until, work.now)

    return view


def note_read_back(channel_id: ChannelId, until: Moment) -> Callable[[Work], None]:
    """The place where polling goes on is, for these channels, a moment."""
    return lambda work: work.channels.set_offset(channel_id, until)
