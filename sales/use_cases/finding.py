"""Which conversation an event is about: by its address, or by another one that it may be filed under still."""

from collections.abc import Sequence

from sales.clients import Conversation, Identity, IdentityKind
from sales.ids import ChannelId
from sales.messages import Message
from sales.ports import Work


def find_conversation(
    work: Work, channel_id: ChannelId, address: str, aliases: Sequence[str] = (), known_by: Sequence[Identity] = ()
) -> Conversation | None:
    """One found under an alias is filed under ``address`` from now on."""
    keys = [(channel_id, name) for name in (address, *aliases)]
    found = work.conversations.by_address(keys)
    conversation = next((found[key] for key in keys if key in found), None)
    if conversation is None:
        return only_chat(work, channel_id, address, known_by)
    if conversation.address != address:
        work.conversations.refile(conversation.id, address)
    return conversation


def only_chat(work: Work, channel_id: ChannelId, address: str, known_by: Sequence[Identity]) -> Conversation | None:
    """The one that the client so known has on this channel, if it is filed under a name of another kind. A client with
    two numbers has two.
    """
    chats = _theirs(work, channel_id, known_by) if known_by else []
    if len(chats) != 1:
        return None
    names = [*known_by, *work.clients.identities(chats[0].client_id)]
    kinds = {_kind(address, names), _kind(chats[0].address, names)}
    return chats[0] if len(kinds) == 2 and None not in kinds else None


def _kind(address: str, names: Sequence[Identity]) -> IdentityKind | None:
    """Of what an address is made of; a phone and WhatsApp's spelling of it are one."""
    bare = address.partition("@")[0]
    found = next((one.kind for one in names if one.value.removeprefix("+") == bare), None)
    return IdentityKind.WA_ID if found is IdentityKind.PHONE else found


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
