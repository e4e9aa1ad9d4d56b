"""A fresh SQLite database for each test, copied from one that was made once.

What PostgreSQL does differently is the storage suite's to find.
"""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sales.ids import Moment
from sales.ports import Transactions
from storage.crypto import Vault
from storage.database import open_database
from storage.transactions import SqlTransactions
from tests.crm.kommo.world import kommo_world
from tests.crm.shop import Shop
from tests.crm.worlds import BuiltinWorld, World, builtin_world

WORLDS = {"builtin": builtin_world, "kommo": kommo_world}


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault("0123456789abcdef0123456789abcdef")


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    path = tmp_path_factory.mktemp("new") / "dibs.db"
    open_database(f"sqlite:///{path}", vault).close()
    return path


@pytest.fixture
async def transactions(tmp_path: Path, new_database: Path, vault: Vault) -> AsyncIterator[Transactions]:
    shutil.copy(new_database, tmp_path / "dibs.db")
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/dibs.db", vault)
    ticks = itertools.count(1_790_000_000_000)
    yield SqlTransactions(database, lambda: Moment(next(ticks)), vault)
    await database.aclose()


@pytest.fixture(scope="session")
def worlds() -> set[str]:
    return set(WORLDS)


@pytest.fixture
def builtin(transactions: Transactions) -> BuiltinWorld:
    return BuiltinWorld(transactions)


@pytest.fixture(params=sorted(WORLDS))
async def world(request: pytest.FixtureRequest, transactions: Transactions) -> AsyncIterator[World]:
    async with WORLDS[request.param](transactions) as opened:
        yield opened


@pytest.fixture
async def shop(transactions: Transactions) -> Shop:
    return await Shop(transactions).open()
