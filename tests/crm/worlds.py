"""A CRM to test on, with clients and users who exist where it looks for them. One world per kind in the registry."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from crm.builtin.adapter import BuiltinCrm
from sales.clients import Identity, IdentityKind
from sales.ids import ClientId, Moment, TelegramId
from sales.ports import Transactions, Work
from sales.ports.crm import CrmAdapter, LeadDraft
from sales.staff import Role

numbers = itertools.count(1)
CREATED = Moment(1_790_000_000_000)


@dataclass(frozen=True, slots=True)
class Person:
    """A client, and what they are known by."""

    id: ClientId
    name: str
    identities: tuple[Identity, ...]


class World(Protocol):
    adapter: CrmAdapter

    async def client(self, name: str) -> Person: ...
    async def user(self, name: str) -> str:
        """The CRM's id of a user who may be responsible."""


class BuiltinWorld:
    def __init__(self, transactions: Transactions) -> None:
        self.adapter: CrmAdapter = BuiltinCrm(transactions)
        self._transactions = transactions

    async def client(self, name: str) -> Person:
        phone = Identity(IdentityKind.PHONE, f"+4915112345{next(numbers):03d}")

        def add(work: Work) -> ClientId:
            return work.clients.add(name, [phone], None, None).id

        return Person(await self._transactions.write(add), name, (phone,))

    async def user(self, name: str) -> str:
        def add(work: Work) -> str:
            return str(work.staff.add(TelegramId(next(numbers)), name, Role.REP).id)

        return await self._transactions.write(add)


@asynccontextmanager
async def builtin_world(transactions: Transactions) -> AsyncIterator[World]:
    yield BuiltinWorld(transactions)


def draft(person: Person, mark: str, responsible: str | None = None, stage_id: str | None = None) -> LeadDraft:
    return LeadDraft(
        mark,
        person.name,
        person.id,
        person.name,
        person.identities,
        "Shop",
        None,
        stage_id,
        CREATED,
        responsible,
    )
