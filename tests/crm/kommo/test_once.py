"""Whatever breaks and whenever: in the end there is one lead, one contact, one note."""

import pytest

from sales.leads import LeadState
from sales.outbox import RowKind, Sent
from tests.crm.kommo.conftest import ANNA, Firm

MOST_CALLS = 30
BREAKS = ("drop", "lost", "garbage", "refuse")
"""Done or not done, and never answered: the connection is cut, a gateway gives up, or answers with its own page."""


async def test_whatever_call_breaks_while_somebody_accepts_there_is_one_lead(firm: Firm) -> None:
    """Each call in its turn. Each client has a phone of their own, so that a double would show as theirs."""
    place = 0
    for place in range(MOST_CALLS):
        await firm.kommo.fault("*", BREAKS[place % len(BREAKS)], skip=place)
        await firm.shop.client(f"Client {place}", firm.boris, f"+49151200{place:05d}")
        done = await firm.drain()
        assert isinstance(done[-1][1], Sent)
        if len(done) == 1:
            break
        await firm.kommo.clear_faults()

    leads, contacts = await firm.kommo.leads(deleted=True), await firm.kommo.contacts(deleted=True)
    assert place >= 5
    assert len(leads) == len(contacts) == place + 1
    assert {lead.responsible_user_id for lead in leads} == {firm.user}


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("call", ["create_complex", "list_leads", "get_lead", "list_contacts", "create_lead_fields"])
async def test_a_lead_is_made_once_in_turn(firm: Firm, call: str, how: str) -> None:
    await firm.kommo.fault(call, how)
    await firm.shop.client("Anna", firm.boris, ANNA)

    await firm.drain()

    lead = await firm.only_lead()
    assert (lead.responsible_user_id, lead.is_incoming) == (firm.user, False)


@pytest.mark.parametrize("how", BREAKS)
@pytest.mark.parametrize("call", ["create_unsorted", "accept_unsorted", "list_unsorted", "get_lead"])
async def test_a_lead_is_made_once_by_first_accept(firm: Firm, call: str, how: str) -> None:
    anna = await firm.shop.client("Anna", None, ANNA)
    await firm.kommo.fault(call, how)

    await firm.shop.offered(anna)
    await firm.drain()
    await firm.shop.accepted(anna, firm.boris)
    await firm.drain()

    lead = await firm.only_lead()
    assert (lead.responsible_user_id, lead.is_incoming) == (firm.user, False)
    assert (await firm.shop.lead(anna)).state is LeadState.OPEN


async def test_what_was_made_is_found_before_the_search_knows_of_it(firm: Firm) -> None:
    await firm.kommo.options(search_lag=3600)
    await firm.kommo.fault("create_complex", "drop")
    await firm.shop.client("Anna", firm.boris, ANNA)

    await firm.drain()

    await firm.only_lead()


async def test_an_incoming_lead_that_was_never_confirmed_is_accepted_and_not_made_again(firm: Firm) -> None:
    anna = await firm.shop.client("Anna", None, ANNA)
    await firm.kommo.fault("create_unsorted", "drop")
    await firm.shop.offered(anna)
    await firm.drain(rounds=1)

    await firm.shop.accepted(anna, firm.boris)
    await firm.drain()

    assert not (await firm.only_lead()).is_incoming


@pytest.mark.parametrize("how", BREAKS)
async def test_a_note_is_written_once(firm: Firm, how: str) -> None:
    anna = await firm.shop.client("Anna", firm.boris, ANNA)
    await firm.drain()
    await firm.kommo.fault("create_lead_notes", how)

    await firm.shop.put(RowKind.CRM_NOTE, (await firm.shop.lead(anna)).id, text="Wants size 39")
    await firm.shop.put(RowKind.CRM_NOTE, (await firm.shop.lead(anna)).id, text="And blue")
    await firm.drain()

    assert [note.text for note in (await firm.only_lead()).notes] == ["Wants size 39", "And blue"]


@pytest.mark.parametrize("how", BREAKS)
async def test_declining_twice_is_declining_once(firm: Firm, how: str) -> None:
    anna = await firm.shop.client("Anna", None, ANNA)
    lead_id = await firm.shop.offered(anna)
    await firm.drain()
    await firm.kommo.fault("decline_unsorted", how)

    await firm.shop.put(RowKind.CRM_DECLINE, lead_id)
    await firm.drain()

    assert await firm.kommo.leads() == []
    assert (await firm.shop.lead(anna)).state is LeadState.DECLINED
