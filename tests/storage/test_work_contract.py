"""Use cases in transactions: one time, all or nothing, from coroutines and from the command line."""

import asyncio
import threading
from dataclasses import replace

import pytest

from sales.errors import Forbidden
from sales.ids import Moment
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database
from storage.transactions import SqlTransactions
from tests.storage.contract import START, World, add_channel, add_client, add_staff, row, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def test_a_transaction_has_one_time(world: World) -> None:
    ticks = iter(range(5))
    transactions = SqlTransactions(world.database, lambda: Moment(START + next(ticks)), None)

    def look(work: Work) -> tuple[Moment, Moment]:
        return work.now, work.now

    assert await transactions.write(look) == (START, START)
    assert await transactions.read(look) == (START + 1, START + 1)


async def test_a_use_case_that_raises_leaves_no_trace(world: World) -> None:
    def refuse(work: Work) -> None:
        add_client(work)
        raise Forbidden("manager")

    with pytest.raises(Forbidden):
        await world.write(refuse)
    assert (await world.write(add_client)).name == "Client 1"


async def test_neighbours_of_a_failing_use_case_are_kept(world: World) -> None:
    def act(work: Work, number: int) -> None:
        add_client(work, number)
        if number % 2:
            raise Forbidden

    results = await asyncio.gather(
        *(world.write(lambda work, number=number: act(work, number)) for number in range(10)), return_exceptions=True
    )
    assert sum(isinstance(result, Forbidden) for result in results) == 5
    found = await world.read(lambda work: [work.clients.get(n) for n in range(1, 60)])
    assert sum(client is not None for client in found) == 5


async def test_a_view_changes_nothing(world: World) -> None:
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await world.read(add_staff)


async def test_commands_work_without_an_event_loop(world: World) -> None:
    def command() -> None:
        channel = world.transactions.write_sync(add_channel)
        assert world.transactions.read_sync(lambda work: work.channels.get(channel.id)) == channel

    await asyncio.to_thread(command)


async def test_subscribers_are_called_in_the_event_loop_after_the_commit(world: World) -> None:
    heard: list[tuple[int, frozenset[str]]] = []
    world.transactions.subscribe(lambda lanes: heard.append((threading.get_ident(), lanes)))
    await world.write(lambda work: work.outbox.put([row("a"), row("a")]))
    await world.write(add_client)
    assert heard == [(threading.get_ident(), frozenset({"staff"}))]


async def test_a_lane_writes_on_its_own_connection_and_subscribers_hear_of_it(world: World) -> None:
    heard: list[frozenset[str]] = []
    world.transactions.subscribe(heard.append)
    async with world.database.lane("staff") as lane:
        await world.transactions.on(lane).write(lambda work: work.outbox.put([row("a")]))
    assert heard == [frozenset({"staff"})]
    assert await world.read(lambda work: work.outbox.lanes()) == ["staff"]


async def test_people_who_change_a_client_at_once_do_not_undo_each_other(world: World) -> None:
    """Reading a client in a writing transaction locks it: each sees what the one before wrote."""
    client = await world.write(add_client)

    def append(work: Work) -> None:
        current = work.clients.get(client.id)
        assert current is not None
        work.clients.save(replace(current, name=f"{current.name}."))

    await asyncio.gather(*(world.write(append) for _ in range(15)))
    last = await world.read(lambda work: work.clients.get(client.id))
    assert last is not None
    assert last.name == "Client 1" + "." * 15
