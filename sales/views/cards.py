"""An offer as one staff member may see it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sales.channels import Channel
from sales.clients import Client
from sales.ids import ClientId, Moment, OfferId, PostId, StaffId, later
from sales.messages import Direction, Message
from sales.offers import OPEN_STATES, CardState, Offer, OfferCard, OfferState
from sales.ports import Work
from sales.rights import may_see_offer
from sales.views.names import safe_name
from sales.views.places import Place, place_of

WORDS = 30
"""How many messages a card can show at most; longer ones push out older ones."""

BEFORE_SECONDS = 86_400
"""What was said longer before the offer belongs to an older conversation, and is not for everyone's eyes."""


class CardFace(StrEnum):
    """``gone``: the offer is open, but no longer before this person."""

    OPEN = "open"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    WITHDRAWN = "withdrawn"
    NO_CLIENT = "no_client"
    PUT_ASIDE = "put_aside"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class CardView:
    """``name`` is ``None`` when nothing but a phone is known. ``words``: the newest last; none unless open."""

    place: Place
    offer_id: OfferId
    face: CardFace
    post_id: PostId | None
    name: str | None
    test: bool
    channel: Channel
    waiting_since: Moment
    now: Moment
    words: Sequence[Message] = ()
    authors: Mapping[StaffId, str] = field(default_factory=dict)
    earlier: int = 0
    taken_by: str | None = None
    taken_by_reader: bool = False
    seconds: int = 0
    client_id: ClientId | None = None


def card_view(work: Work, offer_id: OfferId, staff_id: StaffId) -> CardView | None:
    """Rights are asked again here: whoever may no longer see the offer gets one line without content.

    ``None`` when there is nothing to show: no such card, client or channel.
    """
    offer = work.offers.get(offer_id)
    card = work.offers.card(offer_id, staff_id)
    place = place_of(work, staff_id, None)
    if offer is None or card is None or place is None:
        return None
    client = work.clients.get(offer.client_id)
    channel = work.channels.get(offer.channel_id)
    if client is None or channel is None:
        return None
    return _view(work, offer, card, place, client, channel)


def _view(work: Work, offer: Offer, card: OfferCard, place: Place, client: Client, channel: Channel) -> CardView:
    face = _face(work, offer, card, place, client)
    words = _words(work, offer) if face is CardFace.OPEN else ()
    taker = work.staff.get(offer.taken_by) if offer.taken_by is not None else None
    return CardView(
        place,
        offer.id,
        face,
        card.post_id,
        safe_name(client),
        client.test_for is not None,
        channel,
        client.waiting_since or offer.created_at,
        work.now,
        words,
        _authors(work, words),
        max(0, work.messages.count(client.id) - WORDS) if len(words) == WORDS else 0,
        taker.name if taker is not None else None,
        offer.taken_by == place.staff.id,
        max(0, (offer.closed_at or work.now) - offer.created_at) // 1000,
        client.id,
    )


def _face(work: Work, offer: Offer, card: OfferCard, place: Place, client: Client) -> CardFace:
    if offer.state in OPEN_STATES:
        if card.state is CardState.HIDDEN:
            return CardFace.PUT_ASIDE
        override = work.staff.channel_role(place.staff.id, offer.channel_id)
        return CardFace.OPEN if may_see_offer(place.staff, override, offer) else CardFace.GONE
    if offer.state is OfferState.TAKEN:
        return CardFace.TAKEN
    if offer.state is OfferState.ASSIGNED:
        return CardFace.ASSIGNED
    return CardFace.NO_CLIENT if client.not_client_at is not None else CardFace.WITHDRAWN


def _words(work: Work, offer: Offer) -> Sequence[Message]:
    """Notes are the team's own: they stay with whoever gets the client."""
    start = later(offer.created_at, -BEFORE_SECONDS)
    recent = work.messages.of_client(offer.client_id, WORDS)
    return [one for one in recent if one.created_at >= start and one.direction is not Direction.NOTE]


def _authors(work: Work, words: Sequence[Message]) -> Mapping[StaffId, str]:
    """Managers may write to a client whom nobody owns yet."""
    ids = {message.author_id for message in words if message.author_id is not None}
    found = {staff_id: work.staff.get(staff_id) for staff_id in ids}
    return {staff_id: staff.name for staff_id, staff in found.items() if staff is not None}
