"""A staff member writes: to whom, may they, and off it goes as a row."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales import outbox
from sales.clients import Client, Conversation
from sales.errors import NotFound
from sales.ids import ClientId, MessageId, OfferId, PostId
from sales.messages import Content, Direction, MessageKind, MessageStatus
from sales.outbox import RowKind
from sales.ports import Work
from sales.ports.conversations import ClientFilter, NewMessage
from sales.ports.people import Dialog
from sales.staff import Staff
from sales.topics import CopyKind, MessageCopy
from sales.use_cases.accept import accept_offer
from sales.use_cases.kept import WHICH_CLIENT, Kept, keep, take_kept
from sales.use_cases.saying import Saying, say, show_to_others
from sales.use_cases.team_lookup import check_sees, check_writes, client_or_fail

NOTE = "note"
"""The dialog that waits for an internal note; its ``client`` says about whom."""

TEMPLATE = "template"
"""The form of a template; its ``client`` says for whom. A form whose ``taps`` is set waits for a tap, not for words."""

FIRST_ALBUM = "first_album"
"""What is left of a form whose answer was an album: its ``client`` gets the other parts too. It waits for no words."""


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
    dialog = work.dialogs.get(staff.id)
    target = _target(work, staff, post) or _first_part(dialog, post)
    if dialog is not None and (dialog.kind == WHICH_CLIENT or dialog.data.get("taps") or _over(work, dialog)):
        dialog = None
    if target is not None and not (dialog is not None and _is_answer(dialog, target)):
        return _write(work, staff, post, target)
    if dialog is not None:
        return InDialog(dialog)
    keep(work, staff.id, Kept(post.post_id, post.content, post.album))
    return Asked()


def _is_answer(dialog: Dialog, target: _Target) -> bool:
    """They were asked for a note about this client, or what goes into a template's blank: what they write in the
    client's topic is that, never a message.

    Unless it answers a message, which says plainly for whom it is.
    """
    if dialog.kind not in (NOTE, TEMPLATE) or target.answered is not None:
        return False
    return dialog.data["client"] == str(target.client_id)


def _first_part(dialog: Dialog | None, post: StaffPost) -> _Target | None:
    """The client to whom an earlier part of the same album went."""
    if dialog is None or dialog.kind != FIRST_ALBUM or post.album is None or dialog.data["album"] != post.album:
        return None
    return _Target(ClientId(int(dialog.data["client"])))


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
    answered = target.answered if _stands_in(work, target.answered, conversation) else None
    saying = Saying(post.content, post.post_id, post.thread_id, post.album, answered)
    return Wrote(client, say(work, staff, client, conversation, saying))


def _conversation(work: Work, client: Client, target: _Target) -> Conversation:
    """Where the answered message stands, unless staff went on elsewhere since; else where answers go."""
    conversations = work.conversations.of_client(client.id)
    if not conversations:
        raise NotFound("conversation")
    chosen_at = conversations[0].chosen_at
    answered = work.messages.get(target.answered) if target.answered is not None else None
    if answered is None or (chosen_at is not None and chosen_at >= answered.said_at):
        return conversations[0]
    return next((one for one in conversations if one.id == answered.conversation_id), conversations[0])


def _stands_in(work: Work, answered: MessageId | None, conversation: Conversation) -> bool:
    """A platform can't quote what was said on another."""
    message = work.messages.get(answered) if answered is not None else None
    return message is not None and message.conversation_id == conversation.id


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
    message = work.messages.get(message_id)
    if message is not None:
        show_to_others(work, staff, message)
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
