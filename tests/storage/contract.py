"""What the contract tests share: transactions on a real database, a clock they set, and small worlds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sales.channels import Channel, ChannelState, Distribution
from sales.clients import Client, Conversation, Identity, IdentityKind
from sales.ids import ChannelId, ClientId, CrmId, Moment, StaffId, TelegramId
from sales.messages import Content, Direction, MessageKind, MessageStatus
from sales.outbox import NewRow, Priority, Row, RowKind
from sales.ports import Work
from sales.ports.conversations import NewMessage
from sales.staff import Role, Staff
from storage.crypto import Vault
from storage.database import Database
from storage.transactions import SqlTransactions

T = TypeVar("T")
START = Moment(1_790_000_000_000)


class Time:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> Moment:
        return self.now

    def move(self, seconds: float) -> Moment:
        self.now = Moment(self.now + round(seconds * 1000))
        return self.now


@dataclass(frozen=True)
class World:
    """A database, how to use it, and its clock."""

    database: Database
    transactions: SqlTransactions
    time: Time

    async def write(self, use_case: Callable[[Work], T]) -> T:
        return await self.transactions.write(use_case)

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self.transactions.read(view)


def world_on(database: Database, vault: Vault) -> World:
    time = Time()
    return World(database, SqlTransactions(database, time, vault), time)


def add_staff(work: Work, number: int = 1, role: Role | None = Role.REP) -> Staff:
    return work.staff.add(TelegramId(1000 + number), f"Person {number}", role, reachable=True)


def add_channel(work: Work, key: str = "1") -> Channel:
    channel = Channel(
        ChannelId(0),
        "telegram",
        "Shop",
        ChannelState.ACTIVE,
        Distribution.FIRST_ACCEPT,
        CrmId(1),
        None,
        None,
        account="@shop_bot",
    )
    channel_id = work.channels.add(channel, key, {"token": f"{key}:secret-token"})
    found = work.channels.get(channel_id)
    assert found is not None
    return found


def telegram(number: int) -> Identity:
    return Identity(IdentityKind.TELEGRAM, str(number))


def add_client(work: Work, number: int = 1, name: str | None = None) -> Client:
    return work.clients.add(name or f"Client {number}", [telegram(number)], None, None)


def add_conversation(work: Work, channel: Channel, number: int = 1, name: str | None = None) -> Conversation:
    """With its client."""
    return work.conversations.add(add_client(work, number, name).id, channel.id, str(number))


def text(words: str) -> Content:
    return Content(MessageKind.TEXT, words)


def incoming(conversation: Conversation, external_id: str, words: str = "Hello") -> NewMessage:
    return NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.IN,
        text(words),
        MessageStatus.RECEIVED,
        START,
        external_id=external_id,
    )


def outgoing(conversation: Conversation, author: StaffId, words: str = "Yes") -> NewMessage:
    return NewMessage(
        conversation.id,
        conversation.client_id,
        Direction.OUT,
        text(words),
        MessageStatus.QUEUED,
        START,
        author_id=author,
    )


def row(
    stream: str = "s",
    number: int = 0,
    *,
    kind: RowKind = RowKind.NOTICE,
    priority: Priority = Priority.RELAY,
    bucket: str | None = None,
    due_at: Moment | None = None,
    collapse: str | None = None,
    waits_for: int | None = None,
    front: bool = False,
    lane: str = "staff",
) -> NewRow:
    return NewRow(lane, stream, kind, {"message_id": number}, priority, bucket, due_at, collapse, waits_for, front)


def numbers(rows: list[Row] | tuple[Row, ...]) -> list[object]:
    return [each.payload["message_id"] for each in rows]


def some_client(work: Work) -> ClientId:
    return add_client(work).id
