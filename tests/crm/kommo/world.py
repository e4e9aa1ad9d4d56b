"""A Kommo account on the stand-in, and the adapter that Dibs connects to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crm.kommo.adapter import KommoCrm
from playground.kommo.control import Control
from playground.kommo.options import Options
from playground.kommo.server import Server
from sales.clients import Identity, IdentityKind
from sales.ids import ClientId, CrmId
from sales.leads import Crm
from sales.ports import Transactions
from sales.ports.crm import CrmAdapter
from tests.crm.worlds import Person, World, numbers

QUICKLY = 10_000.0
"""Requests a second where limits are not the matter."""
CRM = Crm(CrmId(2), "kommo", "Kommo", inside=False)


class KommoWorld:
    """``kommo`` is the stand-in: what users of the account do and see."""

    def __init__(self, kommo: Control, token: str, adapter: KommoCrm) -> None:
        self.kommo = kommo
        self.token = token
        self.adapter: CrmAdapter = adapter

    async def client(self, name: str) -> Person:
        number = next(numbers)
        phone = Identity(IdentityKind.PHONE, f"+4915112345{number:03d}")
        return Person(ClientId(number), name, (phone,))

    async def user(self, name: str) -> str:
        return str((await self.kommo.user(name, f"{name.lower()}{next(numbers)}@example.com")).id)


@asynccontextmanager
async def opened(transactions: Transactions, options: Options, rate: float) -> AsyncIterator[KommoWorld]:
    async with Server(options) as server, Control(server.url) as kommo:
        secrets = {"base_url": server.url, "token": await kommo.token()}
        adapter = KommoCrm(CRM, secrets, transactions, rate=rate)
        try:
            yield KommoWorld(kommo, secrets["token"], adapter)
        finally:
            await adapter.close()


@asynccontextmanager
async def kommo_world(transactions: Transactions) -> AsyncIterator[World]:
    async with opened(transactions, Options(limits=False), QUICKLY) as world:
        yield world
