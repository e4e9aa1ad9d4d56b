"""The book of conversations."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, case, func, select, update

from sales.clients import Conversation, next_window_step
from sales.ids import ChannelId, ClientId, ConversationId, Moment
from storage.repositories.base import Book
from storage.schema import channels, clients, conversations
from storage.statements import Statement, Tuple, columns, each, fact

_CONVERSATION = columns(
    conversations,
    ("id", "client_id", "channel_id", "address", "last_inbound_at", "unreachable", "window_until", "chosen_at"),
)
_THIS = conversations.c.id == bindparam("id_")
_GET = Statement(select(*_CONVERSATION).where(_THIS))
_BY_ADDRESS = Statement(
    select(*_CONVERSATION).where(
        conversations.c.channel_id == bindparam("channel"), conversations.c.address.in_(each("addresses"))
    )
)
_RANK = select(clients.c.rank).where(clients.c.id == bindparam("client_id")).scalar_subquery()
_earlier = conversations.alias("earlier")
_EARLIER = (
    select(_earlier.c.id)
    .where(_earlier.c.client_id == bindparam("client_id"), _earlier.c.channel_id == bindparam("channel_id"))
    .exists()
)
_ADD = Statement(
    conversations.insert()
    .values(
        client_id=bindparam("client_id"),
        channel_id=bindparam("channel_id"),
        address=bindparam("address"),
        window_until=bindparam("window_until"),
        created_at=bindparam("created_at"),
        client_rank=_RANK,
        first_address=~_EARLIER,
    )
    .returning(conversations.c.id)
)
_chosen = conversations.c.chosen_at > func.coalesce(conversations.c.last_inbound_at, 0)
_answered_at = case((_chosen, conversations.c.chosen_at), else_=conversations.c.last_inbound_at)
_OF_CLIENT = Statement(
    select(*_CONVERSATION)
    .where(conversations.c.client_id == bindparam("client"))
    .order_by(_answered_at.desc().nulls_last(), conversations.c.id.desc())
)
_CHOOSE = Statement(update(conversations).where(_THIS).values(chosen_at=bindparam("moment")))
_other = conversations.alias("other")
_BESIDE = Statement(
    select(conversations.c.client_id)
    .where(
        fact("first_address"),
        conversations.c.channel_id == bindparam("channel"),
        select(_other.c.id)
        .join(channels, channels.c.id == _other.c.channel_id)
        .where(
            _other.c.client_id == conversations.c.client_id,
            _other.c.channel_id != bindparam("channel"),
            _other.c.unreachable.is_(None),
            channels.c.state == fact("'active'"),
        )
        .exists(),
    )
    .order_by(conversations.c.client_rank, conversations.c.client_id)
    .limit(bindparam("most"))
)
_newer = conversations.c.last_inbound_at >= bindparam("moment")
_HEARD = Statement(
    update(conversations)
    .where(_THIS)
    .values(
        last_inbound_at=case((_newer, conversations.c.last_inbound_at), else_=bindparam("moment")), unreachable=None
    )
)
_OPEN_WINDOW = Statement(
    update(conversations)
    .where(_THIS, conversations.c.window_until.is_(None) | (conversations.c.window_until < bindparam("moment")))
    .values(window_until=bindparam("moment"), window_step_at=bindparam("step"))
)
_REFILE = Statement(update(conversations).where(_THIS).values(address=bindparam("to_address")))
_SHUT_WINDOW = Statement(
    update(conversations).where(_THIS).values(window_until=bindparam("moment"), window_step_at=None)
)
_WINDOWS_DUE = Statement(
    select(*_CONVERSATION)
    .where(fact("window_step_at IS NOT NULL"), conversations.c.window_step_at <= bindparam("moment"))
    .order_by(conversations.c.window_step_at)
    .limit(bindparam("most"))
)
_PLAN_WINDOW = Statement(update(conversations).where(_THIS).values(window_step_at=bindparam("step")))
_SET_UNREACHABLE = Statement(update(conversations).where(_THIS).values(unreachable=bindparam("why")))


class ConversationsRepository(Book):
    def get(self, conversation_id: ConversationId) -> Conversation | None:
        row = self.link.one(_GET, {"id_": conversation_id})
        return None if row is None else _conversation(row)

    def by_address(self, keys: Sequence[tuple[ChannelId, str]]) -> Mapping[tuple[ChannelId, str], Conversation]:
        """A statement for each channel: a batch comes from one."""
        by_channel: dict[ChannelId, list[str]] = {}
        for channel_id, address in keys:
            by_channel.setdefault(channel_id, []).append(address)
        found = {}
        for channel_id, addresses in by_channel.items():
            for row in self.link.rows(_BY_ADDRESS, {"channel": channel_id, "addresses": addresses}):
                found[channel_id, str(row[3])] = _conversation(row)
        return found

    def add(
        self, client_id: ClientId, channel_id: ChannelId, address: str, window_until: Moment | None = None
    ) -> Conversation:
        values = {"client_id": client_id, "channel_id": channel_id, "address": address}
        values |= {"created_at": self.now, "window_until": window_until}
        id_ = ConversationId(self.link.value(_ADD, values))
        return Conversation(id_, client_id, channel_id, address, window_until=window_until)

    def of_client(self, client_id: ClientId) -> Sequence[Conversation]:
        return [_conversation(row) for row in self.link.rows(_OF_CLIENT, {"client": client_id})]

    def choose(self, conversation_id: ConversationId) -> None:
        self.link.run(_CHOOSE, {"id_": conversation_id, "moment": self.now})

    def beside(self, channel_id: ChannelId, limit: int) -> Sequence[ClientId]:
        rows = self.link.rows(_BESIDE, {"channel": channel_id, "most": limit})
        return [ClientId(row[0]) for row in rows]

    def heard(self, at: Mapping[ConversationId, Moment]) -> None:
        self.link.many(_HEARD, [{"id_": id_, "moment": at[id_]} for id_ in sorted(at)])

    def open_windows(self, until: Mapping[ConversationId, Moment]) -> None:
        if until:
            self.link.many(_OPEN_WINDOW, [_window(id_, until[id_], self.now) for id_ in sorted(until)])

    def refile(self, conversation_id: ConversationId, address: str) -> None:
        self.link.run(_REFILE, {"id_": conversation_id, "to_address": address})

    def shut_window(self, conversation_id: ConversationId) -> None:
        self.link.run(_SHUT_WINDOW, {"id_": conversation_id, "moment": self.now})

    def windows_due(self, now: Moment, limit: int) -> Sequence[Conversation]:
        rows = self.link.rows(_WINDOWS_DUE, {"moment": now, "most": limit})
        return [_conversation(row) for row in rows]

    def plan_window(self, conversation_id: ConversationId, step_at: Moment | None) -> None:
        self.link.run(_PLAN_WINDOW, {"id_": conversation_id, "step": step_at})

    def set_unreachable(self, conversation_id: ConversationId, why: str | None) -> None:
        self.link.run(_SET_UNREACHABLE, {"id_": conversation_id, "why": why})


def _window(conversation_id: ConversationId, until: Moment, now: Moment) -> dict[str, int | None]:
    return {"id_": conversation_id, "moment": until, "step": next_window_step(until, now)}


def _conversation(row: Tuple) -> Conversation:
    id_, client_id, channel_id, *rest = row
    return Conversation(ConversationId(id_), ClientId(client_id), ChannelId(channel_id), *rest)
