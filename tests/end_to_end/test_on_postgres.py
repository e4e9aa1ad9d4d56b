"""The same program on PostgreSQL, and two processes of it beside each other."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.telegram.control import Control
from playground.telegram.options import Options
from playground.telegram.server import Server
from tests.end_to_end.conftest import TEAM, World
from tests.end_to_end.house import ADMIN, SHOP_TOKEN, STAFF_TOKEN, House, free_port
from tests.end_to_end.scenes import ACCEPT, TOPICS, answering, card, posts, said, shows
from tests.storage.conftest import Postgres, postgres

__all__ = ["postgres"]

PATIENCE = 30.0
"""Seconds: a lane whose owner has died is asked for every two."""

pytestmark = [TOPICS, pytest.mark.timeout(180)]


@pytest.fixture
async def world(postgres: Postgres, tmp_path: Path, topics: bool) -> AsyncIterator[World]:
    """Set up by the command line on an empty server, which makes the database."""
    name = postgres.unused_name()
    async with Server(Options(limits=False)) as server, Control(server.url) as telegram:
        house = House(tmp_path, server.url, extra={"DATABASE_URL": postgres.url(name)})
        staff_bot = await telegram.bot(STAFF_TOKEN, username="staff_bot", topics=topics)
        shop_bot = await telegram.bot(SHOP_TOKEN, username="shop_bot")
        talks = {key: (await telegram.person(id_, shown)).chat(staff_bot) for key, (id_, shown, _) in TEAM.items()}
        admin = (await telegram.person(ADMIN, "Ada")).chat(staff_bot)
        try:
            for telegram_id, shown, flags in TEAM.values():
                await _command(house, "staff", "add", str(telegram_id), "--name", shown, *flags)
            await _command(house, "channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
            await house.start()
            yield World(house, telegram, server, staff_bot, shop_bot, admin=admin, **talks)
        finally:
            house.kill()
    postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _command(house: House, *arguments: str) -> str:
    """The stand-in runs in this process, and has to answer meanwhile."""
    return (await asyncio.to_thread(house.command, *arguments)).stdout


async def _settled(house: House) -> None:
    """What was sent and not yet noted would be sent again after a crash, as it should."""
    async with asyncio.timeout(PATIENCE):
        while json.loads(await _command(house, "outbox", "list", "--json")):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.05)


async def test_the_story_with_a_crash_in_it(world: World) -> None:
    await world.team_starts()
    customer = await world.customer(501, "Zoe")
    await customer.write("Do you have blue shoes?")
    await world.boris.wait_for(card("blue shoes"), PATIENCE)
    assert "is yours" in (await world.anna.tap(ACCEPT, await world.anna.wait_for(card("blue shoes"), PATIENCE))).text
    shown = await world.anna.wait_for(said("blue shoes"), PATIENCE)
    await world.boris.wait_for(shows("taken by Anna"), PATIENCE)
    await world.anna.write("Yes, the last pair", **answering(shown))
    await customer.wait_for(said("the last pair"), PATIENCE)
    world.house.kill()
    await customer.write("Then I take them")
    await world.house.start()
    await world.anna.wait_for(said("Then I take them"), PATIENCE)
    assert len(await posts(world.anna, said("Then I take them"))) == 1


async def test_two_processes_share_the_work_and_one_takes_over_from_the_other(world: World) -> None:
    await world.team_starts()
    second = dataclasses.replace(world.house, folder=world.house.folder / "second", port=free_port(), process=None)
    second.folder.mkdir()
    await second.start()
    try:
        customer = await world.customer(501, "Zoe")
        for number in range(5):
            await customer.write(f"Question {number}")
        post = await world.anna.wait_for(card("Question 4"), PATIENCE)
        assert "is yours" in (await world.anna.tap(ACCEPT, post)).text
        await world.anna.wait_for(said("Question 4"), PATIENCE)
        await _settled(world.house)
        world.house.kill()
        await customer.write("Anybody there?")
        await world.anna.wait_for(said("Anybody there?"), PATIENCE)
        for words in (*(f"Question {number}" for number in range(5)), "Anybody there?"):
            assert len(await posts(world.anna, said(words))) == 1, words
    finally:
        second.kill()
