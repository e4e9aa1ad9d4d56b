"""What clients do besides writing: edits, deletions, reactions, leaving and coming back, another number."""

from dataclasses import replace

from sales import outbox
from sales.ids import ChannelId, ClientId
from sales.incoming import ClientDeleted, ClientEdited, ClientMoved, ClientReach, ClientReacted
from sales.marks import marked
from sales.messages import Content, Message, same_content
from sales.ports import Work
from sales.use_cases.changing import change_content
from sales.use_cases.finding import find_conversation, find_message
from sales.use_cases.identifying import known_by
from sales.use_cases.offering import refresh_cards
from sales.use_cases.viewing import refresh_headers, viewers


def client_edited(work: Work, channel_id: ChannelId, event: ClientEdited) -> None:
    message = find_message(work, channel_id, event.address, event.external_id, event.aliases, event.known_by)
    if message is None or message.deleted_at is not None:
        return
    if _is_echo(work, message, event.content):
        return
    content = _with_its_file(event.content, message.content)
    if same_content(message.content, content):
        return
    change_content(work, message, content, event.edited_at)
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
        if message is not None and message.deleted_at is None:
            work.messages.delete(message.id, work.now)
            _show_change(work, message)


def client_reacted(work: Work, channel_id: ChannelId, event: ClientReacted) -> None:
    message = find_message(work, channel_id, event.address, event.external_id, event.aliases, event.known_by)
    if message is None:
        return
    work.messages.set_reaction(message.id, True, event.reaction)
    work.outbox.put(
        [outbox.reaction(topic.staff_id, message.client_id, message.id) for topic in viewers(work, message.client_id)]
    )


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
