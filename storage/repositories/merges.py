"""The book of merges."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import BigInteger, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ClientId, ConversationId, LeadId, MergeId, MessageId, OfferId, ProposalId, StaffId
from sales.leads import LeadState
from sales.merging import Before, ChangedLead, ClosedOffer, Merge, Proposal, ProposalState, Standing
from sales.offers import OfferState, Step
from sales.topics import MessageCopy
from storage.repositories import merge_rows
from storage.repositories.base import Book
from storage.repositories.views import COPY, copy_of
from storage.schema import clients, merge_proposals, merged_rows, merges, message_copies
from storage.statements import Statement, Tuple, columns, each, fact, inserting
from storage.texts import dump, load

_MERGE = columns(merges, ("id", "into_id", "gone_id", "by_id", "at", "before", "undone_at"))
_ADD = Statement(inserting(merges, "into_id", "gone_id", "by_id", "at", "before").returning(merges.c.id))
_GET = Statement(select(*_MERGE).where(merges.c.id == bindparam("id_")))
_CLIENT = bindparam("client", type_=BigInteger)
_STANDING_ON = Statement(
    select(*_MERGE)
    .where(merges.c.undone_at.is_(None), or_(merges.c.into_id == _CLIENT, merges.c.gone_id == _CLIENT))
    .order_by(merges.c.id.desc())
    .limit(1)
)
_UNDO = Statement(
    update(merges)
    .where(merges.c.id == bindparam("id_"))
    .values(undone_at=bindparam("moment"), undone_by=bindparam("staff"))
)
_BURY = Statement(
    update(clients)
    .where(clients.c.id == bindparam("gone"))
    .values(merged_into=bindparam("into"), owner_id=None, waiting_since=None)
)
_STANDING = ("owner_id", "waiting_since", "last_message_at", "closed_at", "not_client_at")
_REVIVE = Statement(
    update(clients)
    .where(clients.c.id == bindparam("gone"))
    .values({"merged_into": None} | {name: bindparam(f"to_{name}") for name in _STANDING})
)
_SHOWN = Statement(
    select(*COPY)
    .where(
        fact("message_id IS NOT NULL"),
        message_copies.c.message_id.in_(merge_rows.MOVED_MESSAGES),
        message_copies.c.client_id == bindparam("into", type_=BigInteger),
    )
    .order_by(message_copies.c.post_id.desc())
    .limit(bindparam("most"))
)
_GIVEN_BACK = Statement(
    select(merged_rows.c.row_id).where(
        merged_rows.c.merge_id == bindparam("merge"),
        merged_rows.c.table_name == "messages",
        merged_rows.c.row_id.in_(each("ids")),
    )
)

_PROPOSAL = columns(merge_proposals, ("id", "one_id", "other_id", "state", "why", "created_at"))
_PAIR = (merge_proposals.c.one_id == bindparam("one"), merge_proposals.c.other_id == bindparam("other"))
_BETWEEN = Statement(select(*_PROPOSAL).where(*_PAIR))
_PROPOSAL_GET = Statement(select(*_PROPOSAL).where(merge_proposals.c.id == bindparam("id_")))
_NAMES = ("one_id", "other_id", "state", "why", "created_at", "decided_at", "decided_by")
_NEW_PROPOSAL = upsert(merge_proposals).values({name: bindparam(name) for name in _NAMES})
_PROPOSE = Statement(
    _NEW_PROPOSAL.on_conflict_do_nothing(index_elements=["one_id", "other_id"]).returning(merge_proposals.c.id)
)
_DECIDE = Statement(
    _NEW_PROPOSAL.on_conflict_do_update(
        index_elements=["one_id", "other_id"],
        set_={name: _NEW_PROPOSAL.excluded[name] for name in ("state", "decided_at", "decided_by")},
    )
)
_DISTINCT = Statement(
    select(merge_proposals.c.one_id, merge_proposals.c.other_id).where(
        or_(merge_proposals.c.one_id == _CLIENT, merge_proposals.c.other_id == _CLIENT),
        merge_proposals.c.state == ProposalState.DISTINCT,
    )
)


class MergesRepository(Book):
    def add(
        self, into_id: ClientId, gone_id: ClientId, by_id: StaffId | None, before: Before, copies_of: Sequence[StaffId]
    ) -> Merge:
        values = {"into_id": into_id, "gone_id": gone_id, "by_id": by_id, "at": self.now, "before": _to_text(before)}
        merge_id = MergeId(self.link.value(_ADD, values))
        way = {"merge": merge_id, "into": into_id, "gone": gone_id}
        for log, move in merge_rows.MOVES:
            self.link.run(log, way)
            self.link.run(move, way)
        if copies_of:
            self.link.run(merge_rows.LOG_POSTS, way | {"chats": list(copies_of)})
            self.link.run(merge_rows.MOVE_POSTS, way | {"chats": list(copies_of)})
        self.link.run(_BURY, {"gone": gone_id, "into": into_id})
        self._follow(into_id, gone_id)
        return Merge(merge_id, into_id, gone_id, by_id, self.now, before)

    def undo(self, merge: Merge, gone: Standing, by_id: StaffId | None) -> None:
        values = {f"to_{name}": getattr(gone, name) for name in _STANDING}
        self.link.run(_REVIVE, {"gone": merge.gone_id, **values})
        way = {"merge": merge.id, "into": merge.into_id, "gone": merge.gone_id}
        for move_back in (*merge_rows.MOVES_BACK, merge_rows.MOVE_POSTS_BACK):
            self.link.run(move_back, way)
        self._follow(merge.into_id, merge.gone_id)
        self.link.run(_UNDO, {"id_": merge.id, "moment": self.now, "staff": by_id})

    def _follow(self, *client_ids: ClientId) -> None:
        self.link.run(merge_rows.FOLLOW, {"ids": list(client_ids)})

    def get(self, merge_id: MergeId) -> Merge | None:
        return _maybe(self.link.one(_GET, {"id_": merge_id}))

    def standing_on(self, client_id: ClientId) -> Merge | None:
        return _maybe(self.link.one(_STANDING_ON, {"client": client_id}))

    def conversations(self, merge_id: MergeId) -> Sequence[ConversationId]:
        rows = self.link.rows(merge_rows.MOVED_CONVERSATIONS, {"merge": merge_id})
        return [ConversationId(row[0]) for row in rows]

    def shown_of(self, merge_id: MergeId, limit: int) -> Sequence[MessageCopy]:
        merge = self.get(merge_id)
        if merge is None:
            return ()
        rows = self.link.rows(_SHOWN, {"merge": merge_id, "into": merge.into_id, "most": limit})
        return [copy_of(row) for row in rows]

    def moved_among(self, merge_id: MergeId, message_ids: Sequence[MessageId]) -> Sequence[MessageId]:
        rows = self.link.rows(_GIVEN_BACK, {"merge": merge_id, "ids": list(message_ids)}) if message_ids else ()
        return [MessageId(row[0]) for row in rows]

    def propose(self, one_id: ClientId, other_id: ClientId, why: str) -> Proposal | None:
        one, other = sorted((one_id, other_id))
        id_ = self.link.value(_PROPOSE, self._proposal(one, other, ProposalState.OPEN, why, None))
        return None if id_ is None else Proposal(ProposalId(id_), one, other, ProposalState.OPEN, why, self.now)

    def proposal(self, proposal_id: ProposalId) -> Proposal | None:
        return _maybe_proposal(self.link.one(_PROPOSAL_GET, {"id_": proposal_id}))

    def between(self, one_id: ClientId, other_id: ClientId) -> Proposal | None:
        one, other = sorted((one_id, other_id))
        return _maybe_proposal(self.link.one(_BETWEEN, {"one": one, "other": other}))

    def distinct_from(self, client_id: ClientId) -> Sequence[ClientId]:
        rows = self.link.rows(_DISTINCT, {"client": client_id})
        return [ClientId(other if one == client_id else one) for one, other in rows]

    def decide(self, one_id: ClientId, other_id: ClientId, state: ProposalState, by_id: StaffId | None) -> None:
        one, other = sorted((one_id, other_id))
        self.link.run(_DECIDE, self._proposal(one, other, state, "decided", by_id))

    def _proposal(
        self, one: ClientId, other: ClientId, state: ProposalState, why: str, by_id: StaffId | None
    ) -> Mapping[str, Any]:
        decided = None if state is ProposalState.OPEN else self.now
        values = {"one_id": one, "other_id": other, "state": state, "why": why, "created_at": self.now}
        return values | {"decided_at": decided, "decided_by": by_id}


def _maybe(row: Tuple | None) -> Merge | None:
    if row is None:
        return None
    id_, into_id, gone_id, by_id, at, before, undone_at = row
    return Merge(MergeId(id_), ClientId(into_id), ClientId(gone_id), by_id, at, _from_text(before), undone_at)


def _maybe_proposal(row: Tuple | None) -> Proposal | None:
    if row is None:
        return None
    id_, one_id, other_id, state, why, created_at = row
    return Proposal(ProposalId(id_), ClientId(one_id), ClientId(other_id), ProposalState(state), why, created_at)


def _to_text(before: Before) -> str:
    return dump(asdict(before))


def _from_text(text: str) -> Before:
    kept = load(text)
    offer = kept["offer"]
    return Before(
        Standing(**kept["into"]),
        Standing(**kept["gone"]),
        Standing(**kept["after"]),
        None if offer is None else _offer(offer),
        tuple(_lead(lead) for lead in kept["leads"]),
        tuple(StaffId(staff_id) for staff_id in kept["viewers"]),
        tuple(StaffId(staff_id) for staff_id in kept["brought"]),
    )


def _offer(kept: Mapping[str, Any]) -> ClosedOffer:
    step = kept["next_step"]
    return ClosedOffer(
        OfferId(kept["id"]), OfferState(kept["state"]), None if step is None else Step(step), kept["next_step_at"]
    )


def _lead(kept: Mapping[str, Any]) -> ChangedLead:
    return ChangedLead(LeadId(kept["id"]), LeadState(kept["state"]), kept["responsible_id"])
