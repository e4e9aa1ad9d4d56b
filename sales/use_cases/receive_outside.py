"""Our side wrote without Dibs, on the phone or in the account itself: kept and shown, never sent."""

from sales.clients import SHUT, Conversation
from sales.ids import ChannelId, MediaId, MessageId
from sales.incoming import WrittenOutside
from sales.ports import Work
from sales.use_cases.finding import find_conversation
from sales.use_cases.identifying import known_by
from sales.use_cases.lost_answers import settle_by_row
from sales.use_cases.offering import refresh_cards
from sales.use_cases.receive_changes import apply_early
from sales.use_cases.receive_messages import client_of, new_message
from sales.use_cases.saying import answered
from sales.use_cases.showing import relay_row
from sales.use_cases.team_lookup import client_or_fail
from sales.use_cases.viewing import refresh_headers, viewers


def written_outside(work: Work, channel_id: ChannelId, event: WrittenOutside) -> None:
    """A row of ours whose answer was lost is settled by it; a message that is known already changes nothing. Nor does
    what Dibs itself said to a client: it carries our mark, but is no message and answers nobody.
    """
    if event.row_id is not None:
        settled = settle_by_row(work, channel_id, event.row_id, event.external_id)
        if settled is not None:
            refresh_headers(work, settled.client_id)
        if settled is not None or not event.history:
            return
    conversation = find_conversation(work, channel_id, event.address, event.aliases, event.known_by)
    if conversation is None:
        conversation = _open_conversation(work, channel_id, event)
    elif work.messages.by_external(conversation.id, event.external_id) is not None:
        return
    conversation = known_by(work, conversation, event.receiver.identities)
    new = new_message(work, event, conversation)
    stored = work.messages.store([new])[0]
    if stored.new and not event.history:
        if not event.automatic:
            _answered(work, conversation, event)
        _show(work, conversation, event, stored.id, new.media_id)
    if stored.new:
        apply_early(work, [(conversation.id, event.external_id, stored.id)])


def _open_conversation(work: Work, channel_id: ChannelId, event: WrittenOutside) -> Conversation:
    """We wrote first. Nobody is asked to take the client before they answer."""
    client_id, _ = client_of(work, event.receiver, None)
    work.clients.touch({}, {client_id: event.said_at})
    return work.conversations.add(client_id, channel_id, event.address, SHUT if event.window is not None else None)


def _answered(work: Work, conversation: Conversation, event: WrittenOutside) -> None:
    """The client waits no longer, unless they have written since. An open offer stays open, and its cards say so."""
    client = client_or_fail(work, conversation.client_id)
    if conversation.last_inbound_at is None or conversation.last_inbound_at <= event.said_at:
        answered(work, client)
    else:
        refresh_headers(work, client.id)
    offer = work.offers.open_of([client.id]).get(client.id)
    if offer is not None:
        refresh_cards(work, offer)


def _show(
    work: Work, conversation: Conversation, event: WrittenOutside, message_id: MessageId, media_id: MediaId | None
) -> None:
    """To the owner and whoever watches, silently: nothing is left for them to do."""
    rows = [
        relay_row(work, topic.staff_id, conversation, message_id, media_id, event.album, sound=False)
        for topic in viewers(work, conversation.client_id)
    ]
    work.outbox.put(rows)
