"""Lists of clients and whole conversations, for whoever may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sales.channels import Channel
from sales.clients import Client
from sales.errors import SalesError
from sales.ids import ChannelId, ClientId, MergeId, MessageId, Moment, StaffId
from sales.messages import Direction, Message
from sales.ports import Work
from sales.ports.conversations import ClientFilter, Version
from sales.rights import WATCHERS
from sales.staff import Staff
from sales.use_cases.team_lookup import check_sees, check_writes, client_or_fail, name_of, role_of
from sales.views.merging import merged_pair

PAGE = 8
"""Clients on a page."""

MESSAGES = 10
"""Messages on a page of a conversation."""

FILTERS = ("all", "waiting", "mine", "no_owner", "closed")


@dataclass(frozen=True, slots=True)
class ClientLine:
    client: Client
    owner: str
    channel: str


@dataclass(frozen=True, slots=True)
class ChatsView:
    """``counts`` by filter, for those this person has a use for."""

    lines: Sequence[ClientLine]
    which: str
    page: int
    total: int
    counts: Mapping[str, int]
    now: Moment


def chats_view(work: Work, staff: Staff, which: str, page: int) -> ChatsView:
    base = scope(work, staff)
    filters = {name: _filter(base, name, staff.id) for name in _filters_for(base)}
    chosen = which if which in filters else "all"
    clients = work.clients.list(filters[chosen], PAGE, page * PAGE)
    counts = {name: work.clients.count(one) for name, one in filters.items()}
    lines = [_line(work, client) for client in clients]
    return ChatsView(lines, chosen, page, counts[chosen], counts, work.now)


def found_view(work: Work, staff: Staff, text: str) -> ChatsView:
    """By name, username or phone."""
    base = scope(work, staff)
    which = replace(base, closed=None, text=text)
    lines = [_line(work, client) for client in work.clients.list(which, PAGE)]
    return ChatsView(lines, "found", 0, work.clients.count(which), {}, work.now)


def _others_tests(work: Work, staff: Staff) -> tuple[ClientId, ...]:
    """Test clients count for the admin who tests, and for nobody else."""
    return tuple(client.id for client in work.clients.tests() if client.test_for != staff.id)


def scope(work: Work, staff: Staff) -> ClientFilter:
    """Their own clients, and everyone on the channels that their role lets them watch."""
    channels = work.channels.list()
    watched = tuple(channel.id for channel in channels if role_of(work, staff, channel.id) in WATCHERS)
    if channels and len(watched) == len(channels) and staff.role in WATCHERS:
        return ClientFilter(hidden=_others_tests(work, staff))
    return ClientFilter(viewer_id=staff.id, watched=watched, hidden=_others_tests(work, staff))


def _filters_for(base: ClientFilter) -> Sequence[str]:
    return FILTERS if base.viewer_id is None or base.watched else ("all", "waiting", "closed")


def _filter(base: ClientFilter, which: str, staff_id: StaffId) -> ClientFilter:
    return replace(
        base,
        owner_id=staff_id if which == "mine" else None,
        waiting=which == "waiting",
        no_owner=which == "no_owner",
        closed=which == "closed",
    )


def _line(work: Work, client: Client) -> ClientLine:
    return ClientLine(client, name_of(work, client.owner_id), _channel_name(work, client.id))


def _channel_name(work: Work, client_id: ClientId) -> str:
    conversations = work.conversations.of_client(client_id)
    channel = work.channels.get(conversations[0].channel_id) if conversations else None
    return channel.name if channel is not None else ""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a page. ``versions`` are what it said before."""

    message: Message
    author: str
    channel: str
    versions: Sequence[Version]


@dataclass(frozen=True, slots=True)
class ChatView:
    """A page of a conversation, newest page first; ``before`` opens the page of older ones, if there are any.

    ``channels``: where the client writes. ``undo``: the newest merge, for who may undo it.
    """

    client: Client
    owner: str
    lead: str | None
    said: Sequence[Said]
    before: MessageId | None
    newest: bool
    total: int
    writes: bool
    watching: bool
    now: Moment
    channels: Sequence[Channel] = ()
    undo: MergeId | None = None


def chat_view(work: Work, staff: Staff, client_id: ClientId, before: MessageId | None) -> ChatView:
    """Raises ``Forbidden``, ``NotFound``."""
    client = client_or_fail(work, client_id)
    client_id = client.id
    check_sees(work, staff, client)
    messages = work.messages.of_client(client_id, MESSAGES + 1, before)
    shown = messages[-MESSAGES:]
    lead = work.leads.newest_open(client_id)
    channels = {channel.id: channel for channel in work.channels.list()}
    places = {one.id: one.channel_id for one in work.conversations.of_client(client_id)}
    return ChatView(
        client,
        name_of(work, client.owner_id),
        lead.external_id if lead is not None else None,
        [_said(work, client, one, channels.get(places.get(one.conversation_id, ChannelId(0)))) for one in shown],
        shown[0].id if len(messages) > MESSAGES else None,
        before is None,
        work.messages.count(client_id),
        _may_write(work, staff, client, places.values()),
        work.topics.get(staff.id, client_id) is not None,
        work.now,
        [channels[channel_id] for channel_id in dict.fromkeys(places.values()) if channel_id in channels],
        _undoable(work, staff, client_id),
    )


def _undoable(work: Work, staff: Staff, client_id: ClientId) -> MergeId | None:
    merge = work.merges.standing_on(client_id)
    pair = merged_pair(work, staff, merge.id) if merge is not None else None
    return merge.id if merge is not None and pair is not None and pair.open and pair.decides else None


def _said(work: Work, client: Client, message: Message, channel: Channel | None) -> Said:
    outside = message.direction is Direction.OUT and message.author_id is None
    author = name_of(work, message.author_id) if message.author_id is not None else "" if outside else client.name
    changed = message.edited_at is not None or message.deleted_at is not None
    versions = work.messages.versions(message.id) if changed else ()
    return Said(message, author, channel.name if channel is not None else "", versions)


def _may_write(work: Work, staff: Staff, client: Client, channels: Iterable[ChannelId]) -> bool:
    for channel_id in channels:
        try:
            check_writes(work, staff, client, channel_id)
        except SalesError:
            continue
        return True
    return False
