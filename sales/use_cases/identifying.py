"""Who writes: a client known by a phone on one channel is the same client on another.

What a platform vouches for makes two clients one, unless both have an owner: then a manager is asked. What only makes
it likely (somebody's number on a contact card) is always asked. Text says nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from sales import outbox
from sales.clients import Client, Conversation, Identity, IdentityKind
from sales.ids import ClientId
from sales.merging import Merge, Proposal, ProposalState
from sales.messages import Content
from sales.ports import Work
from sales.use_cases.merge_choices import ask
from sales.use_cases.merging import merge_clients
from sales.use_cases.team_lookup import client_or_fail


def known_client(work: Work, identities: Sequence[Identity]) -> ClientId | None:
    """Whoever is known by the strongest of these; those known by the others are merged, or a manager is asked."""
    found = work.clients.find_all(identities)
    if not found:
        return None
    work.clients.get_many(found)  # locks them in the order of their ids
    client_id = client_or_fail(work, found[0]).id
    for other_id in found[1:]:
        client_id = _meet(work, client_id, other_id)
    work.clients.add_identities(client_id, identities)
    return client_id


def note_identities(work: Work, heard: Sequence[tuple[ClientId, Sequence[Identity]]]) -> bool:
    """What these clients are known by: what is new is kept, and may tell that two are one.

    Returns whether conversations that were read before have to be read again: they may belong to another client now.
    Costs one statement for each kind of identity, however many clients.
    """
    moved = work.clients.lock([client_id for client_id, _ in heard])
    known = work.clients.known(dict.fromkeys(one for _, identities in heard for one in identities))
    for client_id, identities in heard:
        moved = _note(work, client_id, identities, known) or moved
    return moved


def known_by(work: Work, conversation: Conversation, identities: Sequence[Identity]) -> Conversation:
    """The client of a conversation is known by these. Returns it as it is then: it may belong to another client."""
    if not note_identities(work, [(conversation.client_id, identities)]):
        return conversation
    return work.conversations.get(conversation.id) or conversation


def _note(work: Work, client_id: ClientId, identities: Iterable[Identity], known: Mapping[Identity, ClientId]) -> bool:
    fresh = [identity for identity in identities if identity not in known]
    if fresh:
        work.clients.add_identities(client_or_fail(work, client_id).id, fresh)
    others = dict.fromkeys(known[one] for one in identities if known.get(one, client_id) != client_id)
    for other_id in others:
        client_id = _meet(work, client_id, other_id)
    return bool(others)


def _meet(work: Work, one_id: ClientId, other_id: ClientId) -> ClientId:
    """A platform vouches that these two are one person. Returns who the first is now."""
    one, other = client_or_fail(work, one_id), client_or_fail(work, other_id)
    if one.id == other.id or not _may_be_one(work, one, other):
        return one.id
    if one.owner_id is not None and other.owner_id not in (None, one.owner_id):
        _propose(work, one, other, "identity")
        return one.id
    merge = merge_clients(work, *_elder_first(work, one, other), None)
    _tell_owner(work, merge)
    return merge.into_id


def _may_be_one(work: Work, one: Client, other: Client) -> bool:
    """Test clients are nobody; and what a manager said stays said."""
    said = work.merges.between(one.id, other.id)
    distinct = said is not None and said.state is ProposalState.DISTINCT
    return not distinct and one.test_for is None and other.test_for is None


def _elder_first(work: Work, one: Client, other: Client) -> tuple[ClientId, ClientId]:
    """Of two that nobody owns, the one on offer stays, then the one that was there first."""
    offered = work.offers.open_of([one.id, other.id])
    into, gone = sorted((one, other), key=lambda client: (client.owner_id is None, client.id not in offered, client.id))
    return into.id, gone.id


def _tell_owner(work: Work, merge: Merge) -> None:
    owner_id = client_or_fail(work, merge.into_id).owner_id
    if owner_id is not None:
        work.outbox.put([outbox.notice(owner_id, "clients_joined", merge.into_id, merge_id=merge.id, sound=False)])


def _propose(work: Work, one: Client, other: Client, why: str) -> Proposal | None:
    proposal = work.merges.propose(one.id, other.id, why)
    if proposal is not None:
        ask(work, proposal)
    return proposal


def note_card(work: Work, client_id: ClientId, content: Content) -> None:
    """A contact card with the number of a client we know: theirs, perhaps. Whoever may decide it is asked, once."""
    if content.contact is None:
        return
    phone = Identity(IdentityKind.PHONE, content.contact.phone)
    other_id = work.clients.find([phone])
    if other_id is None:
        return
    one, other = client_or_fail(work, client_id), client_or_fail(work, other_id)
    if one.id != other.id and _may_be_one(work, one, other):
        _propose(work, one, other, "contact")
