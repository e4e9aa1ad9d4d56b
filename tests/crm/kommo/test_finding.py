"""Whose a client is, by what Kommo knows of them."""

from dataclasses import replace

import pytest

from playground.kommo.control import LeadSeen
from sales.ports.crm import Found
from tests.crm.kommo.conftest import ANNA, Firm
from tests.crm.kommo.world import KommoWorld
from tests.crm.worlds import Person, draft


async def anna_of(world: KommoWorld) -> Person:
    anna = await world.client("Anna")
    return replace(anna, identities=(replace(anna.identities[0], value=ANNA),))


async def lead_of(world: KommoWorld, contact: int, responsible: int) -> int:
    embedded = {"contacts": [{"id": contact, "is_main": True}]}
    return await world.kommo.add_lead(name="Deal", responsible_user_id=responsible, _embedded=embedded)


async def find(world: KommoWorld) -> Found:
    anna = await anna_of(world)
    return await world.adapter.find(anna.id, anna.identities)


@pytest.mark.parametrize("typed", [ANNA, "0151 1234 56 78", "0049-151-12345678", "+49 (151) 12345678"])
async def test_a_contact_is_found_however_the_phone_was_typed(world: KommoWorld, typed: str) -> None:
    boris = int(await world.user("Boris"))
    contact = await world.kommo.add_contact("Anna", typed, boris)

    assert await find(world) == Found(str(contact), None, str(boris))


@pytest.mark.parametrize("typed", ["+1 151 1234 5678", "15112345678901", "+49 151 123456789"])
async def test_somebody_whose_number_only_contains_it_is_another(world: KommoWorld, typed: str) -> None:
    await world.kommo.add_contact("Somebody", typed, int(await world.user("Boris")))

    assert await find(world) == Found()


async def test_the_responsible_of_the_newest_open_lead_counts_before_the_contacts(world: KommoWorld) -> None:
    boris, carla, dora = [int(await world.user(name)) for name in ("Boris", "Carla", "Dora")]
    contact = await world.kommo.add_contact("Anna", ANNA, boris)
    await lead_of(world, contact, boris)
    newest = await lead_of(world, contact, carla)
    await world.kommo.win(await lead_of(world, contact, dora))

    assert await find(world) == Found(str(contact), str(newest), str(carla))


async def test_with_closed_leads_only_the_contacts_responsible_counts(world: KommoWorld) -> None:
    boris, carla = [int(await world.user(name)) for name in ("Boris", "Carla")]
    contact = await world.kommo.add_contact("Anna", ANNA, boris)
    await world.kommo.lose(await lead_of(world, contact, carla))

    assert await find(world) == Found(str(contact), None, str(boris))


async def test_of_two_contacts_with_one_phone_that_with_the_open_lead_counts(world: KommoWorld) -> None:
    boris, carla = [int(await world.user(name)) for name in ("Boris", "Carla")]
    await world.kommo.add_contact("Anna", ANNA, boris)
    double = await world.kommo.add_contact("Anna B.", "0151 12345678", boris)
    lead = await lead_of(world, double, carla)

    assert await find(world) == Found(str(double), str(lead), str(carla))


async def test_nobody_is_responsible_for_whom_an_incoming_lead_has_brought(firm: Firm) -> None:
    """Kommo names the administrator for such contacts, who has never heard of the client."""
    anna = await firm.shop.client("Anna", None, ANNA)
    await firm.shop.offered(anna)
    await firm.drain()
    identities = await firm.shop.transactions.read(lambda work: work.clients.identities(anna))

    found = await firm.world.adapter.find(anna, identities)

    assert found.responsible is None


async def test_without_a_phone_the_contact_of_an_earlier_lead_is_taken(firm: Firm) -> None:
    anna = await firm.shop.client("Anna", firm.boris)
    await firm.drain()
    first = await firm.only_lead()
    await firm.kommo.win(first.id)

    found = await firm.world.adapter.find(anna, ())
    second = await firm.world.adapter.create(replace(draft(await firm.world.client("Anna"), "mark-2"), client_id=anna))

    assert found == Found(str(first.contacts[0].id), None, str(firm.user))
    assert second.contact_id == found.contact_id


async def test_a_new_lead_goes_to_the_contact_that_is_there_and_both_get_the_responsible(world: KommoWorld) -> None:
    boris, carla = [int(await world.user(name)) for name in ("Boris", "Carla")]
    contact = await world.kommo.add_contact("Anna", "0151 12345678", boris)

    made = await world.adapter.create(draft(await anna_of(world), "mark-1", str(carla)))

    lead = await world.kommo.lead(int(made.lead_id))
    assert [one.id for one in lead.contacts] == [contact]
    assert (lead.responsible_user_id, lead.contacts[0].responsible_user_id) == (carla, carla)
    assert len(await world.kommo.contacts()) == 1


async def test_a_lead_carries_its_channel_its_mark_and_its_stage(world: KommoWorld) -> None:
    board = (await world.kommo.pipelines())[0]
    boris = await world.user("Boris")
    wanted = draft(await anna_of(world), "mark-1", boris, str(board.stages["Discussions"]))

    lead = await seen(world, (await world.adapter.create(replace(wanted, pipeline_id=str(board.id)))).lead_id)

    assert (lead.name, lead.tags, lead.status) == ("Anna", ["Shop"], "Discussions")
    assert lead.fields["DIBS"] == ["mark-1"]
    assert lead.contacts[0].fields["PHONE"] == [ANNA]


async def test_a_removed_test_lead_says_that_it_was_one(world: KommoWorld) -> None:
    made = await world.adapter.create(draft(await anna_of(world), "mark-1", await world.user("Boris")))

    await world.adapter.remove(made.lead_id)

    lead = await seen(world, made.lead_id)
    assert (lead.status_id, sorted(lead.tags)) == (143, ["Shop", "dibs-test"])


async def test_a_lead_that_was_deleted_in_kommo_is_gone(world: KommoWorld) -> None:
    made = await world.adapter.create(draft(await anna_of(world), "mark-1", await world.user("Boris")))

    await world.kommo.delete(int(made.lead_id))

    assert await world.adapter.read(made.lead_id) is None
    assert (await find(world)).lead_id is None


async def seen(world: KommoWorld, lead_id: str) -> LeadSeen:
    return await world.kommo.lead(int(lead_id))
