"""Use cases that were left with the storage until something is put into their lane."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sales.errors import Forbidden
from sales.outbox import Row, RowState
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database, open_database
from storage.transactions import SqlTransactions
from tests.storage.contract import Time, World, add_client, row, world_on

LANE = "staff"
MOMENT = 0.2


@pytest.fixture
async def world(database: Database, vault: Vault) -> AsyncIterator[World]:
    """Delivery's transactions, as the process has them that owns the lane."""
    plain = world_on(database, vault)
    async with database.lane(LANE) as lane:
        yield World(database, plain.transactions.on(lane), plain.time)


def claim(work: Work) -> list[Row]:
    return list(work.outbox.claim(LANE, work.now, 10))


def put(*streams: str):
    return lambda work: work.outbox.put([row(stream) for stream in streams])


async def test_it_runs_with_what_is_put_into_its_lane(world: World) -> None:
    told = asyncio.Event()
    order = world.transactions.leave(LANE, claim)
    order.when_done(told.set)
    await world.write(add_client)
    await asyncio.sleep(MOMENT)
    assert not told.is_set()
    await world.write(put("a", "b"))
    async with asyncio.timeout(10):
        await told.wait()
    assert [claimed.stream for claimed in await order.outcome()] == ["a", "b"]


async def test_on_sqlite_in_the_very_transaction(tmp_path: Path, vault: Vault) -> None:
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/own.db", vault)
    async with database.lane(LANE) as lane:
        transactions = SqlTransactions(database, Time(), vault).on(lane)
        heard: list[frozenset[str]] = []
        transactions.subscribe(heard.append)
        order = transactions.leave(LANE, claim)
        await transactions.write(put("a"))
        assert not await transactions.read(lambda work: work.outbox.in_state(RowState.QUEUED, 10))
        assert heard == [], "it has been looked after: nobody need be woken"
        assert len(await order.outcome()) == 1
    await database.aclose()


async def test_it_runs_when_it_is_to_hurry(world: World) -> None:
    await world.write(put("a"))
    order = world.transactions.leave(LANE, claim)
    order.hurry()
    order.hurry()
    assert len(await order.outcome()) == 1


async def test_one_that_was_taken_back_never_runs(world: World) -> None:
    order = world.transactions.leave(LANE, claim)
    assert order.take_back()
    await world.write(put("a"))
    assert await world.read(lambda work: work.outbox.in_state(RowState.QUEUED, 10))
    order = world.transactions.leave(LANE, claim)
    order.hurry()
    await order.outcome()
    assert not order.take_back(), "too late"


async def test_one_that_fails_takes_nothing_with_it(world: World) -> None:
    def refuse(work: Work) -> None:
        claim(work)
        raise Forbidden

    order = world.transactions.leave(LANE, refuse)
    await world.write(put("a"))
    with pytest.raises(Forbidden):
        await order.outcome()
    assert len(await world.read(lambda work: work.outbox.in_state(RowState.QUEUED, 10))) == 1
