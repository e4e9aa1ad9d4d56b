"""Two clients are one person: everything of one becomes the other's, in one step that can be undone."""

from dataclasses import replace

from sales.clients import Client
from sales.errors import Invalid, NotFound
from sales.ids import ClientId, MergeId, Moment, StaffId
from sales.merging import Before, Merge, ProposalState, Standing, standing_of
from sales.ports import Work
from sales.use_cases.merging_deals import join_leads, join_offers, reopen_offer, restore_leads
from sales.use_cases.merging_views import flat_viewers, join_views, newcomers, part_views
from sales.use_cases.offering import refresh_cards
from sales.use_cases.viewing import refresh_headers, viewers


def merge_clients(work: Work, into_id: ClientId, gone_id: ClientId, by_id: StaffId | None) -> Merge:
    """``gone_id`` becomes ``into_id``, whose owner stays; where only the other has an owner, it is the other way round.

    ``by_id`` is the manager who chose it, ``None``: Dibs by what it knows. Rights are the caller's matter.
    Raises ``Invalid``, ``NotFound``.
    """
    into, gone = _both(work, into_id, gone_id)
    if into.owner_id is None and gone.owner_id is not None:
        into, gone = gone, into
    offer, leads = join_offers(work, into, gone), join_leads(work, into, gone)
    seen_by = tuple(topic.staff_id for topic in viewers(work, gone.id))
    brought = tuple(newcomers(work, into, gone))
    after = _joined(into, gone)
    before = Before(standing_of(into), standing_of(gone), standing_of(after), offer, leads, seen_by, brought)
    merge = work.merges.add(into.id, gone.id, by_id, before, flat_viewers(work, into, gone))
    work.clients.save(after)
    work.merges.decide(into.id, gone.id, ProposalState.MERGED, by_id)
    for other_id in work.merges.distinct_from(gone.id):
        work.merges.decide(into.id, other_id, ProposalState.DISTINCT, None)
    work.audit.add("merge", f"client:{into.id}", f"client {gone.id} is the same person", staff_id=by_id)
    join_views(work, after, gone)
    _refresh(work, into.id)
    return merge


def _both(work: Work, into_id: ClientId, gone_id: ClientId) -> tuple[Client, Client]:
    """Both locked, in the order of their ids."""
    found = work.clients.get_many([into_id, gone_id])
    into, gone = found.get(into_id), found.get(gone_id)
    if into is None or gone is None:
        raise NotFound("client")
    if into.id == gone.id or into.merged_into is not None or gone.merged_into is not None:
        raise Invalid("merged_already")
    if into.test_for is not None or gone.test_for is not None:
        raise Invalid("test_client")
    return into, gone


def _joined(into: Client, gone: Client) -> Client:
    """Waits since whoever waited longer; closed, or no client, only if both are."""
    both_over = into.not_client_at is not None and gone.not_client_at is not None
    return replace(
        into,
        waiting_since=_earlier(into.waiting_since, gone.waiting_since),
        last_message_at=_later(into.last_message_at, gone.last_message_at),
        closed_at=_later(into.closed_at, gone.closed_at) if into.closed_at and gone.closed_at else None,
        not_client_at=into.not_client_at if both_over or into.owner_id is not None else None,
        username=into.username or gone.username,
    )


def _earlier(one: Moment | None, other: Moment | None) -> Moment | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _later(one: Moment | None, other: Moment | None) -> Moment | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _refresh(work: Work, client_id: ClientId) -> None:
    refresh_headers(work, client_id)
    offer = work.offers.open_of([client_id]).get(client_id)
    if offer is not None:
        refresh_cards(work, offer)


def part_clients(work: Work, merge_id: MergeId, by_id: StaffId | None) -> tuple[Client, Client]:
    """Undo a merge: exactly the rows it moved go back; what came since stays. Never again are the two merged unasked.

    Returns both clients. Raises ``NotFound``, ``Invalid`` when it is undone already or others were merged since.
    """
    merge, into, gone = _undoable(work, merge_id)
    back = _standing_again(work, merge, into)
    work.merges.undo(merge, back, by_id)
    into = _without(merge, into)
    work.clients.save(into)
    gone = _with(gone, back)
    work.merges.decide(into.id, gone.id, ProposalState.DISTINCT, by_id)
    work.audit.add("merge_undone", f"client:{into.id}", f"client {gone.id} is somebody else", staff_id=by_id)
    reopen_offer(work, merge.before.offer, gone)
    restore_leads(work, merge.before, gone)
    part_views(work, merge, into, gone)
    _refresh(work, into.id)
    _refresh(work, gone.id)
    return into, gone


def _undoable(work: Work, merge_id: MergeId) -> tuple[Merge, Client, Client]:
    merge = work.merges.get(merge_id)
    if merge is None:
        raise NotFound("merge")
    found = work.clients.get_many([merge.into_id, merge.gone_id])
    merge = work.merges.get(merge_id) or merge  # as it is once nobody else can undo it
    if merge.undone_at is not None:
        raise Invalid("undone_already")
    newest = work.merges.standing_on(merge.into_id)
    if newest is not None and newest.id != merge.id:
        raise Invalid("merged_on_top")
    return merge, found[merge.into_id], found[merge.gone_id]


def _standing_again(work: Work, merge: Merge, into: Client) -> Standing:
    """Of the client who comes back. Whoever accepted both when nobody owned either keeps both."""
    before, now = merge.before, standing_of(into)
    owner_id = before.gone.owner_id if before.gone.owner_id is not None else None
    if owner_id is None and before.into.owner_id is None:
        owner_id = into.owner_id
    owner = work.staff.get(owner_id) if owner_id is not None else None
    answered = now.waiting_since is None
    return replace(
        before.gone,
        owner_id=owner.id if owner is not None and owner.removed_at is None else None,
        waiting_since=None if answered else before.gone.waiting_since,
    )


def _without(merge: Merge, into: Client) -> Client:
    """Whatever has not changed since the merge is as it was before."""
    before, after, now = merge.before.into, merge.before.after, standing_of(into)
    return replace(
        into,
        waiting_since=before.waiting_since if now.waiting_since == after.waiting_since else now.waiting_since,
        last_message_at=before.last_message_at if now.last_message_at == after.last_message_at else now.last_message_at,
        closed_at=before.closed_at if now.closed_at == after.closed_at else now.closed_at,
        not_client_at=before.not_client_at if now.not_client_at == after.not_client_at else now.not_client_at,
        username=before.username if now.username == after.username else now.username,
    )


def _with(gone: Client, back: Standing) -> Client:
    return replace(
        gone,
        merged_into=None,
        owner_id=back.owner_id,
        waiting_since=back.waiting_since,
        last_message_at=back.last_message_at,
        closed_at=back.closed_at,
        not_client_at=back.not_client_at,
    )
