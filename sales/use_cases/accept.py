"""Accept: whoever is first owns the client. And what else can be done to an offer."""

from dataclasses import dataclass, replace

from sales import outbox
from sales.clients import Client
from sales.errors import Forbidden, NotFound, OfferGone, OfferTaken
from sales.ids import ClientId, OfferId, PostId
from sales.leads import LeadState
from sales.offers import CardState, Offer, OfferState
from sales.outbox import RowKind
from sales.ports import Work
from sales.rights import may_accept
from sales.staff import Role, Staff
from sales.use_cases.offering import distribute, withdraw_offer
from sales.use_cases.owning import Why, take
from sales.use_cases.team_lookup import client_or_fail, managers_or_admins, name_of, role_of


@dataclass(frozen=True, slots=True)
class Accepted:
    """``again``: it was theirs already (a second tap)."""

    client: Client
    again: bool = False


def accept_offer(work: Work, staff: Staff, offer_id: OfferId) -> Accepted:
    """One atomic step. Raises ``OfferTaken``, ``OfferGone``, ``Forbidden``, ``NotFound``."""
    offer, client = _offer_and_client(work, offer_id)
    if client.owner_id == staff.id:
        return Accepted(client, again=True)
    _check_open(work, offer)
    if not may_accept(staff, work.staff.channel_role(staff.id, offer.channel_id), offer):
        raise Forbidden("eligible")
    if not take(work, client, staff.id, Why("accepted", staff.id), offer, sound=False):
        raise OfferTaken(name_of(work, client_or_fail(work, client.id).owner_id))
    return Accepted(replace(client, owner_id=staff.id))


def card_tapped(work: Work, staff: Staff, offer_id: OfferId, post_id: PostId | None) -> None:
    """A card that was posted just before a crash is not known to stand there: the tap on it tells.

    Where another is known by now, this one is a double of it, and goes.
    """
    card = work.offers.card(offer_id, staff.id)
    if card is None or post_id is None or card.post_id == post_id:
        return
    if card.post_id is None:
        work.offers.save_card(replace(card, post_id=post_id))
    else:
        work.outbox.put([outbox.erase(staff.id, post_id)])


def _offer(work: Work, offer_id: OfferId) -> Offer:
    offer = work.offers.get(offer_id)
    if offer is None:
        raise NotFound("offer")
    return offer


def _offer_and_client(work: Work, offer_id: OfferId) -> tuple[Offer, Client]:
    """The offer as it is once nobody else can change the client's owner."""
    client = client_or_fail(work, _offer(work, offer_id).client_id)
    return _offer(work, offer_id), client


def _check_open(work: Work, offer: Offer) -> None:
    if offer.state in (OfferState.TAKEN, OfferState.ASSIGNED):
        raise OfferTaken(name_of(work, offer.taken_by))
    if offer.state is not OfferState.OPEN:
        raise OfferGone


def not_a_client(work: Work, staff: Staff, offer_id: OfferId) -> bool:
    """A rep's tap hides their card and asks the managers; a manager's settles it. True when it is settled."""
    offer, _ = _offer_and_client(work, offer_id)
    _check_open(work, offer)
    role = role_of(work, staff, offer.channel_id)
    if role is Role.MANAGER or offer.only_for == staff.id:
        _settle_as_no_client(work, staff, offer)
        return True
    if not may_accept(staff, work.staff.channel_role(staff.id, offer.channel_id), offer):
        raise Forbidden("eligible")
    _hide_and_ask(work, staff, offer)
    return False


def _hide_and_ask(work: Work, staff: Staff, offer: Offer) -> None:
    card = work.offers.card(offer.id, staff.id)
    if card is None or card.state is CardState.HIDDEN:
        return
    work.offers.save_card(replace(card, state=CardState.HIDDEN))
    asked = [person for person in managers_or_admins(work, offer.channel_id) if person.id != staff.id]
    questions = [
        outbox.notice(person.id, "not_client_question", offer_id=offer.id, by=staff.id, sound=True) for person in asked
    ]
    work.outbox.put([outbox.card(offer.id, staff.id), *questions])


def _settle_as_no_client(work: Work, staff: Staff, offer: Offer) -> None:
    client = client_or_fail(work, offer.client_id)
    work.clients.save(replace(client, not_client_at=work.now, waiting_since=None))
    withdraw_offer(work, offer)
    work.audit.add("not_a_client", f"client:{client.id}", staff_id=staff.id)
    if client.test_for is None:
        work.outbox.put([outbox.notice(staff.id, "not_client_settled", about_client=client.id, sound=False)])
    lead = work.leads.newest_open(client.id)
    if lead is not None:
        work.leads.save(replace(lead, state=LeadState.DECLINED))
        work.outbox.put([outbox.to_crm(RowKind.CRM_DECLINE, lead.crm_id, lead.id)])


def is_a_client(work: Work, staff: Staff, offer_id: OfferId) -> None:
    """A manager says so: hidden cards come back; a settled "not a client" is undone and offered again."""
    offer, client = _offer_and_client(work, offer_id)
    if role_of(work, staff, offer.channel_id) is not Role.MANAGER:
        raise Forbidden("manager")
    if client.not_client_at is not None:
        _offer_again(work, staff, offer, client)
        return
    _check_open(work, offer)
    for card in work.offers.cards(offer.id):
        if card.state is CardState.HIDDEN:
            work.offers.save_card(replace(card, state=CardState.SHOWN))
            work.outbox.put([outbox.card(offer.id, card.staff_id)])


def _offer_again(work: Work, staff: Staff, offer: Offer, client: Client) -> None:
    client = replace(client, not_client_at=None, waiting_since=work.now)
    work.clients.save(client)
    work.audit.add("is_a_client", f"client:{client.id}", staff_id=staff.id)
    channel = work.channels.get(offer.channel_id)
    if channel is None:
        raise NotFound("channel")
    new = work.offers.add(client.id, offer.channel_id, offer.conversation_id, OfferState.OPEN)
    distribute(work, client, new, channel)


def undo_not_a_client(work: Work, staff: Staff, client_id: ClientId) -> Client:
    """ "Not a client" was wrong: they are offered again. Raises ``NotFound``, ``Forbidden``."""
    offer = work.offers.newest_of(client_id)
    if offer is None:
        raise NotFound("offer")
    is_a_client(work, staff, offer.id)
    return client_or_fail(work, client_id)
