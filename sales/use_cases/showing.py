"""What clients wrote, to those who have their view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sales import outbox
from sales.clients import Client, Conversation
from sales.ids import ChannelId, ClientId, MediaId, MessageId, Moment, StaffId, later
from sales.incoming import ClientWrote
from sales.outbox import NewRow
from sales.ports import Work
from sales.topics import Topic, TopicState
from sales.use_cases.viewing import HEADER_SECONDS, open_view, rings

ALBUM_SECONDS = 1.0
"""How long the parts of an album are waited for: Telegram marks no last part."""

RENEWED_SECONDS = 3600
"""A window that stays open by so much longer is news for the header."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message on its way through. ``conversation`` is as it was before."""

    channel_id: ChannelId
    event: ClientWrote
    conversation: Conversation
    media_id: MediaId | None
    message_id: MessageId

    @property
    def window_until(self) -> Moment | None:
        """How long staff may write freely because of it."""
        return later(self.event.said_at, self.event.window) if self.event.window is not None else None


def show_to_owners(work: Work, arrivals: Sequence[Arrival], clients: Mapping[ClientId, Client]) -> None:
    owned = [arrival for arrival in arrivals if clients[arrival.conversation.client_id].owner_id is not None]
    if not owned:
        return
    views = work.topics.viewers_many(list({arrival.conversation.client_id for arrival in owned}))
    opened = _open_missing_views(
        work, {a.conversation.client_id: clients[a.conversation.client_id] for a in owned}, views
    )
    rows: list[NewRow] = []
    for client_id, topics in views.items():
        mine = [arrival for arrival in owned if arrival.conversation.client_id == client_id]
        for topic in topics:
            if topic.state is not TopicState.CLOSING and (topic.staff_id, client_id) not in opened:
                rows += _relays(work, topic, clients[client_id], mine)
    work.outbox.put(rows)


def _open_missing_views(
    work: Work, clients: Mapping[ClientId, Client], views: Mapping[ClientId, Sequence[Topic]]
) -> set[tuple[StaffId, ClientId]]:
    """An owner who has not opened a transferred client yet sees it now, the new words included."""
    opened = set()
    for client_id, client in clients.items():
        owner_id = client.owner_id
        live = {topic.staff_id for topic in views.get(client_id, ()) if topic.state is not TopicState.CLOSING}
        if owner_id is not None and owner_id not in live:
            open_view(work, owner_id, client, sound=True)
            opened.add((owner_id, client_id))
    return opened


def _relays(work: Work, topic: Topic, client: Client, arrivals: Sequence[Arrival]) -> list[NewRow]:
    """It rings for the owner alone: whoever else watches has nothing to do."""
    sound = topic.staff_id == client.owner_id and rings(topic, work.now)
    if sound:
        work.topics.save(replace(topic, sounded_at=work.now))
    rows = [
        relay_row(
            work,
            topic.staff_id,
            arrival.conversation,
            arrival.message_id,
            arrival.media_id,
            arrival.event.album,
            sound=sound and place == 0,
        )
        for place, arrival in enumerate(arrivals)
    ]
    if _changes_header(work, client, arrivals):
        rows.append(outbox.header_later(topic.staff_id, client.id, later(work.now, HEADER_SECONDS)))
    return rows


def _changes_header(work: Work, client: Client, arrivals: Sequence[Arrival]) -> bool:
    """It says since when the client waits, where they can't be reached, and how long they may be written to: news with
    the first of a burst.
    """
    if client.waiting_since == work.now or any(arrival.conversation.unreachable for arrival in arrivals):
        return True
    return any(_renews_window(arrival) for arrival in arrivals)


def _renews_window(arrival: Arrival) -> bool:
    until, before = arrival.window_until, arrival.conversation.window_until
    return until is not None and (before is None or until >= later(before, RENEWED_SECONDS))


def relay_row(
    work: Work,
    staff_id: StaffId,
    conversation: Conversation,
    message_id: MessageId,
    media_id: MediaId | None,
    album: str | None,
    *,
    sound: bool,
) -> NewRow:
    """The parts of an album share one."""
    row = outbox.relay(
        staff_id,
        conversation.client_id,
        message_id,
        sound,
        due_at=later(work.now, ALBUM_SECONDS) if album is not None else None,
        waits_for=media_id,
    )
    if album is None:
        return row
    return replace(row, collapse=f"relay:{staff_id}:{conversation.id}:{album}")
