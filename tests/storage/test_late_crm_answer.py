"""Whose client is this? The CRM answers in time, late or twice, while somebody taps Accept: one owner each time."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from sales.channels import Channel
from sales.errors import OfferTaken
from sales.ids import ChannelId, CrmId, OfferId, StaffId, TelegramId
from sales.incoming import ClientWrote, Incoming, Sender
from sales.offers import Offer, OfferState
from sales.outbox import Outcome, Refused, Row, RowKind, Sent
from sales.ports import Work
from sales.staff import Role
from sales.use_cases.accept import accept_offer
from sales.use_cases.ladder import climb_ladders
from sales.use_cases.offering import LOOKUP_SECONDS
from sales.use_cases.receive import receive
from sales.use_cases.settle import settle_rows
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, add_channel, telegram, text, world_on

NAMES = Sent(facts={"responsible": "u-boris"})
NAMES_NOBODY = Sent()
RACES = 12


@dataclass
class Shop:
    """Anna and Boris are reps, Maria a manager; the CRM knows Boris as ``u-boris``, and Quentin, who may not write."""

    world: World
    channel_id: ChannelId
    crm_id: CrmId
    anna: StaffId
    boris: StaffId
    maria: StaffId
    strangers: int = 0

    async def stranger_writes(self) -> tuple[Offer, Row]:
        """Their offer, and the question to the CRM, on its way."""
        self.strangers += 1
        number = str(self.strangers)
        sender = Sender(f"Stranger {number}", (telegram(self.strangers),))
        event = ClientWrote(number, number, sender, text("hello"), START)
        await self.world.write(lambda work: receive(work, [Incoming(self.channel_id, number, event, b"{}")]))
        claimed = await self.world.write(lambda work: work.outbox.claim(f"crm:{self.crm_id}", work.now, 1000))
        (row,) = (one for one in claimed if one.kind is RowKind.CRM_FIND)
        return await self.offer(OfferId(int(row.payload["offer_id"] or 0))), row

    async def offer(self, offer_id: OfferId) -> Offer:
        offer = await self.world.read(lambda work: work.offers.get(offer_id))
        assert offer is not None
        return offer

    async def answers(self, row: Row, outcome: Outcome) -> None:
        await self.world.write(lambda work: settle_rows(work, [(row, outcome)]))

    async def accepts(self, offer: Offer) -> str:
        def accept(work: Work) -> None:
            anna = work.staff.get(self.anna)
            assert anna is not None
            accept_offer(work, anna, offer.id)

        try:
            await self.world.write(accept)
        except OfferTaken as taken:
            return taken.by
        return "mine"

    async def late(self) -> None:
        self.world.time.move(LOOKUP_SECONDS + 1)
        await self.world.write(climb_ladders)

    async def owner(self, offer: Offer) -> StaffId | None:
        client = await self.world.read(lambda work: work.clients.get(offer.client_id))
        assert client is not None
        return client.owner_id

    async def told(self, name: str) -> list[Row]:
        """Notices of this name that wait in the staff lane; whatever waits there counts as sent then."""

        def empty(work: Work) -> list[Row]:
            found: list[Row] = []
            while claimed := work.outbox.claim("staff", work.now, 1000):
                work.outbox.finish_sent([row.id for row in claimed])
                found += claimed
            return found

        rows = await self.world.write(empty)
        return [row for row in rows if row.kind is RowKind.NOTICE and row.payload["name"] == name]


@pytest.fixture
async def shop(database: Database, vault: Vault) -> Shop:
    world = world_on(database, vault)

    def found(work: Work) -> Shop:
        people = {
            name: work.staff.add(
                TelegramId(1000 + n), name, role, receives_new_clients=role is Role.REP, reachable=True
            ).id
            for n, (name, role) in enumerate(
                [("Anna", Role.REP), ("Boris", Role.REP), ("Maria", Role.MANAGER), ("Quentin", Role.QUALITY_CONTROL)]
            )
        }
        crm_id = work.crms.add("kommo", "Kommo", {"token": "x"})
        work.crms.map_user(crm_id, people["Boris"], "u-boris")
        work.crms.map_user(crm_id, people["Quentin"], "u-quentin")
        channel: Channel = replace(add_channel(work), crm_id=crm_id)
        work.channels.save(channel)
        return Shop(world, channel.id, crm_id, people["Anna"], people["Boris"], people["Maria"])

    return await world.write(found)


async def test_nobody_is_asked_before_the_crm_has_answered(shop: Shop) -> None:
    offer, row = await shop.stranger_writes()
    assert offer.state is OfferState.LOOKING_UP
    assert await shop.world.write(lambda work: work.outbox.claim("staff", work.now, 100)) == []
    await shop.answers(row, NAMES)
    assert await shop.owner(offer) == shop.boris
    assert (await shop.offer(offer.id)).state is OfferState.ASSIGNED


@pytest.mark.parametrize(
    "outcome",
    [
        NAMES_NOBODY,
        Refused("bad_request"),
        Sent(facts={"responsible": "u-unknown"}),
        Sent(facts={"responsible": "u-quentin"}),
    ],
)
async def test_a_client_whom_nobody_on_the_team_has_is_offered(shop: Shop, outcome: Sent | Refused) -> None:
    offer, row = await shop.stranger_writes()
    await shop.answers(row, outcome)
    assert (await shop.offer(offer.id)).state is OfferState.OPEN
    assert await shop.accepts(offer) == "mine"


async def test_a_late_answer_assigns_while_nobody_owns(shop: Shop) -> None:
    offer, row = await shop.stranger_writes()
    await shop.late()
    assert (await shop.offer(offer.id)).state is OfferState.OPEN
    await shop.answers(row, NAMES)
    assert await shop.owner(offer) == shop.boris
    assert await shop.accepts(offer) == "Boris"
    assert await shop.told("crm_names_another") == []


async def test_a_late_answer_after_accept_asks_a_manager_and_switches_nothing(shop: Shop) -> None:
    offer, row = await shop.stranger_writes()
    await shop.late()
    assert await shop.accepts(offer) == "mine"
    await shop.answers(row, NAMES)
    assert await shop.owner(offer) == shop.anna
    asked = await shop.told("crm_names_another")
    assert [one.payload["staff_id"] for one in asked] == [shop.maria]


async def test_an_answer_that_comes_twice_after_a_crash_changes_nothing_more(shop: Shop) -> None:
    offer, row = await shop.stranger_writes()
    await shop.world.write(lambda work: work.outbox.recover([row.lane]))
    (again,) = await shop.world.write(lambda work: work.outbox.claim(row.lane, work.now, 1))
    assert (again.id, again.uncertain) == (row.id, True)
    await shop.answers(again, NAMES)
    await shop.answers(again, NAMES)
    assert await shop.owner(offer) == shop.boris
    history = await shop.world.read(lambda work: work.assignments.of_client(offer.client_id))
    assert [one.reason for one in history] == ["crm"]


async def test_a_late_answer_and_accept_at_the_same_instant_make_one_owner(shop: Shop) -> None:
    """Whoever is first; and if it was Anna, a manager is asked."""
    for _ in range(RACES):
        offer, row = await shop.stranger_writes()
        await shop.late()
        await shop.told("anything")
        accepted, _ = await asyncio.gather(shop.accepts(offer), shop.answers(row, NAMES))
        owner = await shop.owner(offer)
        history = await shop.world.read(lambda work, c=offer.client_id: work.assignments.of_client(c))
        assert len(history) == 1
        asked = await shop.told("crm_names_another")
        if accepted == "mine":
            assert owner == shop.anna
            assert [one.payload["staff_id"] for one in asked] == [shop.maria]
        else:
            assert (accepted, owner, asked) == ("Boris", shop.boris, [])
