"""Giving and taking the view of a client: topics, history, headers."""

from collections.abc import Sequence
from dataclasses import replace

from sales import outbox
from sales.clients import Client
from sales.ids import ClientId, Moment, StaffId, later
from sales.messages import Message
from sales.ports import Work
from sales.topics import Topic, TopicState

HISTORY = 20
"""How many messages a new owner is shown; the header's "Earlier" button has the rest."""

QUIET_SECONDS = 600
"""The first message of a burst sounds; for this long the rest don't."""

HEADER_SECONDS = 2.0
"""How long a header may lag behind: what changes meanwhile is one edit."""


def open_view(work: Work, staff_id: StaffId, client: Client, *, sound: bool) -> None:
    """Show a client to someone: topic, pinned header, what was said. With ``sound`` the last message rings."""
    held = work.topics.get(staff_id, client.id) or Topic(staff_id, client.id, TopicState.WANTED)
    state = TopicState.OPEN if held.thread_id is not None else TopicState.WANTED
    work.topics.save(replace(held, state=state, sounded_at=work.now if sound else held.sounded_at))
    work.outbox.put([outbox.topic(staff_id, client.id), outbox.header(staff_id, client.id)])
    relay_messages(work, staff_id, client.id, work.messages.of_client(client.id, HISTORY), sound=sound)


def relay_messages(
    work: Work, staff_id: StaffId, client_id: ClientId, messages: Sequence[Message], *, sound: bool
) -> None:
    """Those that do not stand in this person's chat yet. With ``sound`` the last one rings."""
    heads = _album_heads([message for message in messages if not work.copies.of_message(message.id, staff_id)])
    rows = [
        outbox.relay(staff_id, client_id, message.id, sound and message is heads[-1], history=not sound)
        for message in heads
    ]
    work.outbox.put(rows)


def _album_heads(messages: Sequence[Message]) -> list[Message]:
    """An album is one relay: its first part stands for it."""
    albums: set[tuple[int, str]] = set()
    heads = []
    for message in messages:
        if message.album is not None:
            if (message.conversation_id, message.album) in albums:
                continue
            albums.add((message.conversation_id, message.album))
        heads.append(message)
    return heads


def close_view(work: Work, staff_id: StaffId, client_id: ClientId) -> None:
    """Whoever loses access loses the view. The topic row goes when the withdrawal has been carried out."""
    topic = work.topics.get(staff_id, client_id)
    if topic is None:
        return
    work.topics.save(replace(topic, state=TopicState.CLOSING))
    work.outbox.put([outbox.withdraw(staff_id, client_id)])


def viewers(work: Work, client_id: ClientId) -> list[Topic]:
    return [topic for topic in work.topics.viewers(client_id) if topic.state is not TopicState.CLOSING]


def refresh_headers(work: Work, client_id: ClientId) -> None:
    due_at = later(work.now, HEADER_SECONDS)
    work.outbox.put([outbox.header_later(topic.staff_id, client_id, due_at) for topic in viewers(work, client_id)])


def rings(topic: Topic, now: Moment) -> bool:
    return topic.sounded_at is None or later(topic.sounded_at, QUIET_SECONDS) <= now


def catch_up(work: Work, staff_id: StaffId) -> None:
    """Someone can be reached again: show them what their clients said meanwhile."""
    for client_id in work.clients.owned_by(staff_id):
        client = work.clients.get(client_id)
        if client is not None and client.waiting_since is not None:
            open_view(work, staff_id, client, sound=False)
