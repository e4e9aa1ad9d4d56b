"""What a notice may speak of: whatever its row names, loaded at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sales.channels import Channel
from sales.clients import Client
from sales.ids import ChannelId, ClientId, MessageId, Moment, OfferId, PostId, StaffId
from sales.messages import Message
from sales.offers import OPEN_STATES, Offer
from sales.outbox import Payload
from sales.ports import Work
from sales.ports.people import Dialog
from sales.topics import CopyKind
from sales.views.merging import Pair, pair_view
from sales.views.names import safe_name
from sales.views.places import Place, place_about

PEOPLE = ("about", "by", "to")
"""Keys of a payload that hold staff ids."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """``people`` are names by the key that named them. ``own_post`` is where this person wrote ``message`` themselves.

    ``offered_name`` is all that may be said of a client who is still offered. ``form`` is what this person fills in,
    for a line that is a step of it.
    """

    place: Place
    params: Payload
    client: Client | None
    owner: str | None
    message: Message | None
    own_post: PostId | None
    channel: Channel | None
    offer: Offer | None
    offered_name: str | None
    card_post: PostId | None
    people: Mapping[str, str]
    now: Moment
    pair: Pair | None = None
    form: Dialog | None = None


def notice_view(work: Work, staff_id: StaffId, params: Payload) -> NoticeView | None:
    """``None`` for a staff member who never was, or was removed."""
    client_id = _id(params, "client_id")
    place = place_about(work, staff_id, ClientId(client_id) if client_id is not None else None)
    if place is None or place.staff.removed_at is not None:
        return None
    message = _message(work, params)
    offer = _offer(work, params)
    client = _client(work, client_id or _id(params, "about_client"), message, offer)
    card = work.offers.card(offer.id, staff_id) if offer is not None else None
    return NoticeView(
        place,
        params,
        client,
        _owner(work, client),
        message,
        _own_post(work, message, staff_id),
        _channel(work, params, offer),
        offer,
        safe_name(client) if client is not None else None,
        card.post_id if card is not None else None,
        _people(work, params),
        work.now,
        pair_view(work, place.staff, params),
        work.dialogs.get(staff_id) if params.get("form") is not None else None,
    )


def still_open(offer: Offer | None) -> bool:
    return offer is not None and offer.state in OPEN_STATES


def _id(params: Payload, key: str) -> int | None:
    value = params.get(key)
    return int(value) if value is not None else None


def _message(work: Work, params: Payload) -> Message | None:
    message_id = _id(params, "message_id")
    return work.messages.get(MessageId(message_id)) if message_id is not None else None


def _offer(work: Work, params: Payload) -> Offer | None:
    offer_id = _id(params, "offer_id")
    return work.offers.get(OfferId(offer_id)) if offer_id is not None else None


def _client(work: Work, client_id: int | None, message: Message | None, offer: Offer | None) -> Client | None:
    found = client_id or (message.client_id if message else None) or (offer.client_id if offer else None)
    return work.clients.get(ClientId(found)) if found is not None else None


def _owner(work: Work, client: Client | None) -> str | None:
    owner = work.staff.get(client.owner_id) if client is not None and client.owner_id is not None else None
    return owner.name if owner is not None else None


def _own_post(work: Work, message: Message | None, staff_id: StaffId) -> PostId | None:
    if message is None:
        return None
    copies = work.copies.of_message(message.id, staff_id)
    own = [copy.post_id for copy in copies if copy.kind is CopyKind.OWN]
    return own[0] if own else next((copy.post_id for copy in copies), None)


def _channel(work: Work, params: Payload, offer: Offer | None) -> Channel | None:
    channel_id = _id(params, "channel_id") or (offer.channel_id if offer is not None else None)
    return work.channels.get(ChannelId(channel_id)) if channel_id is not None else None


def _people(work: Work, params: Payload) -> Mapping[str, str]:
    names = {}
    for key in PEOPLE:
        staff_id = _id(params, key)
        staff = work.staff.get(StaffId(staff_id)) if staff_id is not None else None
        if staff is not None:
            names[key] = staff.name
    return names
