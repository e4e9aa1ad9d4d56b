"""What was said is changed: edits, /delete and /react by staff, and what to do about a message that failed."""

from collections.abc import Sequence

from sales import outbox
from sales.clients import Conversation
from sales.errors import Forbidden, Invalid, NotFound
from sales.ids import MediaId, MessageId, PostId
from sales.messages import Content, Direction, Message, MessageStatus, same_content
from sales.outbox import RowKind
from sales.ports import Work
from sales.rights import WRITERS
from sales.staff import Role, Staff
from sales.topics import CopyKind
from sales.use_cases.changing import change_content
from sales.use_cases.held_texts import came_too_late
from sales.use_cases.kept import edit_kept
from sales.use_cases.team_lookup import check_writes, client_or_fail, role_of
from sales.use_cases.viewing import viewers

RECENT = 20
"""How far back a failure is looked for."""

UNSENT = frozenset({MessageStatus.QUEUED, MessageStatus.FAILED})


def staff_edited(work: Work, staff: Staff, post_id: PostId, content: Content) -> bool:
    """They edited their own post. False when it is not about a message of theirs (a command, a form)."""
    copy = work.copies.at(staff.id, post_id)
    if copy is None or copy.kind is not CopyKind.OWN or copy.message_id is None:
        edit_kept(work, staff.id, post_id, content)
        return False
    message = _message(work, copy.message_id)
    if same_content(message.content, content):
        return True
    conversation = _conversation(work, message)
    if message.direction is Direction.OUT:
        check_writes(work, staff, client_or_fail(work, message.client_id), conversation.channel_id)
    media_id = change_content(work, message, content, work.now)
    _pass_on(work, staff, message, conversation, RowKind.EDIT, media_id)
    return True


def delete_message(work: Work, staff: Staff, post_id: PostId) -> None:
    """/delete as a reply: takes back what staff wrote. Their own, or anyone's for a manager."""
    message = message_at(work, staff, post_id)
    if message.direction is Direction.IN:
        raise Invalid("delete_client_message")
    conversation = _conversation(work, message)
    check_writes(work, staff, client_or_fail(work, message.client_id), conversation.channel_id)
    if message.author_id != staff.id and role_of(work, staff, conversation.channel_id) is not Role.MANAGER:
        raise Forbidden("author")
    if message.deleted_at is not None:
        return
    work.messages.delete(message.id, work.now)
    _pass_on(work, staff, message, conversation, RowKind.DELETE)
    work.outbox.put([outbox.relay_edit(staff.id, message.client_id, message.id)])


def _pass_on(
    work: Work,
    staff: Staff,
    message: Message,
    conversation: Conversation,
    kind: RowKind,
    waits_for: MediaId | None = None,
) -> None:
    """To the client, if it has left or is about to (same stream, so it arrives after it); to others who see it."""
    if message.direction is Direction.OUT and message.status is not MessageStatus.FAILED:
        row = outbox.to_client(
            kind, conversation.channel_id, conversation.id, waits_for=waits_for, message_id=message.id
        )
        work.outbox.put([row])
    others = [topic.staff_id for topic in viewers(work, message.client_id) if topic.staff_id != staff.id]
    work.outbox.put([outbox.relay_edit(staff_id, message.client_id, message.id) for staff_id in others])


def react(work: Work, staff: Staff, post_id: PostId, emoji: str | None) -> None:
    """/react as a reply, or a reaction on the client's message where Telegram tells of it."""
    message = message_at(work, staff, post_id)
    if message.direction is not Direction.IN:
        raise Invalid("react_own_message")
    conversation = _conversation(work, message)
    check_writes(work, staff, client_or_fail(work, message.client_id), conversation.channel_id)
    work.messages.set_reaction(message.id, False, emoji)
    work.outbox.put([outbox.to_client(RowKind.REACT, conversation.channel_id, conversation.id, message_id=message.id)])


def message_at(work: Work, staff: Staff, post_id: PostId) -> Message:
    """The message a post shows. Raises ``NotFound``."""
    copy = work.copies.at(staff.id, post_id)
    if copy is None or copy.message_id is None:
        raise NotFound("message")
    return _message(work, copy.message_id)


def _message(work: Work, message_id: MessageId) -> Message:
    message = work.messages.get(message_id)
    if message is None:
        raise NotFound("message")
    return message


def _conversation(work: Work, message: Message) -> Conversation:
    conversation = work.conversations.get(message.conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


def retry_message(work: Work, staff: Staff, message_id: MessageId) -> None:
    """[Retry], [Send still]: it goes first, then what was held behind it (not what a later failure holds)."""
    message, conversation = _mine(work, staff, message_id)
    if message.status is not MessageStatus.FAILED:
        return
    for part in parts_of(work, message):
        work.messages.requeue(part.id)
    row = outbox.to_client(RowKind.MESSAGE, conversation.channel_id, conversation.id, message_id=message.id)
    work.outbox.put([outbox.in_front(row)])
    if not _fails_later(work, message):
        work.outbox.release(row.stream)


def parts_of(work: Work, message: Message) -> Sequence[Message]:
    """Those of its album that failed with it, or itself."""
    if message.album is None:
        return [message]
    parts = work.messages.of_album(message.conversation_id, message.album)
    return [part for part in parts if part.status is MessageStatus.FAILED]


def _fails_later(work: Work, message: Message) -> bool:
    """Another decision holds what follows it. What came too late holds nothing."""
    return any(
        other.status is MessageStatus.FAILED and other.id > message.id and not came_too_late(other)
        for other in work.messages.of_client(message.client_id, RECENT)
        if other.conversation_id == message.conversation_id
    )


def send_the_rest(work: Work, staff: Staff, message_id: MessageId) -> None:
    """The failed one stays failed; what was held behind it leaves."""
    _, conversation = _mine(work, staff, message_id)
    work.outbox.release(stream_of(conversation))


def drop_the_rest(work: Work, staff: Staff, message_id: MessageId) -> None:
    """[Drop]: neither it nor what its author wrote after it is sent. What others wrote leaves."""
    message, conversation = _mine(work, staff, message_id)
    stream = stream_of(conversation)
    held = work.messages.get_many(work.outbox.held_messages(stream)).values()
    theirs = [one.id for one in held if one.author_id == message.author_id]
    for id_ in (message.id, *theirs):
        work.messages.settle(id_, MessageStatus.DROPPED, None, None)
    work.outbox.drop_held(stream, theirs)
    if not _fails_later(work, message):
        work.outbox.release(stream)


def stream_of(conversation: Conversation) -> str:
    return outbox.conversation_stream(conversation.id)


def _mine(work: Work, staff: Staff, message_id: MessageId) -> tuple[Message, Conversation]:
    message = _message(work, message_id)
    conversation = _conversation(work, message)
    check_writes(work, staff, client_or_fail(work, message.client_id), conversation.channel_id)
    if role_of(work, staff, conversation.channel_id) not in WRITERS and message.author_id != staff.id:
        raise Forbidden("author")
    return message, conversation
