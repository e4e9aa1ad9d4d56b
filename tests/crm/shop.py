"""A shop with one channel and a small team, and the CRM's lane emptied by hand: claim, send, settle."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.sender import Adapters, CrmSender
from sales import outbox
from sales.channels import Channel, ChannelState, Distribution
from sales.clients import Client, Identity, IdentityKind
from sales.ids import ChannelId, ClientId, CrmId, LeadId, TelegramId
from sales.leads import Lead
from sales.outbox import Outcome, Row, RowKind
from sales.ports import Transactions, Work
from sales.ports.crm import CrmAdapter
from sales.staff import Role, Staff
from sales.use_cases.leading import lead_for
from sales.use_cases.owning import Why, take
from sales.use_cases.settle import settle_rows

BUILT_IN = CrmId(1)


@dataclass(frozen=True, slots=True)
class One:
    """The same adapter for every CRM."""

    adapter: CrmAdapter

    async def get(self, crm_id: CrmId) -> CrmAdapter:
        return self.adapter


class Shop:
    def __init__(self, transactions: Transactions, crm_id: CrmId = BUILT_IN) -> None:
        self.transactions = transactions
        self.crm_id = crm_id
        self._numbers = 0

    async def open(self) -> "Shop":
        self.channel_id = await self.transactions.write(lambda work: _add_channel(work, self.crm_id))
        return self

    async def hire(self, name: str, role: Role | None) -> Staff:
        self._numbers += 1
        number = TelegramId(1000 + self._numbers)
        return await self.transactions.write(lambda work: work.staff.add(number, name, role, reachable=True))

    async def client(self, name: str, owner: Staff | None = None, phone: str | None = None) -> ClientId:
        """With an owner, who accepted them."""
        self._numbers += 1
        number = self._numbers

        def add(work: Work) -> ClientId:
            known_by = [Identity(IdentityKind.TELEGRAM, str(number))]
            if phone is not None:
                known_by.append(Identity(IdentityKind.PHONE, phone))
            client = work.clients.add(name, known_by, None, None)
            work.conversations.add(client.id, self.channel_id, str(number))
            if owner is not None:
                take(work, client, owner.id, Why("accepted", owner.id), None, sound=False)
            return client.id

        return await self.transactions.write(add)

    async def offered(self, client_id: ClientId) -> LeadId:
        """Their lead lies in the CRM while staff decide."""

        def offer(work: Work) -> LeadId:
            lead = lead_for(work, _client(work, client_id), None)
            work.outbox.put([outbox.to_crm(RowKind.CRM_INCOMING, self.crm_id, lead.id)])
            return lead.id

        return await self.transactions.write(offer)

    async def accepted(self, client_id: ClientId, owner: Staff) -> None:
        def accept(work: Work) -> None:
            take(work, _client(work, client_id), owner.id, Why("accepted", owner.id), None, sound=False)

        await self.transactions.write(accept)

    async def lead(self, client_id: ClientId) -> Lead:
        def newest(work: Work) -> Lead:
            return max(work.leads.of_client(client_id), key=lambda lead: lead.id)

        return await self.transactions.read(newest)

    async def put(self, kind: RowKind, lead_id: LeadId, **payload: str | int | None) -> None:
        await self.transactions.write(
            lambda work: work.outbox.put([outbox.to_crm(kind, self.crm_id, lead_id, **payload)])
        )

    async def drain(self, adapters: Adapters, rounds: int = 20) -> list[tuple[Row, Outcome]]:
        """Everything that is due now, and what comes up behind it."""
        sender = CrmSender(self.transactions, adapters)
        done: list[tuple[Row, Outcome]] = []
        for _ in range(rounds):
            rows = await self.transactions.write(lambda work: work.outbox.claim(f"crm:{self.crm_id}", work.now, 50))
            if not rows:
                break
            results = [(row, await sender.send(row)) for row in rows]
            await self._settle(results)
            done += results
        return done

    async def _settle(self, results: Sequence[tuple[Row, Outcome]]) -> None:
        await self.transactions.write(lambda work: settle_rows(work, results))


def _add_channel(work: Work, crm_id: CrmId) -> ChannelId:
    channel = Channel(
        ChannelId(0), "telegram", "Shop", ChannelState.ACTIVE, Distribution.FIRST_ACCEPT, crm_id, None, None
    )
    return work.channels.add(channel, "shop-bot", {"token": "1:x"})


def _client(work: Work, client_id: ClientId) -> Client:
    client = work.clients.get(client_id)
    assert client is not None
    return client
