"""The book of merges: what was moved from one client to another, so that it can be moved back."""

from collections.abc import Sequence
from typing import Protocol

from sales.ids import ClientId, ConversationId, MergeId, MessageId, ProposalId, StaffId
from sales.merging import Before, Merge, Proposal, ProposalState, Standing
from sales.topics import MessageCopy


class Merges(Protocol):
    """Clients are locked before (``Clients.get_many``); what is moved is taken down row by row."""

    def add(
        self, into_id: ClientId, gone_id: ClientId, by_id: StaffId | None, before: Before, copies_of: Sequence[StaffId]
    ) -> Merge:
        """Move everything of ``gone_id`` to ``into_id``, and mark it as merged: it has no owner, and is in no list.

        Posts stay where they stand, but in the chats of ``copies_of``.
        """

    def undo(self, merge: Merge, gone: Standing, by_id: StaffId | None) -> None:
        """Exactly the rows that were moved go back, and the client is there again."""

    def get(self, merge_id: MergeId) -> Merge | None: ...
    def standing_on(self, client_id: ClientId) -> Merge | None:
        """The newest merge into or away from this client that is not undone."""

    def conversations(self, merge_id: MergeId) -> Sequence[ConversationId]:
        """Those that were moved."""

    def shown_of(self, merge_id: MergeId, limit: int) -> Sequence[MessageCopy]:
        """Posts that show moved messages among those of the joined client: the newest ones."""

    def moved_among(self, merge_id: MergeId, message_ids: Sequence[MessageId]) -> Sequence[MessageId]:
        """Which of these messages were moved."""

    def propose(self, one_id: ClientId, other_id: ClientId, why: str) -> Proposal | None:
        """``None`` if it was asked before, whatever came of it."""

    def proposal(self, proposal_id: ProposalId) -> Proposal | None: ...
    def between(self, one_id: ClientId, other_id: ClientId) -> Proposal | None: ...
    def distinct_from(self, client_id: ClientId) -> Sequence[ClientId]:
        """Clients whom somebody said they are not."""

    def decide(self, one_id: ClientId, other_id: ClientId, state: ProposalState, by_id: StaffId | None) -> None:
        """Whether they are one or two; it need not have been asked."""
