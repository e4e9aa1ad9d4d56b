"""The door for everything from clients: it returns when it is committed, and no bad event stops its neighbours."""

import asyncio

import pytest

from channels.intake import BATCH, MOST_BYTES, ChannelIntake
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.incoming import ClientReach, Event, Ignored, Incoming, Malformed
from tests.channels.books import CHANNEL, Books


def update(number: int, event: Event | None = None) -> Incoming:
    return Incoming(CHANNEL, str(number), event or Ignored("start"), b"raw %d" % number)


def seen(books: Books) -> set[int]:
    return {int(number) for _, number in books.seen.kept}


class Gate:
    """Holds the first transaction until it is opened."""

    def __init__(self, books: Books) -> None:
        self.open = asyncio.Event()
        self.reached = asyncio.Event()
        books.before_write = self.wait

    async def wait(self) -> None:
        self.reached.set()
        await self.open.wait()


async def test_what_arrives_while_one_is_written_goes_together(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(intake.take(CHANNEL, [update(0)]))
        await gate.reached.wait()
        others = [group.create_task(intake.take(CHANNEL, [update(number)])) for number in range(1, 100)]
        await asyncio.sleep(0)
        assert not first.done()
        assert not any(other.done() for other in others)
        gate.open.set()
    assert books.writes == 2
    assert seen(books) == set(range(100))


async def test_no_transaction_grows_without_bound(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    async with asyncio.TaskGroup() as group:
        for number in range(BATCH * 2 + 2):
            group.create_task(intake.take(CHANNEL, [update(number)]))
        await gate.reached.wait()
        gate.open.set()
    assert books.writes == 4
    assert len(books.seen.kept) == BATCH * 2 + 2


async def test_a_bad_event_goes_to_the_inbox_and_its_neighbours_are_handled(books: Books) -> None:
    bad = ClientReach("666", True)
    items = [update(1, ClientReach("1", True)), update(2, bad), update(3, ClientReach("3", False))]
    await ChannelIntake(books).take(CHANNEL, items, offset=4)
    assert books.handled == ["1", "3"]
    assert books.inbox == [("channel:7", "2", b"raw 2", "ZeroDivisionError")]
    assert seen(books) == {1, 2, 3}
    assert books.channels.offsets == {CHANNEL: 4}


async def test_a_bad_event_does_not_fail_its_neighbours_callers(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    async with asyncio.TaskGroup() as group:
        for number in range(5):
            event = ClientReach("666" if number == 3 else str(number), True)
            group.create_task(intake.take(CHANNEL, [update(number, event)]))
        await gate.reached.wait()
        gate.open.set()
    assert books.handled == ["0", "1", "2", "4"]
    assert [entry[1] for entry in books.inbox] == ["3"]


async def test_what_cannot_be_read_is_kept(books: Books) -> None:
    await ChannelIntake(books).take(CHANNEL, [Malformed(CHANNEL, "9", b"{", "update: not JSON")])
    assert books.inbox == [("channel:7", "9", b"{", "update: not JSON")]


async def test_a_repeat_is_answered_as_success_and_changes_nothing(books: Books) -> None:
    intake = ChannelIntake(books)
    for _ in range(2):
        await intake.take(CHANNEL, [update(1, ClientReach("1", True))])
    assert books.handled == ["1"]


async def test_while_nothing_can_be_written_everybody_is_told_and_it_works_again_later(books: Books) -> None:
    async def full() -> None:
        await asyncio.sleep(0)
        raise Unavailable("the disk is full")

    intake, books.before_write = ChannelIntake(books), full
    outcomes = await asyncio.gather(
        *(intake.take(CHANNEL, [update(number)]) for number in range(5)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 5
    books.before_write = None
    await intake.take(CHANNEL, [update(1)])
    assert seen(books) == {1}


async def test_a_caller_who_gives_up_takes_nobody_along(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(intake.take(CHANNEL, [update(number)])) for number in range(6)]
        await gate.reached.wait()
        tasks[0].cancel()  # the one that writes
        tasks[1].cancel()  # the one that would lead next
        tasks[4].cancel()
        await asyncio.sleep(0)
        gate.open.set()
    assert seen(books) >= {2, 3, 5}
    await intake.take(CHANNEL, [update(7)])
    assert 7 in seen(books)


async def test_a_leader_chosen_and_cancelled_at_once_passes_the_lead_on(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(intake.take(CHANNEL, [update(0)]))
        await gate.reached.wait()
        second = group.create_task(intake.take(CHANNEL, [update(1)]))
        third = group.create_task(intake.take(CHANNEL, [update(2)]))
        await asyncio.sleep(0)
        first.add_done_callback(lambda _: second.cancel())
        gate.open.set()
        await third
    assert {0, 2} <= seen(books)


async def test_more_than_can_be_held_is_not_taken(books: Books) -> None:
    intake, gate = ChannelIntake(books), Gate(books)
    huge = Malformed(CHANNEL, "1", bytes(MOST_BYTES), "x")
    async with asyncio.TaskGroup() as group:
        group.create_task(intake.take(CHANNEL, [huge]))
        await gate.reached.wait()
        with pytest.raises(Unavailable):
            await intake.take(ChannelId(8), [update(2)])
        gate.open.set()
    await intake.take(CHANNEL, [update(3)])
