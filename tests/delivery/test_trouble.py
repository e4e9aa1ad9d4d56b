"""When the database, or our own settling, fails: no outcome is lost, and one bad row stops nobody."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from delivery.pace import Pace
from delivery.worker import Delivery
from sales.outbox import Outcome, Row, RowKind, RowState, Sent
from sales.ports import Order, Work
from storage.errors import DiskFull
from tests.delivery.conftest import House
from tests.delivery.rows import a_new_row
from tests.delivery.sender import ScriptedSender
from tests.delivery.waiting import until

LANE = "channel:1"
T = TypeVar("T")


class FullDisk:
    """The real transactions, with a disk that is full while ``full`` is set."""

    def __init__(self, house: House) -> None:
        self._inner = house.transactions
        self.full = False
        self.refused = 0

    async def write(self, use_case: Callable[[Work], T]) -> T:
        return await self._inner.write(self._checked(use_case))

    def leave(self, lane: str, use_case: Callable[[Work], T]) -> Order[T]:
        return self._inner.leave(lane, self._checked(use_case))

    def _checked(self, use_case: Callable[[Work], T]) -> Callable[[Work], T]:
        def checked(work: Work) -> T:
            if self.full:
                self.refused += 1
                raise DiskFull
            return use_case(work)

        return checked

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self._inner.read(view)


async def test_outcomes_wait_for_a_full_disk_and_nothing_is_sent_twice(house: House) -> None:
    disk = FullDisk(house)

    async def fill(row: Row) -> Outcome:
        disk.full = True
        return Sent()

    sender = ScriptedSender(fill)
    delivery = Delivery(disk, lambda lane: sender, lambda lane: Pace(), house.clock)
    await house.put(a_new_row(LANE, "s", 1), a_new_row(LANE, "t", 2))
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await until(lambda: disk.refused >= 3)
        sender.script = lambda row: Sent()
        disk.full = False
        await house.until_empty()
        await delivery.stop()
    assert sorted(map(str, sender.numbers)) == ["1", "2"]
    assert delivery.metrics.of(LANE).sent == 2


async def test_a_row_that_cant_be_settled_is_marked_dead_and_its_lane_goes_on(house: House) -> None:
    """A CARD without its subject: settling it raises, as a mistake of ours would."""
    sender = ScriptedSender()
    async with house.delivery(sender) as delivery:
        await house.put(
            a_new_row(LANE, "bad", -1, kind=RowKind.CARD),
            *(a_new_row(LANE, f"s{number}", number) for number in range(20)),
        )
        await house.until_empty()
    assert delivery.metrics.of(LANE).sent == 20
    assert sender.numbers.count(-1) == 1
    (dead,) = await house.in_state(RowState.DEAD)
    assert dead.problem == "Sent could not be settled: KeyError"


async def test_what_was_sent_is_not_given_up_because_the_database_fails(house: House) -> None:
    """The database works when it is asked, and fails when the outcome is written: that says nothing about the row."""

    class Flapping(FullDisk):
        writes = 0

        async def write(self, use_case: Callable[[Work], T]) -> T:
            self.writes += 1
            fails = self.writes in (2, 4, 6)

            def flapping(work: Work) -> T:
                if fails:
                    raise DiskFull
                return use_case(work)

            return await self._inner.write(flapping)

    disk = Flapping(house)

    async def fill(row: Row) -> Outcome:
        disk.full = True
        return Sent()

    sender = ScriptedSender(fill)
    delivery = Delivery(disk, lambda lane: sender, lambda lane: Pace(), house.clock)
    await house.put(a_new_row(LANE, "s", 1))
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await sender.until(1)
        await until(lambda: disk.refused)
        disk.full = False
        await house.until_empty()
        await delivery.stop()
    assert not await house.in_state(RowState.DEAD)


async def test_one_failed_write_stops_nothing_while_something_is_under_way(house: House) -> None:
    disk, hang = FullDisk(house), asyncio.Event()

    async def send(row: Row) -> Outcome:
        if row.payload["number"] == 0:
            await hang.wait()
        return Sent()

    sender = ScriptedSender(send)
    delivery = Delivery(disk, lambda lane: sender, lambda lane: Pace(), house.clock)
    house.transactions.subscribe(delivery.wake)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await house.put(a_new_row(LANE, "s", 0))
        await sender.until(1)
        disk.full = True
        delivery.wake([LANE])
        await until(lambda: disk.refused)
        disk.full = False
        await house.put(a_new_row(LANE, "t", 1))
        await sender.until(2, 5)
        hang.set()
        await delivery.stop()


async def test_a_database_in_trouble_is_left_to_rest(house: House) -> None:
    disk, sender = FullDisk(house), ScriptedSender()
    delivery = Delivery(disk, lambda lane: sender, lambda lane: Pace(), house.clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await asyncio.sleep(0.05)
        disk.full = True
        delivery.wake([LANE])
        await until(lambda: disk.refused >= 4)
        before = disk.refused
        for _ in range(50):
            delivery.wake([LANE])
            await asyncio.sleep(0.005)
        assert disk.refused - before <= 3
        disk.full = False
        await delivery.stop()
