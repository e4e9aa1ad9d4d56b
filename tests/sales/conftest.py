"""Use cases on a real database, one transaction after the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.crypto import Vault
from storage.database import open_database
from tests.sales.shop import Shop, open_shop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    vault = Vault("k" * 32)
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/shop.db", vault)
    yield await open_shop(database, vault)
    await database.aclose()
