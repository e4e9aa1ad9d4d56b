"""A staff member's words for a client: kept, put on their way, and shown to whoever else sees the client."""

from dataclasses import dataclass, replace

from sales import outbox
from sales.clients import Client, Conversation
from sales.errors import NotFound
from sales.ids import MessageId, PostId, StaffId, later
from sales.messages import Content, Direction, Message, MessageStatus
from sales.outbox import NewRow, RowKind
from sales.ports import Work
from sales.ports.conversations import NewMessage
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.use_cases.held_texts import hold
from sales.use_cases.showing import ALBUM_SECONDS
from sales.use_cases.viewing import refresh_headers, viewers


@dataclass(frozen=True, slots=True)
class Saying:
    """``post_id`` is where they wrote it; ``None`` for what was put together out of buttons."""

    content: Content
    post_id: PostId | None = None
    thread_id: int | None = None
    album: str | None = None
    answered: MessageId | None = None


def say(
    work: Work, staff: Staff, client: Client, conversation: Conversation, saying: Saying, *, author_too: bool = False
) -> MessageId:
    """Rights are the caller's to check. What can't go before the client writes again is held, and its author told.

    ``author_too``: they wrote it elsewhere, so it is shown to them with the client.
    """
    message = _store(work, staff, conversation, saying)
    if conversation.is_shut(work.now) and message.content.template is None:
        hold(work, message)
        refresh_headers(work, client.id)
        return message.id
    work.outbox.put([leaving(work, conversation, message)])
    answered(work, client)
    show_to_others(work, staff, message, author_too=author_too or saying.post_id is None)
    return message.id


def _store(work: Work, staff: Staff, conversation: Conversation, saying: Saying) -> Message:
    file, media_id = saying.content.file, None
    if file is not None:
        media_id = work.media.add(file)
        work.outbox.put([outbox.fetch(file.held_by, media_id)])
    new = NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.OUT,
        saying.content,
        MessageStatus.QUEUED,
        work.now,
        author_id=staff.id,
        media_id=media_id,
        reply_to=_said(work, saying.answered),
        album=saying.album,
    )
    message = work.messages.get(work.messages.add([new])[0])
    if message is None:
        raise NotFound("message")
    _note_own_post(work, staff, saying, message)
    return message


def _note_own_post(work: Work, staff: Staff, saying: Saying, message: Message) -> None:
    if saying.post_id is None:
        return
    own = MessageCopy(
        staff.id,
        saying.post_id,
        CopyKind.OWN,
        message.client_id,
        message.id,
        media=message.media_id is not None,
        posted_at=work.now,
        thread_id=saying.thread_id,
    )
    work.copies.add([own])


def _said(work: Work, answered: MessageId | None) -> MessageId | None:
    """A reply to a note is no reply on the other side."""
    message = work.messages.get(answered) if answered is not None else None
    return message.id if message is not None and message.direction is not Direction.NOTE else None


def leaving(work: Work, conversation: Conversation, message: Message) -> NewRow:
    """The row that takes a message to its client; the parts of an album share one."""
    row = outbox.to_client(
        RowKind.MESSAGE,
        conversation.channel_id,
        conversation.id,
        due_at=later(work.now, ALBUM_SECONDS) if message.album is not None else None,
        waits_for=message.media_id,
        message_id=message.id,
    )
    if message.album is None:
        return row
    return replace(row, collapse=f"message:{conversation.id}:{message.album}")


def answered(work: Work, client: Client) -> None:
    if client.waiting_since is not None or client.closed_at is not None:
        work.clients.save(replace(client, waiting_since=None, closed_at=None))
    refresh_headers(work, client.id)


def show_to_others(work: Work, staff: Staff, message: Message, *, author_too: bool = False) -> None:
    """Whoever else sees the client (the owner above all) sees what was written, and by whom; an album as one."""
    seeing = [topic.staff_id for topic in viewers(work, message.client_id)]
    work.outbox.put([_shown_to(work, one, message) for one in seeing if author_too or one != staff.id])


def _shown_to(work: Work, staff_id: StaffId, message: Message) -> NewRow:
    row = outbox.relay(staff_id, message.client_id, message.id, False, waits_for=message.media_id)
    if message.album is None:
        return row
    collapse = f"relay:{staff_id}:{message.conversation_id}:{message.album}"
    return replace(row, collapse=collapse, due_at=later(work.now, ALBUM_SECONDS))
