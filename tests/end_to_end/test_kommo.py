"""The shop's leads go to a Kommo account, with its real limits; Dibs dies in the middle, and no lead is made twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from playground.kommo.control import Control, LeadSeen
from playground.kommo.server import Server
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, card, quiet, said
from tests.end_to_end.trouble import PATIENCE, all_left

CLIENTS = 8
STUCK = 60
"""Seconds for which Kommo keeps an answer back: what was asked for is done, and Dibs dies before it knows."""


@pytest.fixture
def topics() -> bool:
    return True


@dataclass
class Account:
    """``anna`` is her user there."""

    kommo: Control
    anna: int

    async def lead(self) -> LeadSeen:
        """There is exactly one, of exactly one contact."""
        leads, contacts = await self.kommo.leads(deleted=True), await self.kommo.contacts(deleted=True)
        assert len(leads) == len(contacts) == 1
        return leads[0]


@pytest.fixture
async def account(world: World) -> AsyncIterator[Account]:
    async with Server() as server, Control(server.url) as kommo:
        anna = (await kommo.user("Anna", "anna@example.com")).id
        add = ("crm", "add", "kommo", "--name", "Kommo", "--base-url", server.url, "--token", await kommo.token())
        crm = (await asyncio.to_thread(world.house.command, *add)).stdout.strip()
        for words in (
            ("crm", "map-user", crm, "--staff", await staff_id(world, "Anna"), "--user", str(anna)),
            ("channel", "set", "1", "--crm", crm),
        ):
            await asyncio.to_thread(world.house.command, *words)
        await world.anna.start()
        yield Account(kommo, anna)


async def staff_id(world: World, name: str) -> str:
    listed = (await asyncio.to_thread(world.house.command, "staff", "list")).stdout
    return next(line.split()[0] for line in listed.splitlines() if name in line)


async def die_while(world: World, account: Account, call: str) -> None:
    """Kommo has done it and keeps its answer back; meanwhile Dibs is killed, and started again."""
    await account.kommo.wait_for_calls(1, call)
    world.house.kill()
    await account.kommo.clear_faults()
    await world.house.start()


async def all_to_anna(world: World) -> None:
    """In turn, and the turn is always hers."""
    boris = await staff_id(world, "Boris")
    for words in (
        ("channel", "set", "1", "--distribution", "in_turn"),
        ("staff", "set", boris, "--no-receives-new-clients"),
    ):
        await asyncio.to_thread(world.house.command, *words)


async def test_a_lead_waits_in_kommo_until_somebody_accepts_here(world: World, account: Account) -> None:
    customer = await world.customer(501, "Zoe")
    await customer.write("Do you have size 39?")
    offered = await world.anna.wait_for(card("size 39"))
    await account.kommo.wait_for_calls(1, "create_unsorted")
    assert (await account.lead()).is_incoming

    await world.anna.tap(ACCEPT, offered)
    await world.anna.wait_for(said("size 39"))
    await quiet(world)

    lead = await account.lead()
    assert (lead.name, lead.status, lead.responsible_user_id) == ("Zoe", "Initial contact", account.anna)
    assert await account.kommo.calls(status=429) == []


@pytest.mark.parametrize("call", ["create_lead_fields", "create_unsorted", "list_unsorted", "accept_unsorted"])
async def test_whenever_dibs_dies_while_a_lead_is_made_there_is_one(world: World, account: Account, call: str) -> None:
    customer = await world.customer(501, "Zoe")
    await account.kommo.fault(call, "late", seconds=STUCK)
    await customer.write("Do you have size 39?")
    offered = await world.anna.wait_for(card("size 39"))
    if call in ("create_lead_fields", "create_unsorted"):
        await die_while(world, account, call)
        await world.anna.tap(ACCEPT, offered)
    else:
        await world.anna.tap(ACCEPT, offered)
        await die_while(world, account, call)

    await account.kommo.wait_for_calls(1, "accept_unsorted", seconds=PATIENCE)
    await all_left(world)

    lead = await account.lead()
    assert (lead.is_incoming, lead.responsible_user_id) == (False, account.anna)


@pytest.mark.parametrize("call", ["list_leads", "create_complex", "get_lead"])
async def test_whenever_dibs_dies_while_a_client_is_handed_out_there_is_one_lead(
    world: World, account: Account, call: str
) -> None:
    await all_to_anna(world)
    await account.kommo.fault(call, "late", seconds=STUCK)

    customer = await world.customer(501, "Zoe")
    await customer.write("Do you have size 39?")
    await die_while(world, account, call)
    await account.kommo.wait_for_calls(1, "create_complex", seconds=PATIENCE)
    await all_left(world)

    lead = await account.lead()
    assert (lead.is_incoming, lead.responsible_user_id) == (False, account.anna)


async def test_an_outage_holds_up_nobody_and_drains_by_itself_below_the_limit(world: World, account: Account) -> None:
    await all_to_anna(world)
    await account.kommo.fault("*", "refuse", times=1_000_000)
    names = [f"Client{place}" for place in range(CLIENTS)]
    for place, name in enumerate(names):
        await (await world.customer(500 + place, name)).write(f"I am {name}.")
    for name in names:
        await world.anna.wait_for(said(f"I am {name}."), PATIENCE)
    assert await account.kommo.leads() == []

    await account.kommo.clear_faults()
    await all_left(world)

    assert sorted(lead.name for lead in await account.kommo.leads()) == sorted(names)
    assert len(await account.kommo.contacts()) == CLIENTS
    assert await account.kommo.calls(status=429) == []
