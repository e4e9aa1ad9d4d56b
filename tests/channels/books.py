"""Small books in memory, behind the real ports: as much of ``Work`` as the channels' side needs."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, TypeVar

from sales.channels import Channel, ChannelState, Distribution
from sales.clients import Client, Conversation
from sales.ids import ChannelId, ClientId, ConversationId, CrmId, MediaId, MessageId, Moment, OutboxId, StaffId
from sales.messages import Content, Direction, Media, MediaState, Message, MessageStatus, RemoteFile
from sales.outbox import NewRow, Row, RowKind, channel_lane
from sales.ports import Work
from sales.ports.conversations import Version

T = TypeVar("T")
CHANNEL = ChannelId(7)


@dataclass
class Messages:
    kept: dict[MessageId, Message] = field(default_factory=dict)
    former: dict[MessageId, list[Version]] = field(default_factory=dict)

    def get(self, message_id: MessageId) -> Message | None:
        return self.kept.get(message_id)

    def of_album(self, conversation_id: ConversationId, album: str) -> Sequence[Message]:
        return [message for message in self.kept.values() if message.album == album]

    def by_external(self, conversation_id: ConversationId, external_id: str) -> Message | None:
        return next((message for message in self.kept.values() if message.external_id == external_id), None)

    def last_heard(self, conversation_id: ConversationId) -> str | None:
        heard = [message.external_id for message in self.kept.values() if message.direction is Direction.IN]
        return heard[-1] if heard else None

    def versions(self, message_id: MessageId) -> Sequence[Version]:
        return self.former.get(message_id, [])

    def settle(
        self, message_id: MessageId, status: MessageStatus, external_id: str | None, problem: str | None
    ) -> None:
        self.kept[message_id] = replace(self.kept[message_id], status=status, external_id=external_id)


@dataclass
class Seen:
    kept: set[tuple[str, str]] = field(default_factory=set)

    def add(self, source: str, update_ids: Sequence[str]) -> set[str]:
        new = {number for number in update_ids if (source, number) not in self.kept}
        self.kept |= {(source, number) for number in new}
        return new


@dataclass
class Channels:
    kept: dict[ChannelId, Channel] = field(default_factory=dict)
    keys: dict[ChannelId, Mapping[str, str]] = field(default_factory=dict)
    offsets: dict[ChannelId, int] = field(default_factory=dict)
    added: dict[ChannelId, Moment] = field(default_factory=dict)

    def get(self, channel_id: ChannelId) -> Channel | None:
        return self.kept.get(channel_id)

    def list(self) -> Sequence[Channel]:
        return [channel for channel in self.kept.values() if channel.state is not ChannelState.REMOVED]

    def secrets(self, channel_id: ChannelId) -> Mapping[str, str]:
        return self.keys[channel_id]

    def set_state(self, channel_id: ChannelId, state: ChannelState, problem: str | None = None) -> None:
        self.kept[channel_id] = replace(self.kept[channel_id], state=state, problem=problem)

    def added_at(self, channel_id: ChannelId) -> Moment:
        return self.added.get(channel_id, Moment(0))

    def offset(self, channel_id: ChannelId) -> int | None:
        return self.offsets.get(channel_id)

    def set_offset(self, channel_id: ChannelId, offset: int) -> None:
        self.offsets[channel_id] = offset


class Books:
    """Everything, and the ``Transactions`` over it. A use case that raises leaves no update seen."""

    def __init__(self) -> None:
        self.messages = Messages()
        self.media: dict[MediaId, Media] = {}
        self.conversation = Conversation(ConversationId(3), ClientId(2), CHANNEL, "111")
        self.client = Client(ClientId(2), "Ann", StaffId(1), None, None)
        self.channels = Channels()
        self.seen = Seen()
        self.inbox: list[tuple[str, str, bytes, str]] = []
        self.rows: list[NewRow] = []
        self.audit: list[str] = []
        self.workspace: dict[str, str] = {}
        self.now = Moment(1)
        self.writes = 0
        self.before_write: Callable[[], Any] | None = None
        self.handled: list[str] = []
        self.changed = asyncio.Event()

    @property
    def work(self) -> Any:
        return SimpleNamespace(
            now=self.now,
            messages=self.messages,
            media=SimpleNamespace(get=self.media.get),
            conversations=SimpleNamespace(get=lambda _: self.conversation, by_address=self._by_address),
            clients=SimpleNamespace(get=lambda _: self.client),
            channels=self.channels,
            seen=self.seen,
            workspace=SimpleNamespace(get=self.workspace.get, set=self.workspace.__setitem__),
            inbox=SimpleNamespace(add=lambda *entry: self.inbox.append(entry), count=lambda: len(self.inbox)),
            outbox=SimpleNamespace(put=self.rows.extend),
            staff=SimpleNamespace(list=lambda: [SimpleNamespace(id=StaffId(1), admin=True, reachable=True)]),
            audit=SimpleNamespace(add=lambda action, *_: self.audit.append(action)),
        )

    def _by_address(self, keys: Sequence[tuple[ChannelId, str]]) -> dict[tuple[ChannelId, str], Conversation]:
        for _, address in keys:
            if address == "666":
                raise ZeroDivisionError("a bug of ours")
            self.handled.append(address)
        return {}

    async def read(self, view: Callable[[Work], T]) -> T:
        return view(self.work)

    async def write(self, use_case: Callable[[Work], T]) -> T:
        if self.before_write is not None:
            await self.before_write()
        self.writes += 1
        self.changed.set()
        seen, inbox, handled = set(self.seen.kept), list(self.inbox), list(self.handled)
        try:
            return use_case(self.work)
        except BaseException:
            self.seen.kept, self.inbox, self.handled = seen, inbox, handled
            raise

    async def until(self, condition: Callable[[], bool]) -> None:
        """Looked at after each transaction."""
        async with asyncio.timeout(20):
            while not condition():
                await self.changed.wait()
                self.changed.clear()

    def channel(self, token: str, channel_id: ChannelId = CHANNEL) -> None:
        """A connected Telegram bot."""
        state, in_turn = ChannelState.ACTIVE, Distribution.FIRST_ACCEPT
        self.channels.kept[channel_id] = Channel(channel_id, "telegram", "Shop", state, in_turn, CrmId(1), None, None)
        self.channels.keys[channel_id] = {"token": token}

    def written(self, content: Content, sha256: str | None = None, size: int = 0, **more: Any) -> MessageId:
        """A message of ours, queued, its file stored."""
        message_id = MessageId(len(self.messages.kept) + 1)
        media_id = None
        if content.file is not None:
            media_id = MediaId(message_id)
            state = MediaState.STORED if sha256 is not None else MediaState.WANTED
            self.media[media_id] = Media(media_id, state, content.file, sha256, size)
        fields = {"direction": Direction.OUT, "status": MessageStatus.QUEUED, "media_id": media_id, **more}
        at = Moment(message_id)
        message = Message(
            message_id, ConversationId(3), ClientId(2), content=content, created_at=at, said_at=at, **fields
        )
        self.messages.kept[message_id] = message
        return message_id

    def edited(self, message_id: MessageId, content: Content) -> None:
        message = self.messages.kept[message_id]
        self.messages.former.setdefault(message_id, []).append(Version(message.content, Moment(1)))
        self.messages.kept[message_id] = replace(message, content=content)


def row(kind: RowKind, **payload: str | int | bool | None) -> Row:
    lane = channel_lane(CHANNEL)
    return Row(
        OutboxId(1), lane, "s", kind, {"conversation_id": 3, **payload}, 20, None, 1, False, Moment(1), Moment(1)
    )


def remote(source: str = "x", **facts: Any) -> RemoteFile:
    return RemoteFile("staff", source, **facts)
