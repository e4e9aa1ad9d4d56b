"""Putting a new client on the table: whose is it, who is asked, who is next."""

from collections.abc import Mapping
from dataclasses import replace

from sales import outbox
from sales.channels import Channel, Distribution
from sales.clients import Client, Conversation
from sales.ids import ClientId, Moment, OfferId, StaffId, later
from sales.offers import CardState, Offer, OfferCard, OfferState, Step
from sales.outbox import RowKind
from sales.ports import Work
from sales.rights import WRITERS, may_see_offer
from sales.staff import Staff
from sales.use_cases.leading import lead_for
from sales.use_cases.owning import Why, close_offer, take
from sales.use_cases.team_lookup import client_or_fail, eligible_staff, managers, managers_or_admins, role_of

LOOKUP_SECONDS = 5
"""How long an outside CRM may take to say whose client this is, before the team is asked."""


def offer_client(work: Work, client: Client, conversation: Conversation, channel: Channel, *, known: bool) -> None:
    """A client nobody owns wrote. ``known`` is false for one made a moment ago, whom no CRM inside us can know."""
    crm = work.crms.get(channel.crm_id)
    outside = crm is not None and not crm.inside and client.test_for is None
    if outside:
        _ask_crm(work, client, conversation, channel)
        return
    offer = _new_offer(work, client, conversation, OfferState.OPEN, None)
    responsible = work.deals.newest_open(client.id) if known else None
    if responsible is not None and assign_known(work, client, offer, responsible.responsible_id):
        return
    distribute(work, client, offer, channel)


def _ask_crm(work: Work, client: Client, conversation: Conversation, channel: Channel) -> None:
    deadline = later(work.now, LOOKUP_SECONDS)
    offer = _new_offer(work, client, conversation, OfferState.LOOKING_UP, deadline)
    work.outbox.put([outbox.crm_find(channel.crm_id, offer.id)])


def _new_offer(
    work: Work, client: Client, conversation: Conversation, state: OfferState, deadline: Moment | None
) -> Offer:
    return work.offers.add(
        client.id, conversation.channel_id, conversation.id, state, next_step_at=deadline, only_for=client.test_for
    )


def assign_known(work: Work, client: Client, offer: Offer, staff_id: StaffId | None) -> bool:
    """The CRM names a responsible: they own the client, if they are on the team and may write here.

    False when they are not; true also when somebody owns the client by now.
    """
    staff = work.staff.get(staff_id) if staff_id is not None else None
    if staff is None or staff.removed_at is not None or role_of(work, staff, offer.channel_id) not in WRITERS:
        return False
    _take_if_free(work, client, staff.id, Why("crm"), offer)
    return True


def _take_if_free(work: Work, client: Client, staff_id: StaffId, why: Why, offer: Offer) -> bool:
    """Theirs, unless somebody was first: then there is nothing left to distribute."""
    if take(work, client, staff_id, why, offer, sound=True):
        return True
    end_if_owned(work, client.id, offer.id)
    return False


def end_if_owned(work: Work, client_id: ClientId, offer_id: OfferId) -> bool:
    """An offer for a client whom somebody owns by now is over, whoever forgot to say so."""
    owner_id = client_or_fail(work, client_id).owner_id
    offer = work.offers.get(offer_id)
    if owner_id is not None and offer is not None:
        close_offer(work, offer, OfferState.ASSIGNED, owner_id)
    return owner_id is not None


def distribute(work: Work, client: Client, offer: Offer, channel: Channel) -> None:
    """By the channel's rule; a test's offer always goes to its admin as a card."""
    if channel.distribution is Distribution.IN_TURN and offer.only_for is None:
        if give_in_turn(work, client, offer, channel, "in_turn"):
            return
        _nobody_eligible(work, offer, channel)
        return
    open_offer(work, client, offer, channel)


def open_offer(work: Work, client: Client, offer: Offer, channel: Channel) -> None:
    """Cards to everyone eligible; nobody eligible: managers at once."""
    step, at = next_step(channel, work.now, None) if offer.only_for is None else (None, None)
    offer = replace(offer, state=OfferState.OPEN, opened_at=work.now, next_step=step, next_step_at=at)
    work.offers.save(offer)
    lead = lead_for(work, client, None, offer)
    work.outbox.put([outbox.to_crm(RowKind.CRM_INCOMING, lead.crm_id, lead.id)])
    if not show_cards(work, offer):
        _nobody_eligible(work, offer, channel)


def show_cards(work: Work, offer: Offer) -> int:
    """A card for each who may accept and has none. Returns how many people the offer stands before."""
    overrides = work.staff.channel_roles(offer.channel_id)
    held = {card.staff_id for card in work.offers.cards(offer.id)}
    invited = [person for person in work.staff.list() if may_see_offer(person, overrides.get(person.id), offer)]
    for person in invited:
        if person.id not in held and person.reachable:
            work.offers.save_card(OfferCard(offer.id, person.id, CardState.SHOWN))
            work.outbox.put([outbox.card(offer.id, person.id)])
    return len(invited)


def refresh_cards(work: Work, offer: Offer) -> None:
    """Something about the client changed: the cards say so by an edit."""
    shown = [card for card in work.offers.cards(offer.id) if card.state is CardState.SHOWN]
    work.outbox.put([outbox.card(offer.id, card.staff_id) for card in shown])


def _nobody_eligible(work: Work, offer: Offer, channel: Channel) -> None:
    offer = replace(
        offer,
        state=OfferState.OPEN,
        opened_at=work.now,
        widened=True,
        next_step=Step.ASSIGN,
        next_step_at=later(work.now, channel.ladder.assign_after or 60),
    )
    work.offers.save(offer)
    show_cards(work, offer)
    told = managers_or_admins(work, channel.id)
    work.outbox.put([outbox.notice(person.id, "nobody_eligible", channel_id=channel.id, sound=True) for person in told])


def give_in_turn(work: Work, client: Client, offer: Offer, channel: Channel, reason: str) -> bool:
    """To the next eligible person in line. False when nobody is eligible; true also when somebody owns the client by
    now, which costs nobody their turn.
    """
    next_id, detail = _next_in_turn(work, channel)
    if next_id is None:
        return False
    if _take_if_free(work, client, next_id, Why(reason, detail=detail), offer):
        work.turns.to_end(channel.id, next_id)
    return True


def _next_in_turn(work: Work, channel: Channel) -> tuple[StaffId | None, Mapping[str, str]]:
    work.turns.lock(channel.id)
    able = {person.id: person for person in eligible_staff(work, channel.id)}
    line = _line_with_newcomers(work, channel, able)
    for place, staff_id in enumerate(line):
        if staff_id in able:
            return staff_id, _detail(work, line, place, len(able))
    return None, {}


def _line_with_newcomers(work: Work, channel: Channel, able: Mapping[StaffId, Staff]) -> list[StaffId]:
    line = list(work.turns.line(channel.id))
    for staff_id in able:
        if staff_id not in line:
            work.turns.to_end(channel.id, staff_id)
            line.append(staff_id)
    return line


def _detail(work: Work, line: list[StaffId], place: int, able: int) -> Mapping[str, str]:
    passed = ",".join(str(staff_id) for staff_id in line[:place])
    return {"place": str(place + 1), "eligible": str(able), "passed_over": passed}


def next_step(channel: Channel, opened_at: Moment, done: Step | None) -> tuple[Step | None, Moment | None]:
    """The rung after ``done``, and when; delays count from the opening."""
    ladder = channel.ladder
    rungs = [
        (Step.REMIND, ladder.remind_after),
        (Step.WIDEN, ladder.widen_after),
        (Step.ASSIGN, ladder.assign_after),
    ]
    steps = [step for step, _ in rungs]
    start = steps.index(done) + 1 if done is not None else 0
    for step, after in rungs[start:]:
        if after is not None:
            return step, later(opened_at, after)
    return None, None


def widen(work: Work, offer: Offer) -> None:
    """To all managers, whatever their switch."""
    work.offers.save(replace(offer, widened=True))
    show_cards(work, replace(offer, widened=True))
    told = managers(work, offer.channel_id)
    work.outbox.put([outbox.notice(person.id, "nobody_accepts", offer_id=offer.id, sound=True) for person in told])


def withdraw_offer(work: Work, offer: Offer) -> None:
    close_offer(work, offer, OfferState.WITHDRAWN, None)
