"""The time in which staff may write freely: how it runs out, and what becomes of texts that were held meanwhile."""

from collections.abc import Sequence

from sales import outbox
from sales.clients import Client, Conversation, next_window_step
from sales.errors import Invalid, NotFound
from sales.ids import MessageId, later
from sales.messages import Direction, Message, MessageStatus
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.held_texts import held_in
from sales.use_cases.saying import answered, leaving
from sales.use_cases.team_lookup import check_writes, client_or_fail
from sales.use_cases.viewing import refresh_headers, relay_messages, viewers

TOLD_SECONDS = 3600
"""So long before it closes the owner is told, once."""


def watch_windows(work: Work, limit: int = 200) -> int:
    """Every window that has come to a step; returns how many, so that the caller goes on while there is more."""
    due = work.conversations.windows_due(work.now, limit)
    for conversation in due:
        _step(work, conversation)
    return len(due)


def _step(work: Work, conversation: Conversation) -> None:
    until = conversation.window_until
    work.conversations.plan_window(conversation.id, next_window_step(until, work.now) if until is not None else None)
    client = client_or_fail(work, conversation.client_id)
    refresh_headers(work, client.id)
    if until is not None and work.now < until <= later(work.now, TOLD_SECONDS) and _is_open(work, client):
        _tell_owner(work, client, conversation)


def _is_open(work: Work, client: Client) -> bool:
    """The last word is the client's: whoever wants to answer has to do it now."""
    if client.closed_at is not None or client.not_client_at is not None:
        return False
    said = [one for one in work.messages.of_client(client.id, 5) if one.direction is not Direction.NOTE]
    return client.waiting_since is not None or bool(said and said[-1].direction is Direction.IN)


def _tell_owner(work: Work, client: Client, conversation: Conversation) -> None:
    """Who has no owner stands on cards, which say since when they wait."""
    if client.owner_id is None:
        return
    work.outbox.put(
        [
            outbox.notice(
                client.owner_id,
                "window_closes",
                client.id,
                channel_id=conversation.channel_id,
                until=conversation.window_until,
                sound=client.waiting_since is not None,
            )
        ]
    )


# --- held texts ---


def send_held(work: Work, staff: Staff, message_id: MessageId) -> int:
    """[Send now]: everything of that author that was held, and what was held up behind it, in order. Returns how many.

    Raises ``Invalid`` while the window is shut, and what ``check_writes`` raises.
    """
    message, client, conversation = _held(work, staff, message_id)
    if conversation.is_shut(work.now):
        raise Invalid("window_shut")
    stream = outbox.conversation_stream(conversation.id)
    behind = work.messages.get_many(work.outbox.held_messages(stream))
    work.outbox.drop_held(stream)
    held = {one.id: one for one in held_in(work, client.id, conversation.id, message.author_id)} | dict(behind)
    going = [held[id_] for id_ in sorted(held)]
    for one in going:
        work.messages.requeue(one.id)
    work.outbox.put([leaving(work, conversation, one) for one in going])
    answered(work, client)
    _show(work, staff, client, going)
    return len(going)


def drop_held(work: Work, staff: Staff, message_id: MessageId) -> None:
    """[Drop]: none of that author's is sent."""
    message, client, conversation = _held(work, staff, message_id)
    for one in held_in(work, client.id, conversation.id, message.author_id):
        work.messages.settle(one.id, MessageStatus.DROPPED, None, None)
    refresh_headers(work, client.id)


def _held(work: Work, staff: Staff, message_id: MessageId) -> tuple[Message, Client, Conversation]:
    message = work.messages.get(message_id)
    conversation = work.conversations.get(message.conversation_id) if message is not None else None
    if message is None or conversation is None:
        raise NotFound("message")
    client = client_or_fail(work, message.client_id)
    check_writes(work, staff, client, conversation.channel_id)
    return message, client, conversation


def _show(work: Work, staff: Staff, client: Client, messages: Sequence[Message]) -> None:
    """Others see it once it is on its way; those who have seen it already don't see it again."""
    for topic in viewers(work, client.id):
        if topic.staff_id != staff.id:
            relay_messages(work, topic.staff_id, client.id, messages, sound=False)
