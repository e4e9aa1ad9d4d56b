"""What clients do besides writing: edits, deletions, reactions, leaving and coming back; and how our messages fare."""

from sales import outbox
from sales.clients import Conversation
from sales.ids import ChannelId
from sales.incoming import ClientDeleted, ClientEdited, ClientReach, ClientReacted, Delivered
from sales.messages import Message, MessageStatus, same_content
from sales.ports import Work
from sales.use_cases.changing import change_content
from sales.use_cases.offering import refresh_cards
from sales.use_cases.viewing import refresh_headers, viewers


def client_edited(work: Work, channel_id: ChannelId, event: ClientEdited) -> None:
    message = _message(work, channel_id, event.address, event.external_id)
    if message is None or message.deleted_at is not None:
        return
    if same_content(message.content, event.content):
        return
    change_content(work, message, event.content, event.edited_at)
    _show_change(work, message)


def client_deleted(work: Work, channel_id: ChannelId, event: ClientDeleted) -> None:
    for external_id in event.external_ids:
        message = _message(work, channel_id, event.address, external_id)
        if message is not None and message.deleted_at is None:
            work.messages.delete(message.id, work.now)
            _show_change(work, message)


def client_reacted(work: Work, channel_id: ChannelId, event: ClientReacted) -> None:
    message = _message(work, channel_id, event.address, event.external_id)
    if message is None:
        return
    work.messages.set_reaction(message.id, True, event.reaction)
    work.outbox.put(
        [outbox.reaction(topic.staff_id, message.client_id, message.id) for topic in viewers(work, message.client_id)]
    )


def client_reach(work: Work, channel_id: ChannelId, event: ClientReach) -> None:
    """A client who stopped the bot can't be written to: the owner is told, once."""
    conversation = _conversation(work, channel_id, event.address)
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


def delivered(work: Work, channel_id: ChannelId, event: Delivered) -> None:
    message = _message(work, channel_id, event.address, event.external_id)
    if message is not None:
        work.messages.settle(message.id, MessageStatus(event.status), None, event.problem)
        refresh_headers(work, message.client_id)


def _show_change(work: Work, message: Message) -> None:
    work.outbox.put(
        [outbox.relay_edit(topic.staff_id, message.client_id, message.id) for topic in viewers(work, message.client_id)]
    )
    offer = work.offers.open_of([message.client_id]).get(message.client_id)
    if offer is not None:
        refresh_cards(work, offer)


def _conversation(work: Work, channel_id: ChannelId, address: str) -> Conversation | None:
    return work.conversations.by_address([(channel_id, address)]).get((channel_id, address))


def _message(work: Work, channel_id: ChannelId, address: str, external_id: str) -> Message | None:
    conversation = _conversation(work, channel_id, address)
    return work.messages.by_external(conversation.id, external_id) if conversation is not None else None
