"""What became of messages to clients, and who has to know."""

from collections.abc import Sequence
from dataclasses import replace

from sales import outbox
from sales.ids import ConversationId, MessageId, Moment, StaffId
from sales.messages import Message, MessageStatus
from sales.outbox import NewRow, Refused, Row, RowState, Sent
from sales.ports import Work
from sales.use_cases.channel_problem import (
    BREAKING,
    PAYMENT,
    SPAM_LIMIT,
    NoteChannelProblem,
    ended,
    note_channel_problem,
)
from sales.use_cases.held_texts import WINDOW, tell_held
from sales.use_cases.row_payload import conversation_of, message_of, number
from sales.use_cases.viewing import refresh_headers

GONE = frozenset({"blocked", "chat_not_found"})


def message_sent(work: Work, row: Row, sent: Sent) -> None:
    for part, external_id in zip(_parts(work, row), sent.external_ids, strict=False):
        work.messages.settle(part.id, MessageStatus.SENT, external_id, None)
    message = work.messages.get(message_of(row))
    if row.uncertain and message is not None:
        work.outbox.put(_tell_author(work, message, "uncertain_sent"))
    if message is not None:
        _note_well(work, row, message)


def _note_well(work: Work, row: Row, message: Message) -> None:
    """What leaves at once says nothing new: only what has waited may have been kept waiting by the channel."""
    conversation = work.conversations.get(message.conversation_id) if row.attempts > 1 else None
    if conversation is not None:
        ended(work, conversation.channel_id, SPAM_LIMIT)


def channel_refuses(work: Work, row: Row, problem: str) -> None:
    """The row waits, and so will others: admins are told."""
    conversation = work.conversations.get(conversation_of(row))
    if conversation is not None:
        note_channel_problem(work, NoteChannelProblem(conversation.channel_id, problem))


def _parts(work: Work, row: Row) -> Sequence[Message]:
    """The message, or those parts of its album that have not left yet, in order."""
    message = work.messages.get(message_of(row))
    if message is None:
        return []
    if message.album is None:
        return [message]
    parts = work.messages.of_album(message.conversation_id, message.album)
    return [part for part in parts if part.status is MessageStatus.QUEUED]


def message_refused(work: Work, row: Row, refused: Refused) -> None:
    message = work.messages.get(message_of(row))
    if message is not None:
        message_failed(work, message, _parts(work, row), refused.code, refused.reason)


def message_failed(work: Work, message: Message, parts: Sequence[Message], code: str, reason: str) -> None:
    """Said at the message, and what follows it is held until the author decides. ``parts`` of its album failed.

    What was written outside has no author here: nothing is held that nobody would be asked about. Nor is anything
    behind one that came too late: what is free text is refused by itself, and a template may go.
    """
    for part in parts:
        work.messages.settle(part.id, MessageStatus.FAILED, None, f"{code} {reason}".strip())
    if code == WINDOW:
        tell_held(work, message)
    else:
        stream = outbox.conversation_stream(message.conversation_id)
        held = work.outbox.hold_next(stream) if message.author_id is not None else 0
        work.outbox.put(_tell_author(work, message, "failed", code=code, reason=reason, held=held))
    _note_trouble(work, message.conversation_id, code, message.created_at)
    refresh_headers(work, message.client_id)


def _note_trouble(work: Work, conversation_id: ConversationId, code: str, since: Moment) -> None:
    """What a refusal tells beyond its row: the client can't be written to, or the platform knows the token no more.

    ``since`` is when the refused one was made: a window that the client has opened anew since stays open.
    """
    conversation = work.conversations.get(conversation_id)
    if conversation is None:
        return
    if code in GONE:
        work.conversations.set_unreachable(conversation_id, code)
    if code == WINDOW and not conversation.heard_after(since):
        work.conversations.shut_window(conversation_id)
    if code in BREAKING:
        note_channel_problem(work, NoteChannelProblem(conversation.channel_id, code, broken=True))
    elif code == PAYMENT:
        note_channel_problem(work, NoteChannelProblem(conversation.channel_id, code))


def _tell_author(work: Work, message: Message, name: str, **params: str | int) -> list[NewRow]:
    if message.author_id is None:
        return []
    own = [copy.post_id for copy in work.copies.of_message(message.id, message.author_id)]
    reply_to = own[0] if own else None
    return [
        outbox.notice(
            message.author_id, name, message.client_id, message_id=message.id, reply_to=reply_to, sound=True, **params
        )
    ]


def change_refused(work: Work, row: Row, refused: Refused) -> None:
    """An edit, a deletion or a reaction did not arrive: the author is told."""
    message = work.messages.get(message_of(row))
    if message is None:
        return
    _note_trouble(work, message.conversation_id, refused.code, row.created_at)
    params = {"code": refused.code, "reason": refused.reason, "change": str(row.kind)}
    author = message.author_id or _owner(work, message)
    if author is not None:
        work.outbox.put(_tell_author(work, replace(message, author_id=author), "change_failed", **params))


def _owner(work: Work, message: Message) -> StaffId | None:
    client = work.clients.get(message.client_id)
    return client.owner_id if client is not None else None


def text_refused(work: Work, row: Row, refused: Refused) -> None:
    """What Dibs itself had to say did not arrive."""
    conversation_id = number(row.payload, "conversation_id")
    if conversation_id is not None:
        _note_trouble(work, ConversationId(conversation_id), refused.code, row.created_at)


def hold_stale(work: Work, row: Row) -> None:
    """A reply held up for too long is not sent blindly: its author decides, [Send still] or [Drop]."""
    work.outbox.finish(row.id, RowState.DROPPED, "stale")
    message_id = number(row.payload, "message_id")
    message = work.messages.get(MessageId(message_id)) if message_id is not None else None
    if message is None:
        return
    for part in _parts(work, row):
        work.messages.settle(part.id, MessageStatus.FAILED, None, "stale")
    held = work.outbox.hold_next(row.stream)
    work.outbox.put(_tell_author(work, message, "stale", held=held))
