"""A seeded team and a shop: two reps, a manager, quality control, an admin, one Telegram channel."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.telegram.control import BotAccount, Control, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server
from tests.end_to_end.house import ADMIN, SHOP_TOKEN, STAFF_TOKEN, House, stand_in

TEAM = {
    "anna": (11, "Anna", ("--role", "rep", "--receives-new-clients")),
    "boris": (12, "Boris", ("--role", "rep", "--receives-new-clients")),
    "maria": (13, "Maria", ("--role", "manager")),
    "quentin": (14, "Quentin", ("--role", "quality_control")),
}


@dataclass
class World:
    """Everybody at hand: ``anna.write("…")`` is Anna writing to the staff bot."""

    house: House
    telegram: Control
    server: Server
    staff_bot: BotAccount
    shop_bot: BotAccount
    anna: Talk
    boris: Talk
    maria: Talk
    quentin: Talk
    admin: Talk

    async def customer(self, person_id: int, name: str, **facts: str) -> Talk:
        """Somebody who has found the shop: they have pressed Start, and face its bot."""
        talk = (await self.telegram.person(person_id, name, **facts)).chat(self.shop_bot)
        await talk.start()
        return talk

    async def team_starts(self) -> None:
        for talk in (self.anna, self.boris, self.maria, self.quentin):
            await talk.start()
            await talk.wait_for(lambda m: "Hello" in m.text)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database as the command line makes it, copied for each test: ids as in ``TEAM``, channel 1."""
    folder = tmp_path_factory.mktemp("seed")
    with stand_in("--no-limits") as url:
        house = House(folder, url)
        asyncio.run(_make_bots(url))
        for telegram_id, name, flags in TEAM.values():
            house.command("staff", "add", str(telegram_id), "--name", name, *flags)
        house.command("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
        yield folder


async def _make_bots(url: str) -> None:
    async with Control(url) as telegram:
        await telegram.bot(STAFF_TOKEN, username="staff_bot")
        await telegram.bot(SHOP_TOKEN, username="shop_bot")


@pytest.fixture(params=[True, False], ids=["topics", "flat"])
def topics(request: pytest.FixtureRequest) -> bool:
    """Each story is told twice: with topics, and on the flat chat."""
    return bool(request.param)


@pytest.fixture
def options() -> Options:
    return Options(limits=False)


@pytest.fixture
def extra() -> dict[str, str]:
    """Settings besides those of ``House.environment``."""
    return {}


@pytest.fixture
async def world(
    seeded: Path, tmp_path: Path, topics: bool, options: Options, extra: dict[str, str]
) -> AsyncIterator[World]:
    folder = tmp_path / "house"
    shutil.copytree(seeded, folder)
    async with Server(options) as server, Control(server.url) as telegram:
        house = House(folder, server.url, extra=dict(extra))
        made = await world_of(house, server, telegram, topics)
        try:
            await house.start()
            yield made
        finally:
            house.kill()


async def world_of(house: House, server: Server, telegram: Control, topics: bool) -> World:
    """Everybody of the seed, as Telegram knows them. The process still has to be started."""
    staff_bot = await telegram.bot(STAFF_TOKEN, username="staff_bot", topics=topics)
    shop_bot = await telegram.bot(SHOP_TOKEN, username="shop_bot")
    talks = {name: (await telegram.person(id_, shown)).chat(staff_bot) for name, (id_, shown, _) in TEAM.items()}
    admin = (await telegram.person(ADMIN, "Ada")).chat(staff_bot)
    return World(house, telegram, server, staff_bot, shop_bot, admin=admin, **talks)
