"""Kommo says no, is too slow, or wants us to be slower: what becomes of a row, and what people are told."""

import asyncio
from dataclasses import replace

import pytest

from crm.kommo.capabilities import RATE
from playground.kommo.options import Options
from sales.outbox import Refused, Retry, RowKind, Sent, Unknown
from sales.ports import Transactions
from sales.ports.channels import Finding
from sales.ports.crm import CrmError
from tests.crm.kommo.conftest import ANNA, Firm
from tests.crm.kommo.world import KommoWorld, opened
from tests.crm.shop import One
from tests.crm.worlds import draft


async def refused(world: KommoWorld) -> CrmError:
    with pytest.raises(CrmError) as caught:
        await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))
    return caught.value


async def test_too_many_requests_let_the_whole_lane_wait(firm: Firm) -> None:
    await firm.kommo.fault("create_complex", status=429, times=3)
    await firm.shop.client("Anna", firm.boris, ANNA)

    first = await firm.shop.drain(One(firm.world.adapter))
    await firm.drain()

    assert first[0][1] == Retry("too many requests", 1.0, f"crm:{firm.shop.crm_id}")
    await firm.only_lead()


async def test_once_too_fast_is_no_more_than_a_short_wait(world: KommoWorld) -> None:
    """As when a command runs beside the bot."""
    await world.kommo.fault("create_complex", status=429)

    made = await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))

    assert [str(lead.id) for lead in await world.kommo.leads()] == [made.lead_id]


async def test_many_calls_at_once_stay_below_the_limit(transactions: Transactions) -> None:
    async with opened(transactions, Options(), RATE) as world:
        await asyncio.gather(*(world.adapter.pipelines() for _ in range(20)))

        assert await world.kommo.calls(status=429) == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_that_is_down_leaves_a_question_only_where_something_is_made(
    world: KommoWorld, status: int
) -> None:
    await world.kommo.fault("list_contacts", status=status)
    reading = await refused(world)
    await world.kommo.fault("create_complex", status=status)
    making = await refused(world)

    assert (reading.again, reading.unknown) == (True, False)
    assert (making.again, making.unknown, making.after) == (False, True, 30.0)


async def test_a_lost_answer_is_an_unknown_outcome(firm: Firm) -> None:
    await firm.kommo.fault("create_complex", "drop")
    await firm.shop.client("Anna", firm.boris, ANNA)

    outcome = (await firm.shop.drain(One(firm.world.adapter)))[0][1]

    assert isinstance(outcome, Unknown)


async def test_what_kommo_finds_wrong_is_said_in_its_words_and_makes_nothing(world: KommoWorld) -> None:
    anna, boris = await world.client("Anna"), await world.user("Boris")

    with pytest.raises(CrmError, match="status_id: The value you selected is not a valid choice") as caught:
        await world.adapter.create(draft(anna, "mark-1", boris, "99"))

    assert (caught.value.again, caught.value.unknown) == (False, False)
    assert await world.kommo.leads(deleted=True) == []


async def test_a_refusal_is_a_dead_row_with_kommos_words(firm: Firm) -> None:
    anna = await firm.shop.client("Anna", firm.boris, ANNA)
    await firm.drain()
    lead = await firm.shop.lead(anna)
    board = (await firm.kommo.pipelines())[0]

    await firm.shop.put(RowKind.CRM_STAGE, lead.id, pipeline_id=str(board.id), stage_id="99")
    done = await firm.drain()

    assert done[-1][1] == Refused("crm", "status_id: The value you selected is not a valid choice.")


async def test_a_dead_token_is_told_with_what_to_do(world: KommoWorld) -> None:
    await world.kommo.revoke()

    error = await refused(world)

    assert "long-lived token" in error.reason
    assert (error.again, error.unknown) == (False, False)


async def test_an_unpaid_account_is_told(world: KommoWorld) -> None:
    await world.kommo.subscription(ended=True)

    assert "subscription has ended" in (await refused(world)).reason


async def test_a_block_is_told(transactions: Transactions) -> None:
    async with opened(transactions, Options(), 1000) as world:
        anna = await world.client("Anna")
        await world.kommo.block()

        with pytest.raises(CrmError, match="Kommo forbids it"):
            await world.adapter.find(anna.id, anna.identities)


async def test_nothing_of_the_token_is_ever_in_what_is_told(world: KommoWorld) -> None:
    await world.kommo.fault("list_contacts", status=400, body={"detail": f"no such token {world.token}"})

    assert (await refused(world)).reason == "no such token …"


async def test_the_check_says_what_a_token_of_no_administrator_lacks(world: KommoWorld) -> None:
    await world.kommo.change_user(await world.kommo.admin_id(), is_admin=False)

    findings = {one.code: one.ok for one in await world.adapter.check()}

    assert findings == {"kommo_account": True, "pipelines": True, "kommo_users": False, "kommo_field": False}


async def test_the_check_names_pipelines_without_incoming_leads(world: KommoWorld) -> None:
    await world.kommo.do("pipeline", name="Resale", stages=["New"], unsorted=False)

    assert Finding(False, "kommo_incoming", {"pipelines": "Resale"}) in await world.adapter.check()


async def test_our_field_is_made_anew_once_somebody_has_removed_it(firm: Firm) -> None:
    """A Retry by a person, or the next lead, repairs it."""
    anna, boris = await firm.world.client("Anna"), str(firm.user)
    first = await firm.world.adapter.create(draft(anna, "mark-1", boris))
    await firm.kommo.fault("create_leads", status=400, body={"detail": "no field DIBS"})

    with pytest.raises(CrmError, match="no field DIBS"):
        await firm.world.adapter.create(replace(draft(anna, "mark-2", boris), contact_id=first.contact_id))
    await firm.world.adapter.create(replace(draft(anna, "mark-2", boris), contact_id=first.contact_id))

    looks = await firm.kommo.calls("list_lead_fields")
    assert len(looks) == 2


async def test_a_row_waits_while_kommo_is_down_and_goes_when_it_is_back(firm: Firm) -> None:
    await firm.kommo.fault("*", status=503, times=4)
    await firm.shop.client("Anna", firm.boris, ANNA)

    done = await firm.drain(rounds=8)

    assert isinstance(done[0][1], Retry)
    assert isinstance(done[-1][1], Sent)
    await firm.only_lead()


async def test_an_incoming_lead_is_known_even_where_it_does_not_show_among_the_leads(world: KommoWorld) -> None:
    lead = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))
    await world.kommo.fault("get_lead", status=404)

    assert await world.adapter.read(lead.lead_id) == lead


async def test_one_that_is_just_being_accepted_in_kommo_is_looked_at_again(world: KommoWorld) -> None:
    boris, carla = await world.user("Boris"), await world.user("Carla")
    lead = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))
    await world.kommo.fault("accept_unsorted", status=404)

    with pytest.raises(CrmError, match="somebody is accepting") as caught:
        await world.adapter.accept(lead.lead_id, boris, None)
    await world.kommo.accept(lead=int(lead.lead_id), by=int(carla))

    assert caught.value.again
    assert (await world.adapter.accept(lead.lead_id, boris, None)).responsible == boris
