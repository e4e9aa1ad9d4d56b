"""A whole office: SQLite, the stand-in, and the sender between them. Rows leave one by one, as delivery would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from playground.telegram.control import BotAccount, Control, Talk
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId, ClientId, Moment, TelegramId, later
from sales.incoming import ClientWrote, Event, Incoming
from sales.incoming import Sender as Writer
from sales.messages import Content, MessageKind
from sales.outbox import STAFF_LANE, Outcome, Row
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.duty import start
from sales.use_cases.receive import receive
from sales.use_cases.settle import settle_rows
from sales.use_cases.team import AddStaff, add_staff
from sales.views.places import TOPICS_KEY
from screens.sender import StaffSender
from storage.transactions import SqlTransactions

T = TypeVar("T")
ANNA = "5551"


class Watch:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = Moment(1_795_348_800_000)

    def __call__(self) -> Moment:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now = later(self.now, seconds)


@dataclass
class Office:
    control: Control
    bot: BotAccount
    transactions: SqlTransactions
    sender: StaffSender
    watch: Watch
    channel_id: ChannelId
    settled: list[tuple[Row, Outcome]] = field(default_factory=list)
    received: int = 0

    async def do(self, use_case: Callable[[Work], T]) -> T:
        return await self.transactions.write(use_case)

    async def topics(self, on: bool) -> None:
        await self.control.set_bot(self.bot, has_topics_enabled=on)
        await self.do(lambda work: work.workspace.set(TOPICS_KEY, "1" if on else "0"))

    async def hire(self, number: int, name: str, role: Role | None, *, admin: bool = False) -> tuple[Staff, Talk]:
        """Someone joins and presses Start."""
        talk = (await self.control.person(number, name)).chat(self.bot)
        await talk.start()
        command = AddStaff(TelegramId(number), name, role, admin=admin, receives_new_clients=True)
        staff = await self.do(lambda work: add_staff(work, command))
        await self.do(lambda work: start(work, staff))
        await self.deliver()
        return await self.again(staff), talk

    async def again(self, staff: Staff) -> Staff:
        found = await self.transactions.read(lambda work: work.staff.get(staff.id))
        assert found is not None
        return found

    async def writes(self, text: str, *, name: str = "Anna K", address: str = ANNA) -> ClientId:
        """A client writes a text."""
        writer = Writer(name, (Identity(IdentityKind.TELEGRAM, address),), "anna_k")
        number = str(self.received + 1)
        await self.happens(ClientWrote(address, number, writer, Content(MessageKind.TEXT, text), self.watch.now))
        key = (self.channel_id, address)
        found = await self.transactions.read(lambda work: work.conversations.by_address([key]))
        return found[key].client_id

    async def happens(self, event: Event) -> None:
        self.received += 1
        incoming = Incoming(self.channel_id, str(self.received), event, b"{}")
        await self.do(lambda work: receive(work, [incoming]))

    async def deliver(self, seconds: float = 120) -> None:
        """Everything that is due in the staff lane within ``seconds`` leaves and is settled."""
        end = later(self.watch.now, seconds)
        while self.watch.now <= end:
            rows = await self.do(lambda work: work.outbox.claim(STAFF_LANE, self.watch.now, 50))
            if not rows:
                due = await self.transactions.read(lambda work: work.outbox.next_due([STAFF_LANE]))
                at = due.get(STAFF_LANE)
                if at is None or at > end:
                    return
                self.watch.now = max(at, later(self.watch.now, 0.001))
                continue
            for row in rows:
                outcome = await self.sender.send(row)
                self.settled.append((row, outcome))
                await self.do(partial(settle_rows, results=[(row, outcome)]))
        raise AssertionError("the staff lane does not come to rest")
