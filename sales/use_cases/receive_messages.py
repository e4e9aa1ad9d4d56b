"""Messages from clients: kept, shown to whoever owns the client, or offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sales import outbox
from sales.channels import Channel
from sales.clients import Client, Conversation
from sales.ids import ChannelId, ClientId, ConversationId, MediaId, MessageId, Moment, StaffId, later
from sales.incoming import ClientWrote, Incoming
from sales.messages import Direction, MessageStatus
from sales.outbox import NewRow
from sales.ports import Work
from sales.ports.conversations import NewMessage
from sales.topics import Topic, TopicState
from sales.use_cases.offering import offer_client, refresh_cards
from sales.use_cases.viewing import HEADER_SECONDS, open_view, rings

ALBUM_SECONDS = 1.0
"""How long the parts of an album are waited for: Telegram marks no last part."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One message on its way through."""

    channel_id: ChannelId
    event: ClientWrote
    conversation: Conversation
    media_id: MediaId | None
    message_id: MessageId


def take_messages(work: Work, items: Sequence[Incoming]) -> None:
    conversations, made = _conversations(work, items)
    arrivals = _store(work, items, conversations)
    _note_times(work, arrivals)
    clients = work.clients.get_many(list({arrival.conversation.client_id for arrival in arrivals}))
    _show_to_owners(work, arrivals, clients)
    _offer_the_rest(work, arrivals, clients, made)


def _conversations(
    work: Work, items: Sequence[Incoming]
) -> tuple[dict[tuple[ChannelId, str], Conversation], set[ClientId]]:
    """Every item's conversation; those of strangers are made, with their clients (returned as the second)."""
    keys = {(item.channel_id, _event(item).address): item for item in items}
    found = dict(work.conversations.by_address(list(keys)))
    made: set[ClientId] = set()
    for key, item in keys.items():
        if key not in found:
            client_id = _client_of(work, item, made)
            found[key] = work.conversations.add(client_id, item.channel_id, key[1])
    return found, made


def _client_of(work: Work, item: Incoming, made: set[ClientId]) -> ClientId:
    sender = _event(item).sender
    known = work.clients.find(sender.identities)
    if known is not None:
        work.clients.add_identities(known, sender.identities)
        return known
    client = work.clients.add(sender.name, sender.identities, sender.username, _tester(item))
    made.add(client.id)
    return client.id


def _tester(item: Incoming) -> StaffId | None:
    """A channel test names its admin in the identity of its made-up client."""
    if not item.test:
        return None
    return StaffId(int(_event(item).address.rsplit("-", 1)[-1]))


def _event(item: Incoming) -> ClientWrote:
    if not isinstance(item.event, ClientWrote):
        raise TypeError("not a message")
    return item.event


def _store(
    work: Work, items: Sequence[Incoming], conversations: Mapping[tuple[ChannelId, str], Conversation]
) -> list[_Arrival]:
    rows: list[NewMessage] = []
    for item in items:
        event = _event(item)
        conversation = conversations[item.channel_id, event.address]
        rows.append(_row(work, event, conversation))
    ids = work.messages.add(rows)
    return [
        _Arrival(item.channel_id, _event(item), conversations[item.channel_id, _event(item).address], row.media_id, id_)
        for item, row, id_ in zip(items, rows, ids, strict=True)
    ]


def _row(work: Work, event: ClientWrote, conversation: Conversation) -> NewMessage:
    media_id = None
    if event.content.file is not None:
        media_id = work.media.add(event.content.file)
        work.outbox.put([outbox.fetch(event.content.file.held_by, media_id)])
    answered = work.messages.by_external(conversation.id, event.reply_to) if event.reply_to is not None else None
    return NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.IN,
        event.content,
        MessageStatus.RECEIVED,
        event.said_at,
        media_id=media_id,
        external_id=event.external_id,
        reply_to=answered.id if answered is not None else None,
        album=event.album,
    )


def _note_times(work: Work, arrivals: Sequence[_Arrival]) -> None:
    heard: dict[ClientId, Moment] = {arrival.conversation.client_id: work.now for arrival in arrivals}
    spoke: dict[ConversationId, Moment] = {arrival.conversation.id: arrival.event.said_at for arrival in arrivals}
    work.clients.touch(heard, heard)
    work.conversations.heard(spoke)


def _show_to_owners(work: Work, arrivals: Sequence[_Arrival], clients: Mapping[ClientId, Client]) -> None:
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


def _relays(work: Work, topic: Topic, client: Client, arrivals: Sequence[_Arrival]) -> list[NewRow]:
    """It rings for the owner alone: whoever else watches has nothing to do."""
    sound = topic.staff_id == client.owner_id and rings(topic, work.now)
    if sound:
        work.topics.save(replace(topic, sounded_at=work.now))
    rows = [
        _relay(work, topic.staff_id, client.id, arrival, sound and place == 0) for place, arrival in enumerate(arrivals)
    ]
    if _changes_header(work, client, arrivals):
        rows.append(outbox.header_later(topic.staff_id, client.id, later(work.now, HEADER_SECONDS)))
    return rows


def _changes_header(work: Work, client: Client, arrivals: Sequence[_Arrival]) -> bool:
    """It says since when the client waits, and where they can't be reached: news with the first of a burst."""
    return client.waiting_since == work.now or any(arrival.conversation.unreachable for arrival in arrivals)


def _relay(work: Work, staff_id: StaffId, client_id: ClientId, arrival: _Arrival, sound: bool) -> NewRow:
    album = arrival.event.album
    row = outbox.relay(
        staff_id,
        client_id,
        arrival.message_id,
        sound,
        due_at=later(work.now, ALBUM_SECONDS) if album is not None else None,
        waits_for=arrival.media_id,
    )
    if album is None:
        return row
    return replace(row, collapse=f"relay:{staff_id}:{arrival.conversation.id}:{album}")


def _offer_the_rest(
    work: Work, arrivals: Sequence[_Arrival], clients: Mapping[ClientId, Client], made: set[ClientId]
) -> None:
    """Clients nobody owns: a new offer, or news on the cards of the open one. Settled non-clients stay quiet."""
    loose = {
        arrival.conversation.client_id: arrival
        for arrival in reversed(arrivals)
        if clients[arrival.conversation.client_id].owner_id is None
        and clients[arrival.conversation.client_id].not_client_at is None
    }
    open_offers = work.offers.open_of(list(loose)) if loose else {}
    channels: dict[ChannelId, Channel | None] = {}
    for client_id in reversed(loose):
        arrival = loose[client_id]
        if client_id in open_offers:
            refresh_cards(work, open_offers[client_id])
            continue
        if arrival.channel_id not in channels:
            channels[arrival.channel_id] = work.channels.get(arrival.channel_id)
        channel = channels[arrival.channel_id]
        if channel is not None:
            offer_client(work, clients[client_id], arrival.conversation, channel, known=client_id not in made)
