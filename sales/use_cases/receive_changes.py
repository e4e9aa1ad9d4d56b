"""What clients do besides writing: edits, deletions, reactions, leaving and coming back, another number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from sales import outbox
from sales.ids import ChannelId, ClientId, ConversationId, MessageId, Moment
from sales.incoming import ClientDeleted, ClientEdited, ClientMoved, ClientReach, ClientReacted
from sales.marks import marked
from sales.messages import Content, Message, same_content
from sales.ports import Work
from sales.ports.conversations import EarlyChange
from sales.use_cases.changing import change_content
from sales.use_cases.finding import find_conversation, find_message
from sales.use_cases.identifying import known_by
from sales.use_cases.offering import refresh_cards
from sales.use_cases.viewing import refresh_headers, viewers

_Change = ClientEdited | ClientDeleted | ClientReacted
_Early = Callable[[ConversationId], EarlyChange]


def client_edited(work: Work, channel_id: ChannelId, event: ClientEdited) -> None:
    message = find_message(work, channel_id, event.address, event.external_id, event.aliases, event.known_by)
    if message is None:
        told = partial(EarlyChange, external_id=event.external_id, at=event.edited_at, content=event.content)
        _keep(work, channel_id, event, told)
    else:
        _edit(work, message, event.content, event.edited_at)


def _edit(work: Work, message: Message, told: Content, at: Moment) -> None:
    if message.deleted_at is not None or _is_echo(work, message, told):
        return
    content = _with_its_file(told, message.content)
    if same_content(message.content, content):
        return
    change_content(work, message, content, at)
    _show_change(work, message)


def _is_echo(work: Work, message: Message, content: Content) -> bool:
    """Platforms tell us our own edits, too, and maybe only when a newer one waits to leave: that one must stand. Words
    come back as the platform writes them.
    """
    if message.author_id is None or content.file is not None:
        return False
    ours = (message.content, *(version.content for version in work.messages.versions(message.id)))
    said = content.text.strip()
    return any(said in (one.text.strip(), marked(one.text, one.entities).strip()) for one in ours)


def _with_its_file(content: Content, before: Content) -> Content:
    """Of a file's words some platforms tell the words alone; no edit takes a file away."""
    if content.file is not None or before.file is None:
        return content
    return replace(before, text=content.text, entities=content.entities)


def client_deleted(work: Work, channel_id: ChannelId, event: ClientDeleted) -> None:
    for external_id in event.external_ids:
        message = find_message(work, channel_id, event.address, external_id, event.aliases, event.known_by)
        if message is None:
            _keep(work, channel_id, event, partial(EarlyChange, external_id=external_id, at=work.now, deleted=True))
        else:
            _delete(work, message, work.now)


def _delete(work: Work, message: Message, at: Moment) -> None:
    if message.deleted_at is None:
        work.messages.delete(message.id, at)
        _show_change(work, message)


def client_reacted(work: Work, channel_id: ChannelId, event: ClientReacted) -> None:
    message = find_message(work, channel_id, event.address, event.external_id, event.aliases, event.known_by)
    if message is None:
        told = partial(EarlyChange, external_id=event.external_id, at=work.now, reaction=event.reaction)
        _keep(work, channel_id, event, told)
    else:
        _react(work, message, event.reaction)


def _react(work: Work, message: Message, reaction: str | None) -> None:
    work.messages.set_reaction(message.id, True, reaction)
    work.outbox.put(
        [outbox.reaction(topic.staff_id, message.client_id, message.id) for topic in viewers(work, message.client_id)]
    )


def _keep(work: Work, channel_id: ChannelId, event: _Change, change: _Early) -> None:
    """Platforms promise no order: its message may be on its way. Of chats that are not known nothing is kept."""
    conversation = find_conversation(work, channel_id, event.address, event.aliases, event.known_by)
    if conversation is not None:
        work.early_changes.add(change(conversation.id))


def apply_early(work: Work, new: Sequence[tuple[ConversationId, str, MessageId]]) -> None:
    """What was told of these messages before they came."""
    ids = {(conversation_id, external_id): message_id for conversation_id, external_id, message_id in new}
    for change in work.early_changes.take(list(ids)):
        message = work.messages.get(ids[change.conversation_id, change.external_id])
        if message is not None:
            _apply(work, message, change)


def _apply(work: Work, message: Message, change: EarlyChange) -> None:
    if change.deleted:
        _delete(work, message, change.at)
    elif change.content is not None:
        _edit(work, message, change.content, change.at)
    else:
        _react(work, message, change.reaction)


def client_reach(work: Work, channel_id: ChannelId, event: ClientReach) -> None:
    """A client who stopped the bot can't be written to: the owner is told, once."""
    conversation = find_conversation(work, channel_id, event.address)
    if conversation is None:
        return
    why = None if event.reachable else "blocked"
    if conversation.unreachable == why:
        return
    work.conversations.set_unreachable(conversation.id, why)
    name = "client_returned" if event.reachable else "client_blocked"
    work.outbox.put(
        [
            outbox.notice(topic.staff_id, name, conversation.client_id, sound=False)
            for topic in viewers(work, conversation.client_id)
        ]
    )
    refresh_headers(work, conversation.client_id)


def client_moved(work: Work, channel_id: ChannelId, event: ClientMoved) -> None:
    """The same client at another address: the conversation goes on there. Where another one stands there already, both
    stay, and what is written to either is seen.
    """
    conversation = find_conversation(work, channel_id, event.address)
    there = find_conversation(work, channel_id, event.new_address)
    if conversation is None:
        conversation = there
    elif there is None:
        work.conversations.refile(conversation.id, event.new_address)
    if conversation is None:
        return
    changed = _gave_up(work, conversation.client_id, event)
    conversation = known_by(work, conversation, event.identities)
    if changed:
        _tell_of_move(work, conversation.client_id)


def _gave_up(work: Work, client_id: ClientId, event: ClientMoved) -> bool:
    """Their number: whoever gets it next is somebody else. False where they never had it, or it was told before."""
    gone = [identity for identity in event.former if identity not in event.identities]
    if not work.clients.remove_identities(client_id, gone):
        return False
    work.audit.add("number_changed", f"client:{client_id}", "the former number is nobody's")
    return True


def _tell_of_move(work: Work, client_id: ClientId) -> None:
    """Somebody who had not noticed would look for the client under the old number."""
    told = [topic.staff_id for topic in viewers(work, client_id)]
    work.outbox.put([outbox.notice(staff_id, "client_moved", client_id, sound=False) for staff_id in told])
    refresh_headers(work, client_id)


def _show_change(work: Work, message: Message) -> None:
    work.outbox.put(
        [outbox.relay_edit(topic.staff_id, message.client_id, message.id) for topic in viewers(work, message.client_id)]
    )
    offer = work.offers.open_of([message.client_id]).get(message.client_id)
    if offer is not None:
        refresh_cards(work, offer)
