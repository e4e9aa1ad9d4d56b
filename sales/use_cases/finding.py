"""Which conversation an event is about: by its address, or by another one that it may be filed under still."""

from collections.abc import Sequence

from sales.clients import Conversation, Identity
from sales.ids import ChannelId
from sales.messages import Message
from sales.ports import Work


def find_conversation(
    work: Work, channel_id: ChannelId, address: str, aliases: Sequence[str] = ()
) -> Conversation | None:
    """One found under an alias is filed under ``address`` from now on."""
    keys = [(channel_id, name) for name in (address, *aliases)]
    found = work.conversations.by_address(keys)
    conversation = next((found[key] for key in keys if key in found), None)
    if conversation is not None and conversation.address != address:
        work.conversations.refile(conversation.id, address)
    return conversation


def find_message(
    work: Work,
    channel_id: ChannelId,
    address: str,
    external_id: str,
    aliases: Sequence[str] = (),
    known_by: Sequence[Identity] = (),
) -> Message | None:
    """Where the address tells nothing, it is looked for in whatever this channel has of the client so known."""
    conversation = find_conversation(work, channel_id, address, aliases)
    found = work.messages.by_external(conversation.id, external_id) if conversation is not None else None
    if found is not None or not known_by:
        return found
    theirs = (work.messages.by_external(one.id, external_id) for one in _theirs(work, channel_id, known_by))
    return next(filter(None, theirs), None)


def _theirs(work: Work, channel_id: ChannelId, known_by: Sequence[Identity]) -> Sequence[Conversation]:
    client_id = work.clients.find(known_by)
    if client_id is None:
        return []
    return [one for one in work.conversations.of_client(client_id) if one.channel_id == channel_id]
