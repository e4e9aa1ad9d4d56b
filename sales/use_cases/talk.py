"""A staff member writes: to whom, may they, and off it goes as a row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sales import outbox
from sales.clients import Client, Conversation
from sales.errors import NotFound
from sales.ids import ClientId, MessageId, OfferId, PostId, StaffId, later
from sales.messages import Content, Direction, Message, MessageKind, MessageStatus
from sales.outbox import NewRow, RowKind
from sales.ports import Work
from sales.ports.conversations import ClientFilter, NewMessage
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.use_cases.accept import accept_offer
from sales.use_cases.kept import WHICH_CLIENT, Kept, keep, take_kept
from sales.use_cases.receive_messages import ALBUM_SECONDS
from sales.use_cases.team_lookup import check_sees, check_writes, client_or_fail
from sales.use_cases.viewing import refresh_headers, viewers

NOTE = "note"
"""The dialog that waits for an internal note; its ``client`` says about whom."""


@dataclass(frozen=True, slots=True)
class StaffPost:
    """What someone wrote in their chat with the bot. ``thread_id`` and ``reply_to`` as Telegram gave them."""

    post_id: PostId
    content: Content
    thread_id: int | None = None
    reply_to: PostId | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Wrote:
    """It is on its way."""

    client: Client
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class Asked:
    """Nothing says for whom it is: the bot asks, and keeps it."""


@dataclass(frozen=True, slots=True)
class InDialog:
    """They are in the middle of a form; the text is an answer to it."""

    dialog: Dialog


@dataclass(frozen=True, slots=True)
class _Target:
    client_id: ClientId
    answered: MessageId | None = None


def staff_wrote(work: Work, staff: Staff, post: StaffPost) -> Wrote | Asked | InDialog:
    """Raises ``NotYours``, ``NoOwner``, ``Forbidden``, and what ``accept_offer`` raises for a reply to a card."""
    target = _target(work, staff, post)
    dialog = work.dialogs.get(staff.id)
    if dialog is not None and (dialog.kind == WHICH_CLIENT or _over(work, dialog)):
        dialog = None
    if target is not None and not (dialog is not None and _is_note(dialog, target)):
        return _write(work, staff, post, target)
    if dialog is not None:
        return InDialog(dialog)
    keep(work, staff.id, Kept(post.post_id, post.content, post.album))
    return Asked()


def _is_note(dialog: Dialog, target: _Target) -> bool:
    """They were asked for a note about this client: what they write in the client's topic is the note, never a message.

    Unless it answers a message, which says plainly for whom it is.
    """
    return dialog.kind == NOTE and dialog.data["client"] == str(target.client_id) and target.answered is None


def _over(work: Work, dialog: Dialog) -> bool:
    return dialog.expires_at is not None and dialog.expires_at <= work.now


def _target(work: Work, staff: Staff, post: StaffPost) -> _Target | None:
    """The post they answered decides, then the topic they wrote in."""
    if post.reply_to is not None:
        copy = work.copies.at(staff.id, post.reply_to)
        if copy is not None and copy.client_id is not None:
            return _Target(copy.client_id, copy.message_id)
        card = work.offers.card_at(staff.id, post.reply_to)
        if card is not None:
            return _Target(_accept_by_reply(work, staff, card.offer_id))
    if post.thread_id is not None:
        topic = work.topics.by_thread(staff.id, post.thread_id)
        if topic is not None and topic.client_id is not None:
            return _Target(topic.client_id)
    return None


def _accept_by_reply(work: Work, staff: Staff, offer_id: OfferId) -> ClientId:
    return accept_offer(work, staff, offer_id).client.id


def write_kept(work: Work, staff: Staff, client_id: ClientId, post_id: PostId) -> Client:
    """The answer to "which client?": what is kept under that post goes to this one. Raises ``NotFound``, and what
    ``staff_wrote`` raises: then it stays kept.
    """
    taken = take_kept(work, staff.id, post_id)
    if not taken:
        raise NotFound("kept_text")
    for one in taken:
        _write(work, staff, StaffPost(one.post_id, one.content, album=one.album), _Target(client_id))
    return client_or_fail(work, client_id)


def _write(work: Work, staff: Staff, post: StaffPost, target: _Target) -> Wrote:
    client = client_or_fail(work, target.client_id)
    conversation = _conversation(work, client, target)
    check_writes(work, staff, client, conversation.channel_id)
    message_id = _store(work, staff, post, conversation, target)
    _answered(work, client)
    _show_to_others(work, staff, client, message_id)
    return Wrote(client, message_id)


def _conversation(work: Work, client: Client, target: _Target) -> Conversation:
    """Where the answered message stands, else where the client wrote last."""
    conversations = work.conversations.of_client(client.id)
    if target.answered is not None:
        answered = work.messages.get(target.answered)
        for conversation in conversations:
            if answered is not None and conversation.id == answered.conversation_id:
                return conversation
    if not conversations:
        raise NotFound("conversation")
    return conversations[0]


def _store(work: Work, staff: Staff, post: StaffPost, conversation: Conversation, target: _Target) -> MessageId:
    media_id = None
    if post.content.file is not None:
        media_id = work.media.add(post.content.file)
        work.outbox.put([outbox.fetch(post.content.file.held_by, media_id)])
    new = NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.OUT,
        post.content,
        MessageStatus.QUEUED,
        work.now,
        author_id=staff.id,
        media_id=media_id,
        reply_to=_said(work, target.answered),
        album=post.album,
    )
    message_id = work.messages.add([new])[0]
    own = MessageCopy(
        staff.id,
        post.post_id,
        CopyKind.OWN,
        conversation.client_id,
        message_id,
        media=media_id is not None,
        posted_at=work.now,
        thread_id=post.thread_id,
    )
    work.copies.add([own])
    work.outbox.put([leaving(work, conversation, message_id, post.album, media_id)])
    return message_id


def _said(work: Work, answered: MessageId | None) -> MessageId | None:
    """A reply to a note is no reply on the other side."""
    message = work.messages.get(answered) if answered is not None else None
    return message.id if message is not None and message.direction is not Direction.NOTE else None


def leaving(
    work: Work, conversation: Conversation, message_id: MessageId, album: str | None, media_id: int | None
) -> NewRow:
    """The row that takes a message to its client; the parts of an album share one."""
    row = outbox.to_client(
        RowKind.MESSAGE,
        conversation.channel_id,
        conversation.id,
        due_at=later(work.now, ALBUM_SECONDS) if album is not None else None,
        waits_for=media_id,
        message_id=message_id,
    )
    if album is None:
        return row
    return replace(row, collapse=f"message:{conversation.id}:{album}")


def _answered(work: Work, client: Client) -> None:
    if client.waiting_since is not None or client.closed_at is not None:
        work.clients.save(replace(client, waiting_since=None, closed_at=None))
    refresh_headers(work, client.id)


def _show_to_others(work: Work, staff: Staff, client: Client, message_id: MessageId) -> None:
    """Whoever else sees the client (the owner above all) sees what was written, and by whom; an album as one."""
    others = [topic.staff_id for topic in viewers(work, client.id) if topic.staff_id != staff.id]
    message = work.messages.get(message_id) if others else None
    if message is not None:
        work.outbox.put([_shown_to(work, staff_id, message) for staff_id in others])


def _shown_to(work: Work, staff_id: StaffId, message: Message) -> NewRow:
    row = outbox.relay(staff_id, message.client_id, message.id, False, waits_for=message.media_id)
    if message.album is None:
        return row
    collapse = f"relay:{staff_id}:{message.conversation_id}:{message.album}"
    return replace(row, collapse=collapse, due_at=later(work.now, ALBUM_SECONDS))


def add_note(
    work: Work, staff: Staff, client_id: ClientId, text: str, post_id: PostId | None, thread_id: int | None = None
) -> MessageId:
    """An internal note: kept with the conversation, mirrored to the CRM, never sent to the client."""
    client = client_or_fail(work, client_id)
    check_sees(work, staff, client)
    conversation = _conversation(work, client, _Target(client_id))
    content = Content(MessageKind.TEXT, text)
    new = NewMessage(
        conversation.id, client.id, Direction.NOTE, content, MessageStatus.RECEIVED, work.now, author_id=staff.id
    )
    message_id = work.messages.add([new])[0]
    if post_id is not None:
        own = MessageCopy(
            staff.id, post_id, CopyKind.OWN, client.id, message_id, posted_at=work.now, thread_id=thread_id
        )
        work.copies.add([own])
    _show_to_others(work, staff, client, message_id)
    lead = work.leads.newest_open(client.id)
    if lead is not None:
        work.outbox.put(
            [outbox.to_crm(RowKind.CRM_NOTE, lead.crm_id, lead.id, text=f"{staff.name}: {text}", at=work.now)]
        )
    return message_id


def client_at(work: Work, staff: Staff, thread_id: int | None, reply_to: PostId | None) -> ClientId | None:
    """Which client a command given in a topic, or as a reply, is about."""
    if reply_to is not None:
        copy = work.copies.at(staff.id, reply_to)
        if copy is not None and copy.client_id is not None:
            return copy.client_id
        card = work.offers.card_at(staff.id, reply_to)
        offer = work.offers.get(card.offer_id) if card is not None else None
        if offer is not None and offer.taken_by == staff.id:
            return offer.client_id
    topic = work.topics.by_thread(staff.id, thread_id) if thread_id is not None else None
    return topic.client_id if topic is not None else None


def addressees(work: Work, staff: Staff, limit: int = 8) -> Sequence[Client]:
    """Whom a text without an address may have been meant for: their clients, who waits first."""
    return work.clients.list(ClientFilter(viewer_id=staff.id), limit)
