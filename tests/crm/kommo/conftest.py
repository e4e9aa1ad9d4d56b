"""A shop whose leads go to a Kommo account on the stand-in, and a clock that can be put ahead."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.kommo.control import ContactSeen, Control, LeadSeen
from playground.kommo.options import Options
from sales.ids import Moment
from sales.outbox import Outcome, Row
from sales.ports import Transactions
from sales.staff import Role, Staff
from storage.crypto import Vault
from storage.database import open_database
from storage.transactions import SqlTransactions
from tests.crm.kommo.world import QUICKLY, KommoWorld, opened
from tests.crm.shop import One, Shop

ANNA = "+4915112345678"
LATER = 120
"""Seconds after which whatever failed is due again."""


@dataclass
class Clock:
    """Milliseconds; each look at it is one later than the last."""

    now: int = 1_790_000_000_000

    def __call__(self) -> Moment:
        self.now += 1
        return Moment(self.now)

    def jump(self, seconds: float) -> None:
        self.now += round(seconds * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def transactions(tmp_path: Path, new_database: Path, vault: Vault, clock: Clock) -> AsyncIterator[Transactions]:
    shutil.copy(new_database, tmp_path / "dibs.db")
    database = await asyncio.to_thread(open_database, f"sqlite:///{tmp_path}/dibs.db", vault)
    yield SqlTransactions(database, clock, vault)
    await database.aclose()


@pytest.fixture
async def world(transactions: Transactions) -> AsyncIterator[KommoWorld]:
    async with opened(transactions, Options(limits=False), QUICKLY) as kommo:
        yield kommo


@dataclass
class Firm:
    """The shop, its Kommo account, and Boris who works in both."""

    shop: Shop
    world: KommoWorld
    clock: Clock
    boris: Staff
    user: int

    @property
    def kommo(self) -> Control:
        return self.world.kommo

    async def drain(self, rounds: int = 6) -> list[tuple[Row, Outcome]]:
        """Everything, also what has to be tried again."""
        done: list[tuple[Row, Outcome]] = []
        for _ in range(rounds):
            done += await self.shop.drain(One(self.world.adapter))
            self.clock.jump(LATER)
        return done

    async def only_lead(self) -> LeadSeen:
        """There is exactly one, with exactly one contact, and neither has a double."""
        leads, contacts = await self.kommo.leads(deleted=True), await self.kommo.contacts(deleted=True)
        assert len(leads) == 1
        assert [contact.id for contact in leads[0].contacts] == [contact.id for contact in contacts]
        return leads[0]

    async def only_contact(self) -> ContactSeen:
        contacts = await self.kommo.contacts()
        assert len(contacts) == 1
        return contacts[0]


@pytest.fixture
async def firm(transactions: Transactions, world: KommoWorld, clock: Clock) -> Firm:
    """Its CRM is the one that ``world`` stands for."""
    secrets = {"base_url": world.kommo.url, "token": "x"}
    crm_id = await transactions.write(lambda work: work.crms.add("kommo", "Kommo", secrets))
    shop = await Shop(transactions, crm_id).open()
    boris = await shop.hire("Boris", Role.REP)
    user = int(await world.user("Boris"))
    await transactions.write(lambda work: work.crms.map_user(crm_id, boris.id, str(user)))
    return Firm(shop, world, clock, boris, user)
