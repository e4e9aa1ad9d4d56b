"""Texts that wait until a client writes: staff may write freely only for a while after each of the client's messages.

They are ``failed`` messages whose problem is ``window``; their author is told at once, and asked when they can go.
"""

from collections.abc import Sequence

from sales import outbox
from sales.clients import Conversation
from sales.ids import ClientId, ConversationId, StaffId
from sales.messages import Direction, Message, MessageStatus
from sales.outbox import NewRow
from sales.ports import Work

WINDOW = "window"
"""The code of a refusal: the client has not written for too long."""

RECENT = 50
"""How far back held texts are looked for."""


def hold(work: Work, message: Message) -> None:
    """It does not leave now. The parts of an album are spoken of once."""
    work.messages.settle(message.id, MessageStatus.FAILED, None, WINDOW)
    if message.album is None or work.messages.of_album(message.conversation_id, message.album)[0].id == message.id:
        tell_held(work, message)


def tell_held(work: Work, message: Message) -> None:
    """When the client has written since, its author is asked at once whether it still makes sense."""
    conversation = work.conversations.get(message.conversation_id)
    if message.author_id is None or conversation is None:
        return
    held = held_in(work, message.client_id, conversation.id, message.author_id)
    if held and conversation.heard_after(message.created_at):
        work.outbox.put([_offered(message.author_id, held)])
        return
    own = [copy.post_id for copy in work.copies.of_message(message.id, message.author_id)]
    notice = outbox.notice(
        message.author_id,
        "window_shut",
        message.client_id,
        message_id=message.id,
        channel_id=conversation.channel_id,
        never=conversation.last_inbound_at is None,
        reply_to=own[0] if own else None,
        sound=True,
    )
    work.outbox.put([notice])


def offer_held(work: Work, conversation: Conversation) -> None:
    """The client has written again: each author is asked whether what was held still makes sense."""
    by_author: dict[StaffId, list[Message]] = {}
    for message in held_in(work, conversation.client_id, conversation.id):
        if message.author_id is not None:
            by_author.setdefault(message.author_id, []).append(message)
    work.outbox.put([_offered(author_id, held) for author_id, held in by_author.items()])


def _offered(author_id: StaffId, held: Sequence[Message]) -> NewRow:
    first = held[0]
    return outbox.notice(author_id, "window_open", first.client_id, message_id=first.id, count=len(held), sound=True)


def held_in(
    work: Work, client_id: ClientId, conversation_id: ConversationId, author_id: StaffId | None = None
) -> Sequence[Message]:
    """In their order; of one author, or of all."""
    return [
        message
        for message in work.messages.of_client(client_id, RECENT)
        if _is_held(message, conversation_id) and author_id in (None, message.author_id)
    ]


def _is_held(message: Message, conversation_id: ConversationId) -> bool:
    return (
        message.direction is Direction.OUT
        and message.conversation_id == conversation_id
        and message.status is MessageStatus.FAILED
        and message.deleted_at is None
        and came_too_late(message)
    )


def came_too_late(message: Message) -> bool:
    return (message.problem or "").partition(" ")[0] == WINDOW
