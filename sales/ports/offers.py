"""The book of offers and their cards."""

from collections.abc import Sequence
from typing import Protocol

from sales.ids import ChannelId, ClientId, ConversationId, Moment, OfferId, PostId, StaffId
from sales.offers import Offer, OfferCard, OfferState


class Offers(Protocol):
    def get(self, offer_id: OfferId) -> Offer | None: ...
    def open_of(self, client_ids: Sequence[ClientId]) -> dict[ClientId, Offer]:
        """The one open (or still looking up) offer of each: a unique index sees to it."""

    def add(
        self,
        client_id: ClientId,
        channel_id: ChannelId,
        conversation_id: ConversationId,
        state: OfferState,
        *,
        next_step_at: Moment | None = None,
        only_for: StaffId | None = None,
    ) -> Offer:
        """With ``looking_up``, ``next_step_at`` is the lookup's deadline."""

    def save(self, offer: Offer) -> None: ...
    def due(self, now: Moment, limit: int) -> Sequence[Offer]:
        """Open ones whose next step (or lookup deadline) has come."""

    def list_open(self) -> Sequence[Offer]:
        """All that are open now, the oldest first."""

    def newest_of(self, client_id: ClientId) -> Offer | None: ...
    def open_count(self) -> int: ...
    def cards(self, offer_id: OfferId) -> Sequence[OfferCard]: ...
    def card(self, offer_id: OfferId, staff_id: StaffId) -> OfferCard | None: ...
    def save_card(self, card: OfferCard) -> None:
        """Insert or replace."""

    def card_at(self, staff_id: StaffId, post_id: PostId) -> OfferCard | None: ...
    def open_cards_of(self, staff_id: StaffId) -> Sequence[OfferCard]:
        """Cards of open offers that stand in this person's chat."""
