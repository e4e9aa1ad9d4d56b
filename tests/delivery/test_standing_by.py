"""A lane that sleeps has left an order: what comes in is claimed along with its coming."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from delivery.pace import Pace
from delivery.worker import Delivery
from sales.outbox import Outcome, Row, RowState, Sent
from sales.ports import Order, Work
from sales.ports.outgoing import Loaded, LoadingSender
from tests.delivery.conftest import House
from tests.delivery.rows import a_new_row
from tests.delivery.sender import ScriptedSender
from tests.delivery.waiting import until

LANE = "channel:1"
T = TypeVar("T")


async def slept(house: House, sender: ScriptedSender) -> None:
    """Its first row is settled, and nothing is on its way."""
    await house.put(a_new_row(LANE, "first", 0))
    await house.until_empty()
    await asyncio.sleep(0.05)


async def test_what_comes_in_is_claimed_in_the_same_transaction(house: House) -> None:
    sender = ScriptedSender()
    async with house.delivery(sender):
        await slept(house, sender)
        await house.put(a_new_row(LANE, "s", 1), a_new_row(LANE, "t", 2))
        assert not await house.in_state(RowState.QUEUED)
        await house.until_empty()
    assert sorted(map(str, sender.numbers)) == ["0", "1", "2"]


async def test_a_lane_without_room_claims_nothing(house: House) -> None:
    sender = ScriptedSender()
    async with house.delivery(sender, Pace(rate=0.2, burst=1)):
        await slept(house, sender)
        await house.put(a_new_row(LANE, "s", 1))
        assert len(await house.in_state(RowState.QUEUED)) == 1


async def test_a_lane_that_stops_takes_its_order_back(house: House) -> None:
    sender = ScriptedSender()
    async with house.delivery(sender):
        await slept(house, sender)
    await house.put(a_new_row(LANE, "s", 1))
    assert len(await house.in_state(RowState.QUEUED)) == 1
    assert house.transactions.leave(LANE, lambda work: None).take_back()


async def test_outcomes_wait_for_each_other_but_not_for_long(house: House) -> None:
    """One that hangs holds nobody up."""
    hang = asyncio.Event()

    async def send(row: Row) -> Outcome:
        if str(row.payload.get("number")) == "1":
            await hang.wait()
        return Sent()

    async with house.delivery(ScriptedSender(send)):
        await house.put(*(a_new_row(LANE, f"s{number}", number) for number in range(1, 6)))
        await until_left(house, 1)
        hang.set()
        await house.until_empty()


async def until_left(house: House, count: int) -> None:
    async def check() -> bool:
        return await house.left() == count

    await until(check)


async def test_what_cannot_be_loaded_is_sent_all_the_same(house: House, caplog: pytest.LogCaptureFixture) -> None:
    sender = Forgetful()
    async with house.delivery({LANE: sender}):
        await house.put(a_new_row(LANE, "s", 1))
        await house.until_empty()
    assert sender.sent == [None]
    assert "could not be loaded" in caplog.text


async def test_what_was_loaded_is_handed_to_the_sender(house: House) -> None:
    sender = Remembering()
    async with house.delivery({LANE: sender}):
        await house.put(a_new_row(LANE, "s", 1), a_new_row(LANE, "t", 2))
        await house.until_empty()
    assert sorted(map(str, sender.sent)) == ["number 1", "number 2"]


class Remembering(LoadingSender):
    """Loads what a row's number is."""

    def __init__(self) -> None:
        self.sent: list[object] = []

    def load(self, work: Work, rows: Sequence[Row]) -> Loaded:
        return {row.id: f"number {row.payload['number']}" for row in rows}

    async def send_loaded(self, row: Row, loaded: object) -> Outcome:
        self.sent.append(loaded)
        return Sent()

    async def send(self, row: Row) -> Outcome:
        return await self.send_loaded(row, None)


class Forgetful(Remembering):
    def load(self, work: Work, rows: Sequence[Row]) -> Loaded:
        raise LookupError


class Slow:
    """The real transactions, whose word that an order has an outcome comes late: nobody has promised when."""

    def __init__(self, house: House) -> None:
        self._inner = house.transactions

    async def write(self, use_case: Callable[[Work], T]) -> T:
        return await self._inner.write(use_case)

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self._inner.read(view)

    def leave(self, lane: str, use_case: Callable[[Work], T]) -> Order[T]:
        order = self._inner.leave(lane, use_case)
        tell = order.when_done
        order.when_done = lambda call: tell(  # type: ignore[method-assign]  # the one thing that is slow
            lambda: asyncio.get_running_loop().call_later(0.01, call)
        )
        return order


async def test_late_word_of_one_order_is_not_taken_for_word_of_the_next(house: House) -> None:
    """Else the lane waits for an order that nobody calls, and does not hear what wakes it."""

    async def send(row: Row) -> Outcome:
        await asyncio.sleep(0.003 * (int(str(row.payload["number"])) % 5))
        return Sent()

    delivery = Delivery(Slow(house), lambda lane: ScriptedSender(send), lambda lane: Pace(), house.clock)
    house.transactions.subscribe(delivery.wake)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        for _ in range(10):
            await house.put(*(a_new_row(LANE, f"s{number % 3}", number) for number in range(9)))
            await house.until_empty(3)
        await delivery.stop()


async def test_what_an_order_knew_of_full_buckets_grows_old(house: House) -> None:
    """A burst empties a chat's bucket and the lane falls asleep; the next message, much later, leaves at once."""
    sender = ScriptedSender()
    async with house.delivery(sender, Pace(bucket_rate=20, bucket_burst=4)):
        await house.put(*(a_new_row(LANE, f"s{number}", number, bucket="b") for number in range(4)))
        await house.until_empty()
        await asyncio.sleep(0.6)
        began = asyncio.get_running_loop().time()
        await house.put(a_new_row(LANE, "t", 9, bucket="b"))
        await sender.until(5)
        assert sender.times[-1] - began < 0.15


async def test_a_row_claimed_while_nobody_sends_was_not_tried(house: House) -> None:
    here = True
    sender = ScriptedSender()
    delivery = Delivery(house.transactions, lambda lane: sender if here else None, lambda lane: Pace(), house.clock)
    house.transactions.subscribe(delivery.wake)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await slept(house, sender)
        here = False
        await house.put(a_new_row(LANE, "s", 1))
        await until(lambda: LANE not in delivery.lanes)
        (row,) = await house.in_state(RowState.QUEUED)
        assert (row.attempts, row.problem) == (0, None)
        await delivery.stop()
