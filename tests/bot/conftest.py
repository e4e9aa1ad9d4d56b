"""Dibs as operators use it: commands as processes, in a folder of their own, with a stand-in for Telegram."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from playground.telegram.control import Control
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN, House, stand_in


@dataclass
class Shell:
    """``dibs("staff", "list")`` types `dibs staff list`; ``id`` and ``json`` read what it printed."""

    house: House

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = self.house.command(*words, check=False)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def ok(self, *words: str) -> str:
        done = self(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def id(self, *words: str) -> int:
        """What `add` prints: the new id, and nothing else."""
        printed = self.ok(*words)
        assert printed.strip().isdecimal()
        return int(printed)

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def fails(self, *words: str) -> str:
        """Exit status 1 and one line that says why."""
        done = self(*words)
        assert done.returncode == 1
        assert done.stderr.startswith("dibs: ")
        assert done.stderr.count("\n") == 1
        return done.stderr.removeprefix("dibs: ").strip()

    def misused(self, *words: str) -> str:
        done = self(*words)
        assert done.returncode == 2
        return done.stderr


@pytest.fixture(scope="session")
def telegram_url() -> Iterator[str]:
    """One stand-in for all commands of this session, with both bots on it."""
    with stand_in("--no-limits") as url:
        asyncio.run(make_bots(url))
        yield url


async def make_bots(url: str) -> None:
    async with Control(url) as telegram:
        await telegram.bot(STAFF_TOKEN, username="staff_bot", topics=True)
        await telegram.bot(SHOP_TOKEN, username="shop_bot")


@pytest.fixture
def house(tmp_path: Path, telegram_url: str) -> Iterator[House]:
    house = House(tmp_path, telegram_url, extra={"ADMIN_IDS": ""})
    yield house
    house.kill()


@pytest.fixture
def dibs(house: House) -> Shell:
    return Shell(house)
