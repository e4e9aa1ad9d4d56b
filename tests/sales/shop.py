"""A shop on Telegram with a rep, a manager and an admin; what leaves is looked at as rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from sales.channels import Channel
from sales.clients import Client, Identity, IdentityKind
from sales.ids import ChannelId, ClientId, Moment, PostId, TelegramId
from sales.incoming import ClientWrote, Event, Incoming, Sender
from sales.messages import Content, Message, MessageKind, RemoteFile
from sales.outbox import Row, RowKind
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.accept import accept_offer
from sales.use_cases.channels import AddChannel, add_channel
from sales.use_cases.receive import receive
from sales.use_cases.talk import StaffPost, Wrote, staff_wrote
from sales.use_cases.team import AddStaff, add_staff
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import Time, World, world_on

T = TypeVar("T")


@dataclass
class Shop:
    world: World
    channel_id: ChannelId
    anna: Staff
    maria: Staff
    ada: Staff
    updates: int = 0

    @property
    def time(self) -> Time:
        return self.world.time

    async def do(self, use_case: Callable[[Work], T]) -> T:
        return await self.world.write(use_case)

    async def hears(self, event: Event, *, test: bool = False) -> None:
        """Something comes in from the channel."""
        self.updates += 1
        incoming = Incoming(self.channel_id, str(self.updates), event, b"{}", test)
        await self.do(lambda work: receive(work, [incoming]))

    async def writes(self, content: Content | str = "Hello", number: int = 1, address: str = "111") -> ClientId:
        """A client writes; ``number`` is the message's id on the platform."""
        if isinstance(content, str):
            content = Content(MessageKind.TEXT, content)
        sender = Sender("Ann", (Identity(IdentityKind.TELEGRAM, address),))
        await self.hears(ClientWrote(address, str(number), sender, content, self.time.now))
        key = (self.channel_id, address)
        return await self.do(lambda work: work.conversations.by_address([key])[key].client_id)

    async def accepted(self, content: Content | str = "Hello") -> ClientId:
        """They write, and Anna accepts."""
        client_id = await self.writes(content)

        def accept(work: Work) -> None:
            accept_offer(work, self.anna, work.offers.open_of([client_id])[client_id].id)

        await self.do(accept)
        return client_id

    async def answers(self, client_id: ClientId, content: Content, post: int = 900) -> Message:
        """Anna answers the client's newest message."""

        def answer(work: Work) -> Message:
            topic = work.topics.get(self.anna.id, client_id)
            assert topic is not None
            work.topics.save(replace(topic, thread_id=77))
            wrote = staff_wrote(work, self.anna, StaffPost(PostId(post), content, 77))
            assert isinstance(wrote, Wrote)
            found = work.messages.get(wrote.message_id)
            assert found is not None
            return found

        return await self.do(answer)

    async def rows(self, *kinds: RowKind) -> list[Row]:
        """Everything of these kinds that is in the outbox, in every lane; taken from it."""

        def claim(work: Work) -> list[Row]:
            found: list[Row] = []
            for lane in work.outbox.lanes():
                while rows := work.outbox.claim(lane, Moment(work.now + 10_000_000), 100):
                    found += rows
                    work.outbox.finish_sent([row.id for row in rows])
            return found

        return [row for row in await self.do(claim) if not kinds or row.kind in kinds]

    async def client(self, client_id: ClientId) -> Client:
        found = await self.do(lambda work: work.clients.get(client_id))
        assert found is not None
        return found

    async def channel(self) -> Channel:
        found = await self.do(lambda work: work.channels.get(self.channel_id))
        assert found is not None
        return found


def photo(name: str, held_by: str, words: str = "", unique_id: str | None = None) -> Content:
    return Content(MessageKind.PHOTO, words, file=RemoteFile(held_by, name, 2000, "image/jpeg", unique_id=unique_id))


async def open_shop(database: Database, vault: Vault) -> Shop:
    world = world_on(database, vault)
    add = AddChannel("telegram", "Shop", "600", {"token": "600:SHOP"}, "@shop_bot")
    channel_id = await world.write(lambda work: add_channel(work, add))

    async def hire(number: int, name: str, role: Role, *, admin: bool = False, switch: bool = False) -> Staff:
        def hired(work: Work) -> Staff:
            staff = add_staff(work, AddStaff(TelegramId(number), name, role, admin, switch))
            work.staff.save(replace(staff, reachable=True))
            return replace(staff, reachable=True)

        return await world.write(hired)

    anna = await hire(11, "Anna", Role.REP, switch=True)
    maria = await hire(12, "Maria", Role.MANAGER)
    ada = await hire(13, "Ada", Role.QUALITY_CONTROL, admin=True)
    return Shop(world, channel_id, anna, maria, ada)
