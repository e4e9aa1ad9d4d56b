"""Which conversation an event is about: by its address, or by another one that it may be filed under still."""

from collections.abc import Sequence

from sales.clients import Conversation
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
    work: Work, channel_id: ChannelId, address: str, external_id: str, aliases: Sequence[str] = ()
) -> Message | None:
    conversation = find_conversation(work, channel_id, address, aliases)
    return work.messages.by_external(conversation.id, external_id) if conversation is not None else None
