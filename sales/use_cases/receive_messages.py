"""Messages from clients: kept, shown to whoever owns the client, or offered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sales import outbox
from sales.channels import Channel
from sales.clients import Client, Conversation
from sales.ids import ChannelId, ClientId, ConversationId, MediaId, Moment, StaffId
from sales.incoming import ClientWrote, Incoming, Sender, WrittenOutside
from sales.messages import Direction, MessageStatus, RemoteFile
from sales.outbox import Priority
from sales.ports import Work
from sales.ports.conversations import NewMessage
from sales.use_cases.finding import only_chat
from sales.use_cases.held_texts import offer_held
from sales.use_cases.identifying import known_client, note_card, note_identities
from sales.use_cases.leading import note_referral
from sales.use_cases.offering import offer_client, refresh_cards
from sales.use_cases.receive_changes import apply_early
from sales.use_cases.showing import Arrival, show_to_owners

Conversations = dict[tuple[ChannelId, str], Conversation]


def take_messages(work: Work, items: Sequence[Incoming]) -> None:
    """One that is known already changes nothing. History is kept, and that is all."""
    conversations, made = _conversations(work, items)
    arrivals = _store(work, items, conversations)
    reopened = _open_windows(work, arrivals)
    live = [arrival for arrival in arrivals if not arrival.event.history]
    if len(live) < len(arrivals):
        _note_history(work, [arrival for arrival in arrivals if arrival.event.history])
    _note_times(work, live)
    clients = work.clients.get_many(list({arrival.conversation.client_id for arrival in live}))
    show_to_owners(work, live, clients)
    _offer_the_rest(work, live, clients, made)
    _mention_advertisements(work, live, clients)
    for arrival in live:
        note_card(work, arrival.conversation.client_id, arrival.event.content)
    for conversation in reopened:
        offer_held(work, conversation)
    apply_early(
        work, [(arrival.conversation.id, arrival.event.external_id, arrival.message_id) for arrival in arrivals]
    )


# --- whose ---


def _conversations(work: Work, items: Sequence[Incoming]) -> tuple[Conversations, set[ClientId]]:
    """Every item's conversation; those of strangers are made, with their clients (returned as the second)."""
    keys = {(item.channel_id, _event(item).address): item for item in items}
    found = dict(work.conversations.by_address(list(keys)))
    made: set[ClientId] = set()
    for key, item in keys.items():
        if key not in found:
            found[key] = _refiled(work, item, found) or _known(work, item) or _made(work, item, made)
    if note_identities(work, [(found[key].client_id, _event(item).sender.identities) for key, item in keys.items()]):
        found = {key: work.conversations.get(one.id) or one for key, one in found.items()}
    return found, made


def _refiled(work: Work, item: Incoming, found: Conversations) -> Conversation | None:
    """One that was filed under another of its addresses is found under the new one from now on."""
    event = _event(item)
    aliases = [(item.channel_id, alias) for alias in event.aliases if alias != event.address]
    if not aliases:
        return None
    known = {**work.conversations.by_address(aliases), **found}
    conversation = next((known[alias] for alias in aliases if alias in known), None)
    if conversation is None:
        return None
    work.conversations.refile(conversation.id, event.address)
    return replace(conversation, address=event.address)


def _known(work: Work, item: Incoming) -> Conversation | None:
    event = _event(item)
    return only_chat(work, item.channel_id, event.address, event.known_by)


def _made(work: Work, item: Incoming, made: set[ClientId]) -> Conversation:
    client_id, new = client_of(work, _event(item).sender, _tester(item))
    if new:
        made.add(client_id)
    return work.conversations.add(client_id, item.channel_id, _event(item).address)


def client_of(work: Work, sender: Sender, tester: StaffId | None) -> tuple[ClientId, bool]:
    """The client known by any of what this person is known by, or a new one (then the second is true)."""
    known = known_client(work, sender.identities)
    if known is not None:
        return known, False
    return work.clients.add(sender.name, sender.identities, sender.username, tester).id, True


def _tester(item: Incoming) -> StaffId | None:
    """A channel test names its admin in the identity of its made-up client."""
    if not item.test:
        return None
    return StaffId(int(_event(item).address.rsplit("-", 1)[-1]))


def _event(item: Incoming) -> ClientWrote:
    if not isinstance(item.event, ClientWrote):
        raise TypeError("not a message")
    return item.event


# --- kept ---


def _store(
    work: Work, items: Sequence[Incoming], conversations: Mapping[tuple[ChannelId, str], Conversation]
) -> list[Arrival]:
    """Those that are new."""
    places = [conversations[item.channel_id, _event(item).address] for item in items]
    rows = [new_message(work, _event(item), conversation) for item, conversation in zip(items, places, strict=True)]
    return [
        Arrival(item.channel_id, _event(item), conversation, row.media_id, stored.id)
        for item, conversation, row, stored in zip(items, places, rows, work.messages.store(rows), strict=True)
        if stored.new
    ]


def new_message(work: Work, event: ClientWrote | WrittenOutside, conversation: Conversation) -> NewMessage:
    """As it is to be kept; its file is asked for."""
    theirs = isinstance(event, ClientWrote)
    answered = work.messages.by_external(conversation.id, event.reply_to) if event.reply_to is not None else None
    return NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.IN if theirs else Direction.OUT,
        event.content,
        MessageStatus.RECEIVED if theirs else MessageStatus.SENT,
        event.said_at,
        media_id=_fetched(work, event.content.file, event.history),
        external_id=event.external_id,
        reply_to=answered.id if answered is not None else None,
        album=event.album,
        history=event.history,
    )


def _fetched(work: Work, file: RemoteFile | None, history: bool) -> MediaId | None:
    """A file that is to be stored: what was said long ago after everything else."""
    if file is None:
        return None
    media_id = work.media.add(file)
    row = outbox.fetch(file.held_by, media_id)
    work.outbox.put([replace(row, priority=Priority.HISTORY) if history else row])
    return media_id


# --- when ---


def _note_times(work: Work, arrivals: Sequence[Arrival]) -> None:
    heard: dict[ClientId, Moment] = {arrival.conversation.client_id: work.now for arrival in arrivals}
    spoke: dict[ConversationId, Moment] = {arrival.conversation.id: arrival.event.said_at for arrival in arrivals}
    work.clients.touch(heard, heard)
    work.conversations.heard(spoke)


def _note_history(work: Work, arrivals: Sequence[Arrival]) -> None:
    """When a client last spoke is worth knowing; that they are to be answered, or are here again, it does not mean."""
    clients = work.clients.get_many(list({arrival.conversation.client_id for arrival in arrivals}))
    heard: dict[ClientId, Moment] = {}
    spoke: dict[ConversationId, Moment] = {}
    for arrival in arrivals:
        conversation, said_at = arrival.conversation, arrival.event.said_at
        if clients[conversation.client_id].closed_at is None:
            heard[conversation.client_id] = max(said_at, heard.get(conversation.client_id, said_at))
        if conversation.unreachable is None:
            spoke[conversation.id] = max(said_at, spoke.get(conversation.id, said_at))
    work.clients.touch({}, heard)
    work.conversations.heard(spoke)


def _open_windows(work: Work, arrivals: Sequence[Arrival]) -> list[Conversation]:
    """Returns those that were shut until now."""
    until: dict[ConversationId, Moment] = {}
    shut: dict[ConversationId, Conversation] = {}
    for arrival in arrivals:
        moment = arrival.window_until
        if moment is not None:
            until[arrival.conversation.id] = max(moment, until.get(arrival.conversation.id, moment))
            if arrival.conversation.is_shut(work.now) and moment > work.now:
                shut[arrival.conversation.id] = arrival.conversation
    work.conversations.open_windows(until)
    return list(shut.values())


# --- offered ---


def _offer_the_rest(
    work: Work, arrivals: Sequence[Arrival], clients: Mapping[ClientId, Client], made: set[ClientId]
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


def _mention_advertisements(work: Work, arrivals: Sequence[Arrival], clients: Mapping[ClientId, Client]) -> None:
    """In the CRM, where the client has a lead that somebody works on; else it is mentioned once they are accepted."""
    for arrival in arrivals:
        referral = arrival.event.content.referral
        client = clients[arrival.conversation.client_id]
        lead = work.leads.newest_open(client.id) if referral is not None and client.owner_id is not None else None
        if lead is not None and referral is not None:
            note_referral(work, lead, referral)
