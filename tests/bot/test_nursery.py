"""Background work: what crashes is started again, unless nothing works without it."""

import asyncio

import pytest

from bot.nursery import Nursery, VitalPartCrashed


async def test_a_part_that_crashes_is_started_again_and_the_others_never_notice() -> None:
    lived, calm = asyncio.Event(), asyncio.Event()
    runs = 0

    async def shaky() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ValueError("not foreseen")
        lived.set()

    async def steady() -> None:
        calm.set()
        await asyncio.Event().wait()

    async with Nursery(pause=0.001) as nursery:
        nursery.start("shaky", shaky)
        nursery.start("steady", steady)
        await lived.wait()
        assert calm.is_set()
        await nursery.end("shaky")
        assert nursery.names == {"steady"}


async def test_while_it_waits_to_be_started_again_it_counts_as_down() -> None:
    crashed = asyncio.Event()

    async def shaky() -> None:
        crashed.set()
        raise ValueError("not foreseen")

    async with Nursery(pause=60) as nursery:
        nursery.start("shaky", shaky)
        await crashed.wait()
        await asyncio.sleep(0)
        assert nursery.down == {"shaky"}


async def test_a_vital_part_that_crashes_stops_everything_with_its_name() -> None:
    async def web() -> None:
        raise OSError("address in use")

    async with Nursery() as nursery:
        nursery.start("web", web, vital=True)
        with pytest.raises(VitalPartCrashed, match="web stopped unexpectedly"):
            await nursery.until(asyncio.Event())


async def test_leaving_stops_every_part_and_waits_for_it() -> None:
    tidied = False

    async def slow_to_leave() -> None:
        nonlocal tidied
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied = True

    async with Nursery() as nursery:
        nursery.start("slow", slow_to_leave)
        await asyncio.sleep(0)
    assert tidied


async def test_two_parts_of_one_name_are_refused() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    async with Nursery() as nursery:
        nursery.start("clock", forever)
        with pytest.raises(RuntimeError, match="clock runs already"):
            nursery.start("clock", forever)


async def test_what_the_body_raises_comes_out_as_it_is() -> None:
    async def forever() -> None:
        await asyncio.Event().wait()

    async def stumble() -> None:
        async with Nursery() as nursery:
            nursery.start("clock", forever)
            raise ValueError("as it is")

    with pytest.raises(ValueError, match="as it is"):
        await stumble()


async def test_a_part_ended_before_it_ever_ran_may_be_started_again() -> None:
    async with Nursery() as nursery:
        nursery.start("channel 7", asyncio.Event().wait)
        await nursery.end("channel 7")
        assert nursery.names == frozenset()
        nursery.start("channel 7", asyncio.Event().wait)
