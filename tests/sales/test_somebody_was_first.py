"""What was loaded a moment ago is no longer so: somebody owns the client by now. Nothing is distributed twice."""

from dataclasses import replace

from sales.channels import Channel, Distribution
from sales.clients import Client
from sales.ids import ClientId
from sales.offers import Offer, OfferState
from sales.outbox import RowKind
from sales.ports import Work
from sales.use_cases.accept import accept_offer
from sales.use_cases.ladder import climb_ladders
from sales.use_cases.offering import assign_known, distribute, give_in_turn
from tests.sales.shop import Shop

Stale = tuple[Client, Offer, Channel]


async def stale(shop: Shop) -> tuple[ClientId, Stale]:
    """A client, their offer and channel as they were before Anna accepted."""
    client_id = await shop.writes()

    def load(work: Work) -> Stale:
        client, channel = work.clients.get(client_id), work.channels.get(shop.channel_id)
        assert client is not None
        assert channel is not None
        return client, work.offers.open_of([client_id])[client_id], channel

    found = await shop.do(load)
    await shop.do(lambda work: accept_offer(work, shop.anna, found[1].id))
    await shop.rows()
    return client_id, found


async def state(shop: Shop, offer: Offer) -> tuple[OfferState, object]:
    found = await shop.do(lambda work: work.offers.get(offer.id))
    assert found is not None
    return found.state, found.taken_by


async def test_a_turn_that_comes_too_late_asks_no_managers_and_costs_no_turn(shop: Shop) -> None:
    client_id, (client, offer, channel) = await stale(shop)
    in_turn = replace(channel, distribution=Distribution.IN_TURN)
    await shop.do(lambda work: work.turns.to_end(shop.channel_id, shop.anna.id))
    await shop.do(lambda work: distribute(work, client, offer, in_turn))
    assert await shop.rows(RowKind.NOTICE, RowKind.CARD) == []
    assert (await shop.client(client_id)).owner_id == shop.anna.id
    assert await state(shop, offer) == (OfferState.TAKEN, shop.anna.id)


async def test_an_offer_left_open_beside_an_owner_is_closed(shop: Shop) -> None:
    _, (client, offer, channel) = await stale(shop)
    await shop.do(lambda work: work.offers.save(offer))
    assert await shop.do(lambda work: give_in_turn(work, client, offer, channel, "in_turn"))
    assert await state(shop, offer) == (OfferState.ASSIGNED, shop.anna.id)


async def test_a_crm_that_answers_too_late_changes_nothing(shop: Shop) -> None:
    client_id, (client, offer, _) = await stale(shop)
    assert await shop.do(lambda work: assign_known(work, client, offer, shop.maria.id))
    assert (await shop.client(client_id)).owner_id == shop.anna.id
    assert await state(shop, offer) == (OfferState.TAKEN, shop.anna.id)


async def test_the_ladder_does_not_reopen_what_was_accepted_meanwhile(shop: Shop) -> None:
    _, (_, offer, _) = await stale(shop)
    due = replace(offer, next_step_at=shop.time.now)
    real = shop.world.transactions

    def climb(work: Work) -> int:
        offers = work.offers
        found = offers.due
        offers.due = lambda now, limit: [due]  # type: ignore[method-assign]  # as another connection saw it before
        try:
            return climb_ladders(work)
        finally:
            offers.due = found  # type: ignore[method-assign]

    assert await real.write(climb) == 1
    assert await state(shop, offer) == (OfferState.TAKEN, shop.anna.id)
    assert await shop.rows(RowKind.NOTICE) == []
