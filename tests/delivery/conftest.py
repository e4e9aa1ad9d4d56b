"""A real SQLite database, a clock that can be moved, and the real worker between it and a scripted sender."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from delivery.pace import Pace
from delivery.worker import Delivery
from sales.ids import Moment
from sales.outbox import NewRow, RowState
from sales.ports.outgoing import RowReport, Sender
from storage.crypto import Vault
from storage.database import open_database
from storage.seed import seed
from storage.transactions import SqlTransactions
from tests.delivery.sender import ScriptedSender
from tests.delivery.waiting import until

FREE = Pace()


class MovableClock:
    """The time of day, plus what a test has moved it by."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> Moment:
        return Moment(time.time_ns() // 1_000_000 + self.ahead)

    def advance(self, seconds: float) -> None:
        self.ahead += round(seconds * 1000)


class House:
    """The database and whatever runs on it."""

    def __init__(self, transactions: SqlTransactions, clock: MovableClock) -> None:
        self.transactions = transactions
        self.clock = clock

    async def put(self, *rows: NewRow) -> None:
        await self.transactions.write(lambda work: work.outbox.put(rows))

    async def left(self) -> int:
        """Rows that are neither sent nor dropped nor dead."""
        depth = await self.transactions.read(lambda work: work.outbox.depth())
        return sum(count for count, _ in depth.values())

    async def until_empty(self, seconds: float = 20.0) -> None:
        await until(self._is_empty, seconds)

    async def _is_empty(self) -> bool:
        return not await self.left()

    async def in_state(self, state: RowState) -> Sequence[RowReport]:
        return await self.transactions.read(lambda work: work.outbox.in_state(state, 1000))

    @asynccontextmanager
    async def delivery(
        self, senders: Mapping[str, Sender] | ScriptedSender, pace: Pace | Callable[[str], Pace] = FREE
    ) -> AsyncIterator[Delivery]:
        """Runs inside the block, and is stopped as the program stops it, unless it was killed before."""
        find = senders.get if isinstance(senders, Mapping) else lambda lane: senders
        pace_for = (lambda lane: pace) if isinstance(pace, Pace) else pace
        delivery = Delivery(self.transactions, find, pace_for, self.clock)
        self.transactions.subscribe(delivery.wake)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(delivery.run())
            await asyncio.sleep(0)
            try:
                yield delivery
                await delivery.stop()
            finally:
                running.cancel()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    clock = MovableClock()
    vault = Vault("0123456789abcdef0123456789abcdef")
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/dibs.db", vault)
    await database.run(seed)
    async with database.lane("all") as lane:
        yield House(SqlTransactions(database, clock, vault).on(lane), clock)
    await database.aclose()
