"""Are these two one person? Asked of managers where it is not sure, or where it would take a client from somebody."""

from collections.abc import Sequence

from sales import outbox
from sales.clients import Client
from sales.errors import Forbidden, Invalid, NotFound
from sales.ids import ClientId, MergeId, ProposalId, StaffId
from sales.merging import Merge, Proposal, ProposalState
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.merging import merge_clients, part_clients
from sales.use_cases.team_lookup import admins, client_or_fail, home_channel, role_of


def ask(work: Work, proposal: Proposal) -> None:
    """Whoever may decide it. If that is nobody, admins hear that a manager of both channels is missing."""
    one, other = client_or_fail(work, proposal.one_id), client_or_fail(work, proposal.other_id)
    asked = [person for person in work.staff.list() if person.reachable and may_decide(work, person, one, other)]
    name = "merge_question" if asked else "merge_undecidable"
    work.outbox.put(
        [outbox.notice(person.id, name, proposal_id=proposal.id, sound=True) for person in asked or admins(work)]
    )


def ask_again(work: Work, staff: Staff, proposal_id: ProposalId) -> bool:
    """[Ask now], for admins: whoever may decide it by now. False: still nobody. Raises as ``two_people``."""
    proposal, one, other = _locked(work, proposal_id)
    if not staff.admin:
        raise Forbidden("admin")
    _check_open(proposal, one, other)
    if not any(person.reachable and may_decide(work, person, one, other) for person in work.staff.list()):
        return False
    ask(work, proposal)
    return True


def same_person(work: Work, staff: Staff, proposal_id: ProposalId, keep_id: ClientId) -> Merge:
    """They are one, and ``keep_id``'s owner keeps the client. Raises ``Forbidden``, ``NotFound``, ``Invalid``.

    Both owners are told of it, and who decided it: under that line it can be undone.
    """
    proposal, one, other = _open_question(work, staff, proposal_id)
    if keep_id not in (proposal.one_id, proposal.other_id):
        raise NotFound("client")
    into, gone = (one, other) if keep_id == proposal.one_id else (other, one)
    merge = merge_clients(work, into.id, gone.id, staff.id)
    told = {"about_client": merge.into_id, "merge_id": merge.id, "by": staff.id}
    work.outbox.put(
        [
            outbox.notice(one_told, "clients_joined", **told, sound=one_told != staff.id)
            for one_told in (*_others(staff, one, other), staff.id)
        ]
    )
    return merge


def two_people(work: Work, staff: Staff, proposal_id: ProposalId) -> None:
    """They are not one, and nobody is asked again. Raises ``Forbidden``, ``NotFound``, ``Invalid``.

    Whoever owns both was asked too, and is told. Two owners were not: neither learns of the other's client.
    """
    proposal, one, other = _open_question(work, staff, proposal_id)
    work.merges.decide(proposal.one_id, proposal.other_id, ProposalState.DISTINCT, staff.id)
    work.merges.decide(one.id, other.id, ProposalState.DISTINCT, staff.id)
    work.audit.add("not_one_person", f"client:{one.id}", f"client {other.id}", staff_id=staff.id)
    told = _others(staff, one) if one.owner_id == other.owner_id else []
    work.outbox.put(
        [
            outbox.notice(owner_id, "clients_distinct", proposal_id=proposal.id, by=staff.id, sound=False)
            for owner_id in told
        ]
    )


def undo_merge(work: Work, staff: Staff, merge_id: MergeId) -> Client:
    """For managers of both. Returns the client who is there again. Raises ``Forbidden``, ``NotFound``, ``Invalid``."""
    merge = work.merges.get(merge_id)
    if merge is None:
        raise NotFound("merge")
    if not may_undo(work, staff, merge):
        raise Forbidden("manager")
    into, gone = part_clients(work, merge_id, staff.id)
    work.outbox.put(
        [
            outbox.notice(owner_id, "clients_parted", merge_id=merge.id, by=staff.id, sound=False)
            for owner_id in _others(staff, into, gone)
        ]
    )
    return gone


def may_undo(work: Work, staff: Staff, merge: Merge) -> bool:
    """A manager where either of the two wrote last: among what was moved, and among the rest."""
    moved = set(work.merges.conversations(merge.id))
    newest_last = reversed(work.conversations.of_client(client_or_fail(work, merge.into_id).id))
    homes = {one.id in moved: one.channel_id for one in newest_last}
    return all(role_of(work, staff, channel_id) is Role.MANAGER for channel_id in homes.values())


def _open_question(work: Work, staff: Staff, proposal_id: ProposalId) -> tuple[Proposal, Client, Client]:
    proposal, one, other = _locked(work, proposal_id)
    if not may_decide(work, staff, one, other):
        raise Forbidden("manager")
    _check_open(proposal, one, other)
    return proposal, one, other


def _locked(work: Work, proposal_id: ProposalId) -> tuple[Proposal, Client, Client]:
    """Both as they are by now: each may have been merged with a third."""
    proposal = work.merges.proposal(proposal_id)
    if proposal is None:
        raise NotFound("proposal")
    work.clients.get_many([proposal.one_id, proposal.other_id])  # locks them, in order
    proposal = work.merges.proposal(proposal_id) or proposal
    one, other = client_or_fail(work, proposal.one_id), client_or_fail(work, proposal.other_id)
    return proposal, one, other


def _check_open(proposal: Proposal, one: Client, other: Client) -> None:
    if proposal.state is not ProposalState.OPEN or one.id == other.id:
        raise Invalid("merge_decided")


def may_decide(work: Work, staff: Staff, one: Client, other: Client) -> bool:
    """A manager of both clients' channels; or who owns both, since then nothing changes for anybody else."""
    if one.owner_id == staff.id and other.owner_id == staff.id:
        return True
    return all(role_of(work, staff, home_channel(work, client.id)) is Role.MANAGER for client in (one, other))


def _others(staff: Staff, *clients: Client) -> Sequence[StaffId]:
    """Their owners, who hear what was decided; who decided it knows."""
    owners = {client.owner_id for client in clients if client.owner_id is not None}
    return sorted(owners - {staff.id})
