"""Offers nobody accepts: remind, widen to managers, assign in turn. And lookups that took too long."""

from dataclasses import replace

from sales import outbox
from sales.channels import Channel
from sales.ids import later
from sales.offers import OPEN_STATES, CardState, Offer, OfferState, Step
from sales.ports import Work
from sales.use_cases.offering import distribute, end_if_owned, give_in_turn, next_step, widen
from sales.use_cases.team_lookup import client_or_fail

AGAIN_SECONDS = 60
"""When nobody could be found for a client, the search is repeated."""


def climb_ladders(work: Work, limit: int = 200) -> int:
    """Everything whose time has come; returns how many, so that the caller goes on while there is more."""
    due = work.offers.due(work.now, limit)
    for offer in due:
        channel = work.channels.get(offer.channel_id)
        if channel is not None:
            _climb(work, offer, channel)
    return len(due)


def _climb(work: Work, due: Offer, channel: Channel) -> None:
    """Since it was found due, somebody else may have accepted it: with the client at hand it is looked at again."""
    client = client_or_fail(work, due.client_id)
    offer = work.offers.get(due.id)
    if end_if_owned(work, client.id, due.id) or offer is None or offer.state not in OPEN_STATES:
        return
    if offer.state is OfferState.LOOKING_UP:
        distribute(work, client, offer, channel)
        return
    step, at = next_step(channel, offer.opened_at or offer.created_at, offer.next_step)
    match offer.next_step:
        case Step.REMIND:
            _remind(work, replace(offer, next_step=step, next_step_at=at))
        case Step.WIDEN:
            widen(work, replace(offer, next_step=step, next_step_at=at))
        case _:
            _assign(work, offer, channel)


def _remind(work: Work, offer: Offer) -> None:
    work.offers.save(offer)
    shown = [card for card in work.offers.cards(offer.id) if card.state is CardState.SHOWN]
    work.outbox.put([outbox.notice(card.staff_id, "remind_offer", offer_id=offer.id, sound=True) for card in shown])


def _assign(work: Work, offer: Offer, channel: Channel) -> None:
    client = client_or_fail(work, offer.client_id)
    if not give_in_turn(work, client, offer, channel, "ladder"):
        work.offers.save(replace(offer, next_step=Step.ASSIGN, next_step_at=later(work.now, AGAIN_SECONDS)))
