"""What leaves for a client, as it is to be said at this moment: for the adapters of channels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sales.ids import ConversationId, MessageId
from sales.messages import Content, Media, Message, MessageKind, MessageStatus
from sales.ports import Work


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the platform delivers. A ``test`` client is made up: nothing may reach the platform."""

    address: str
    test: bool
    conversation_id: ConversationId


@dataclass(frozen=True, slots=True)
class Part:
    """One message of ours. ``media`` is its file, stored or not; ``former`` what it said before, the oldest first."""

    message_id: MessageId
    content: Content
    external_id: str | None
    deleted: bool
    media: Media | None
    former: tuple[Content, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message, with those parts of its album that have not left yet. ``reply_to`` is the platform's id.

    ``shut``: what is written freely would not arrive now.
    """

    to: Receiver
    parts: tuple[Part, ...]
    reply_to: str | None = None
    shut: bool = False


@dataclass(frozen=True, slots=True)
class Reacting:
    """Our reaction to a client's message; no ``reaction`` takes it back."""

    to: Receiver
    external_id: str | None
    reaction: str | None


def outgoing_message(message_id: MessageId) -> Callable[[Work], Outgoing | None]:
    """To be sent: only parts that are still queued count, so that a repeat sends no more than what is missing."""

    def view(work: Work) -> Outgoing | None:
        message = work.messages.get(message_id)
        to = _receiver(work, message.conversation_id) if message is not None else None
        if message is None or to is None:
            return None
        waiting = [part for part in _album(work, message) if part.status is MessageStatus.QUEUED]
        parts = tuple(_part(work, part) for part in waiting)
        shut = _is_shut(work, message.conversation_id)
        return Outgoing(to, parts, _external(work, message.reply_to, message.conversation_id), shut)

    return view


def outgoing_change(message_id: MessageId) -> Callable[[Work], Outgoing | None]:
    """To be edited or deleted: this message alone, with what it said before."""

    def view(work: Work) -> Outgoing | None:
        message = work.messages.get(message_id)
        to = _receiver(work, message.conversation_id) if message is not None else None
        if message is None or to is None:
            return None
        former = tuple(version.content for version in work.messages.versions(message_id))
        return Outgoing(to, (_part(work, message, former),))

    return view


def outgoing_reaction(message_id: MessageId) -> Callable[[Work], Reacting | None]:
    def view(work: Work) -> Reacting | None:
        message = work.messages.get(message_id)
        to = _receiver(work, message.conversation_id) if message is not None else None
        if message is None or to is None:
            return None
        return Reacting(to, message.external_id, message.staff_reaction)

    return view


def outgoing_text(
    conversation_id: ConversationId, reply_to: MessageId | None
) -> Callable[[Work], tuple[Receiver, str | None] | None]:
    """Where a text of Dibs's own goes, and what it answers."""

    def view(work: Work) -> tuple[Receiver, str | None] | None:
        to = _receiver(work, conversation_id)
        return (to, _external(work, reply_to, conversation_id)) if to is not None else None

    return view


def is_open(conversation_id: ConversationId) -> Callable[[Work], bool]:
    """As far as we know the client has written lately enough for staff to write freely."""

    def view(work: Work) -> bool:
        conversation = work.conversations.get(conversation_id)
        until = conversation.window_until if conversation is not None else None
        return until is not None and until > work.now

    return view


def last_heard(conversation_id: ConversationId) -> Callable[[Work], str | None]:
    """The platform's id of the client's newest message: staff answer now, so it may be marked as read."""
    return lambda work: work.messages.last_heard(conversation_id)


def part_left(message_id: MessageId, external_id: str) -> Callable[[Work], None]:
    """One part of several has arrived: known at once, so that no repeat sends it twice."""
    return lambda work: work.messages.settle(message_id, MessageStatus.SENT, external_id, None)


def parts_dropped(message_ids: Sequence[MessageId]) -> Callable[[Work], None]:
    """They were deleted before they left."""

    def settle(work: Work) -> None:
        for message_id in message_ids:
            work.messages.settle(message_id, MessageStatus.DROPPED, None, None)

    return settle


def _album(work: Work, message: Message) -> Sequence[Message]:
    if message.album is None:
        return [message]
    return work.messages.of_album(message.conversation_id, message.album)


def _part(work: Work, message: Message, former: tuple[Content, ...] = ()) -> Part:
    media = work.media.get(message.media_id) if message.media_id is not None else None
    deleted = message.deleted_at is not None
    return Part(message.id, message.content, message.external_id, deleted, media, former)


def _receiver(work: Work, conversation_id: ConversationId) -> Receiver | None:
    conversation = work.conversations.get(conversation_id)
    client = work.clients.get(conversation.client_id) if conversation is not None else None
    if conversation is None or client is None:
        return None
    return Receiver(conversation.address, client.test_for is not None, conversation.id)


def _is_shut(work: Work, conversation_id: ConversationId) -> bool:
    conversation = work.conversations.get(conversation_id)
    return conversation is not None and conversation.is_shut(work.now)


def _external(work: Work, message_id: MessageId | None, conversation_id: ConversationId) -> str | None:
    """The platform's id of a message in this conversation; one from another channel can't be answered there, and a
    call is no message.
    """
    message = work.messages.get(message_id) if message_id is not None else None
    if message is None or message.conversation_id != conversation_id or message.content.kind is MessageKind.CALL:
        return None
    return message.external_id
