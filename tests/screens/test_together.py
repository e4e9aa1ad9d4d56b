"""Reads that are asked for at the same time are done at once."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import pytest

from sales.ports import Work
from screens.together import Together

T = TypeVar("T")


class Slow:
    """``Transactions`` that counts its reads and takes a while over each."""

    def __init__(self) -> None:
        self.reads: list[int] = []
        self.go = asyncio.Event()

    async def read(self, view: Callable[[Work], T]) -> T:
        await self.go.wait()
        found = view(cast(Work, None))
        self.reads.append(len(cast(list[object], found)))
        return found

    async def write(self, use_case: Callable[[Work], T]) -> T:
        raise AssertionError("nothing is written here")


def doubled(work: Work, keys: Sequence[int]) -> Sequence[int | None]:
    if -1 in keys:
        raise ValueError("no such key")
    return [key * 2 if key else None for key in keys]


async def test_those_who_come_while_a_read_is_under_way_share_the_next() -> None:
    slow = Slow()
    together = Together(slow, doubled)
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(together.get(number)) for number in range(10)]
        await asyncio.sleep(0)
        slow.go.set()
    assert [task.result() for task in asked] == [None, 2, 4, 6, 8, 10, 12, 14, 16, 18]
    assert sum(slow.reads) == 10
    assert len(slow.reads) <= 2


async def test_a_failed_read_fails_who_asked_and_nobody_waits_for_ever() -> None:
    slow = Slow()
    slow.go.set()
    together = Together(slow, doubled)
    with pytest.raises(ValueError, match="no such key"):
        await together.get(-1)
    assert await together.get(4) == 8


async def test_who_stops_waiting_leaves_the_line() -> None:
    slow = Slow()
    together = Together(slow, doubled)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(together.get(1), 0.01)
    slow.go.set()
    assert await together.get(2) == 4
    assert slow.reads == [1]
