"""The channel hands new clients out in turn."""

import asyncio

from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import FLAT, posts, said, shows


async def comes(world: World, number: int) -> str:
    """A new client writes; returns the name of whoever is shown it first."""
    async with asyncio.timeout(10):
        return await _comes(world, number)


async def _comes(world: World, number: int) -> str:
    """See ``comes``."""
    customer = await world.customer(500 + number, f"Client{number}")
    await customer.write(f"I am number {number}.")
    words = f"number {number}."
    while True:
        for name, rep in (("Anna", world.anna), ("Boris", world.boris)):
            if await posts(rep, said(words)):
                return name
        await asyncio.sleep(0.02)


@FLAT
async def test_turns_are_fair_across_absence_and_restart(world: World) -> None:
    world.house.command("channel", "set", "1", "--distribution", "in_turn")
    await world.team_starts()
    assert [await comes(world, number) for number in range(1, 5)] == ["Anna", "Boris", "Anna", "Boris"]
    await world.anna.write("/off")
    await world.anna.wait_for(shows("no new clients"))
    assert await comes(world, 5) == "Boris"
    await world.anna.write("/on")
    await world.anna.wait_until(lambda all_: "/on" in all_[-2].text or all_[-1].from_bot)
    assert await comes(world, 6) == "Boris"
    world.house.kill()
    await world.house.start()
    assert [await comes(world, number) for number in (7, 8, 9)] == ["Anna", "Boris", "Anna"]

    for number, missing in ((1, world.boris), (2, world.anna), (7, world.boris), (8, world.anna)):
        assert not await posts(missing, shows(f"number {number}."))
    for other in (world.maria, world.quentin):
        assert not await posts(other, shows("number"))

    mine = await world.anna.wait_for(said("number 7."))
    await world.anna.write("/why", reply_to=mine)
    why = await world.anna.wait_for(shows("Anna's turn"))
    assert "2 could be asked" in why.text
