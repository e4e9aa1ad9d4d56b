"""A channel is lost for now, and a client can be reached on another: staff go on there, by one tap."""

from sales import outbox
from sales.channels import Channel, ChannelState
from sales.clients import Client, Conversation
from sales.errors import Invalid, NotFound, SalesError
from sales.ids import ConversationId, StaffId
from sales.outbox import Scalar
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.team_lookup import check_writes, client_or_fail
from sales.use_cases.viewing import refresh_headers, viewers

LOST = frozenset({"logged_out", "banned", "account_restricted", "cut_off"})
"""Problems with which a channel may never come back."""
MOST = 500
"""Clients who are thought of when a channel is lost: who waits longest, then the newest word first."""


def offer_other_ways(work: Work, channel: Channel) -> None:
    """In each topic whose words would go to this channel, and can go to another."""
    for client_id in work.conversations.beside(channel.id, MOST):
        client = work.clients.get(client_id)
        if client is not None and client.closed_at is None:
            _offer(work, channel, client)


def _offer(work: Work, channel: Channel, client: Client) -> None:
    conversations = work.conversations.of_client(client.id)
    other = next((one for one in conversations if _reaches(work, one, channel)), None)
    if other is None or conversations[0].channel_id != channel.id:
        return
    facts: dict[str, Scalar] = {"channel_id": other.channel_id, "conversation_id": other.id, "lost": channel.name}
    for topic in viewers(work, client.id):
        if _may_write(work, topic.staff_id, client, other):
            work.outbox.put([outbox.notice(topic.staff_id, "continue_elsewhere", client.id, sound=False, **facts)])


def _reaches(work: Work, conversation: Conversation, lost: Channel) -> bool:
    if conversation.channel_id == lost.id or conversation.unreachable is not None:
        return False
    channel = work.channels.get(conversation.channel_id)
    return channel is not None and channel.state is ChannelState.ACTIVE


def _may_write(work: Work, staff_id: StaffId, client: Client, conversation: Conversation) -> bool:
    staff = work.staff.get(staff_id)
    try:
        if staff is not None:
            check_writes(work, staff, client, conversation.channel_id)
    except SalesError:
        return False
    return staff is not None


def continue_on(work: Work, staff: Staff, conversation_id: ConversationId) -> tuple[Client, Channel]:
    """What is written from now on goes there. Raises ``NotFound``, ``Invalid``, and what ``check_writes`` raises."""
    conversation = work.conversations.get(conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    client = client_or_fail(work, conversation.client_id)
    check_writes(work, staff, client, conversation.channel_id)
    channel = work.channels.get(conversation.channel_id)
    if channel is None or channel.state is not ChannelState.ACTIVE:
        raise Invalid("channel_not_active")
    work.conversations.choose(conversation.id)
    work.audit.add("conversation.choose", f"client:{client.id}", f"channel:{channel.id}", staff_id=staff.id)
    refresh_headers(work, client.id)
    return client, channel
