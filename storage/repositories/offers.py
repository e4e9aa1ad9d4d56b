"""The book of offers and their cards."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ChannelId, ClientId, ConversationId, Moment, OfferId, PostId, StaffId
from sales.offers import CardState, Offer, OfferCard, OfferState, Step
from storage.repositories.base import Book
from storage.schema import offer_cards, offers
from storage.statements import Statement, Tuple, columns, each, fact, inserting
from storage.tables.offers import OPEN_OFFER

_NAMES = (
    "client_id",
    "channel_id",
    "conversation_id",
    "state",
    "created_at",
    "opened_at",
    "closed_at",
    "taken_by",
    "widened",
    "next_step",
    "next_step_at",
    "only_for",
)
_OFFER = [offers.c.id, *columns(offers, _NAMES)]
_OPEN = fact(OPEN_OFFER)
_THIS = offers.c.id == bindparam("id_")
_GET = Statement(select(*_OFFER).where(_THIS))
_OPEN_OF = Statement(select(*_OFFER).where(_OPEN, offers.c.client_id.in_(each("clients"))))
_ADD = Statement(inserting(offers, *_NAMES).returning(offers.c.id))
_SAVE = Statement(update(offers).where(_THIS).values({name: bindparam(f"to_{name}") for name in _NAMES}))
_DUE = Statement(
    select(*_OFFER)
    .where(_OPEN, fact("next_step_at IS NOT NULL"), offers.c.next_step_at <= bindparam("moment"))
    .order_by(offers.c.next_step_at)
    .limit(bindparam("most"))
)
_LIST_OPEN = Statement(select(*_OFFER).where(_OPEN, offers.c.state == literal_column("'open'")).order_by(offers.c.id))
_NEWEST_OF = Statement(
    select(*_OFFER).where(offers.c.client_id == bindparam("client")).order_by(offers.c.id.desc()).limit(1)
)
_OPEN_COUNT = Statement(select(func.count()).select_from(offers).where(_OPEN))

_CARD_NAMES = ("offer_id", "staff_id", "state", "post_id")
_CARD = columns(offer_cards, _CARD_NAMES)
_CARDS = Statement(select(*_CARD).where(offer_cards.c.offer_id == bindparam("offer")).order_by(offer_cards.c.staff_id))
_CARD_OF = Statement(
    select(*_CARD).where(offer_cards.c.offer_id == bindparam("offer"), offer_cards.c.staff_id == bindparam("staff"))
)
_CARD_AT = Statement(
    select(*_CARD).where(offer_cards.c.staff_id == bindparam("staff"), offer_cards.c.post_id == bindparam("post"))
)
_OPEN_CARDS_OF = Statement(
    select(*_CARD)
    .join(offers, offers.c.id == offer_cards.c.offer_id)
    .where(
        offers.c.state.in_([literal_column("'looking_up'"), literal_column("'open'")]),
        offer_cards.c.staff_id == bindparam("staff"),
    )
    .order_by(offer_cards.c.offer_id)
)
_INSERT_CARD = upsert(offer_cards).values({name: bindparam(name) for name in _CARD_NAMES})
_SAVE_CARD = Statement(
    _INSERT_CARD.on_conflict_do_update(
        index_elements=["offer_id", "staff_id"],
        set_={name: _INSERT_CARD.excluded[name] for name in _CARD_NAMES[2:]},
    )
)


class OffersRepository(Book):
    def get(self, offer_id: OfferId) -> Offer | None:
        return _maybe(self.link.one(_GET, {"id_": offer_id}))

    def open_of(self, client_ids: Sequence[ClientId]) -> dict[ClientId, Offer]:
        rows = self.link.rows(_OPEN_OF, {"clients": list(client_ids)}) if client_ids else ()
        return {offer.client_id: offer for offer in map(_offer, rows)}

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
        offer = Offer(
            OfferId(0),
            client_id,
            channel_id,
            conversation_id,
            state,
            self.now,
            next_step_at=next_step_at,
            only_for=only_for,
        )
        values = tuple(getattr(offer, name) for name in _NAMES)
        return _offer((self.link.value(_ADD, dict(zip(_NAMES, values, strict=True))), *values))

    def save(self, offer: Offer) -> None:
        self.link.run(_SAVE, {"id_": offer.id, **{f"to_{name}": getattr(offer, name) for name in _NAMES}})

    def due(self, now: Moment, limit: int) -> Sequence[Offer]:
        return [_offer(row) for row in self.link.rows(_DUE, {"moment": now, "most": limit})]

    def list_open(self) -> Sequence[Offer]:
        return [_offer(row) for row in self.link.rows(_LIST_OPEN)]

    def newest_of(self, client_id: ClientId) -> Offer | None:
        return _maybe(self.link.one(_NEWEST_OF, {"client": client_id}))

    def open_count(self) -> int:
        return int(self.link.value(_OPEN_COUNT))

    def cards(self, offer_id: OfferId) -> Sequence[OfferCard]:
        return [_card(row) for row in self.link.rows(_CARDS, {"offer": offer_id})]

    def card(self, offer_id: OfferId, staff_id: StaffId) -> OfferCard | None:
        row = self.link.one(_CARD_OF, {"offer": offer_id, "staff": staff_id})
        return None if row is None else _card(row)

    def save_card(self, card: OfferCard) -> None:
        self.link.run(_SAVE_CARD, {name: getattr(card, name) for name in _CARD_NAMES})

    def card_at(self, staff_id: StaffId, post_id: PostId) -> OfferCard | None:
        row = self.link.one(_CARD_AT, {"staff": staff_id, "post": post_id})
        return None if row is None else _card(row)

    def open_cards_of(self, staff_id: StaffId) -> Sequence[OfferCard]:
        return [_card(row) for row in self.link.rows(_OPEN_CARDS_OF, {"staff": staff_id})]


def _maybe(row: Tuple | None) -> Offer | None:
    return None if row is None else _offer(row)


def _offer(row: Tuple) -> Offer:
    id_, client_id, channel_id, conversation_id, state = row[:5]
    created_at, opened_at, closed_at, taken_by, widened, next_step, next_step_at, only_for = row[5:]
    return Offer(
        OfferId(id_),
        ClientId(client_id),
        ChannelId(channel_id),
        ConversationId(conversation_id),
        OfferState(state),
        created_at,
        opened_at,
        closed_at,
        taken_by,
        bool(widened),
        None if next_step is None else Step(next_step),
        next_step_at,
        only_for,
    )


def _card(row: Tuple) -> OfferCard:
    offer_id, staff_id, state, post_id = row
    return OfferCard(OfferId(offer_id), StaffId(staff_id), CardState(state), post_id)
