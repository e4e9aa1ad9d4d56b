"""The book of channels. Their secrets are encrypted, bound to the channel they belong to."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from sales.channels import Channel, ChannelState, Distribution, Ladder
from sales.errors import Invalid
from sales.ids import ChannelId, CrmId, Moment
from storage.repositories.base import Book
from storage.schema import channels
from storage.statements import Statement, Tuple, columns, fact, inserting
from storage.texts import dump, load_texts

_NAMES = (
    "kind",
    "name",
    "state",
    "distribution",
    "crm_id",
    "pipeline_id",
    "stage_id",
    "remind_after",
    "widen_after",
    "assign_after",
    "account",
    "problem",
)
_CHANNEL = [channels.c.id, *columns(channels, _NAMES)]
_CONNECTED = fact("state <> 'removed'")
_THIS = channels.c.id == bindparam("id_")
_GET = Statement(select(*_CHANNEL).where(_THIS))
_LIST = Statement(select(*_CHANNEL).where(_CONNECTED).order_by(channels.c.id))
_ADD = Statement(inserting(channels, *_NAMES, "account_key", "secrets", "created_at").returning(channels.c.id))
_SAVE = Statement(update(channels).where(_THIS).values({name: bindparam(f"to_{name}") for name in _NAMES}))
_TAKEN = Statement(select(channels.c.id).where(_CONNECTED, channels.c.account_key == bindparam("account")))
_ACCOUNT_KEY = Statement(select(channels.c.account_key).where(_THIS))
_ADDED_AT = Statement(select(channels.c.created_at).where(_THIS))
_SECRETS = Statement(select(channels.c.secrets).where(_THIS))
_SET_SECRETS = Statement(update(channels).where(_THIS).values(secrets=bindparam("sealed")))
_SET_STATE = Statement(
    update(channels).where(_THIS).values(state=bindparam("to_state"), problem=bindparam("to_problem"))
)
_OFFSET = Statement(select(channels.c.poll_offset).where(_THIS))
_SET_OFFSET = Statement(update(channels).where(_THIS).values(poll_offset=bindparam("to_offset")))


class ChannelsRepository(Book):
    def get(self, channel_id: ChannelId) -> Channel | None:
        """Removed ones too."""
        row = self.link.one(_GET, {"id_": channel_id})
        return None if row is None else _channel(row)

    def list(self) -> Sequence[Channel]:
        return [_channel(row) for row in self.link.rows(_LIST)]

    def add(self, channel: Channel, account_key: str, secrets: Mapping[str, str]) -> ChannelId:
        if self.link.one(_TAKEN, {"account": account_key}) is not None:
            raise Invalid("channel_exists")
        rest = {"account_key": account_key, "secrets": "", "created_at": self.now}
        channel_id = ChannelId(self.link.value(_ADD, {**_values(channel), **rest}))
        self.set_secrets(channel_id, secrets)
        return channel_id

    def save(self, channel: Channel) -> None:
        values = {f"to_{name}": value for name, value in _values(channel).items()}
        self.link.run(_SAVE, {"id_": channel.id, **values})

    def account_key(self, channel_id: ChannelId) -> str:
        return str(self.link.value(_ACCOUNT_KEY, {"id_": channel_id}))

    def added_at(self, channel_id: ChannelId) -> Moment:
        return Moment(self.link.value(_ADDED_AT, {"id_": channel_id}))

    def set_secrets(self, channel_id: ChannelId, secrets: Mapping[str, str]) -> None:
        sealed = self.keys().encrypt(dump(dict(secrets)), _context(channel_id))
        self.link.run(_SET_SECRETS, {"id_": channel_id, "sealed": sealed})

    def secrets(self, channel_id: ChannelId) -> Mapping[str, str]:
        sealed = self.link.value(_SECRETS, {"id_": channel_id})
        return load_texts(self.keys().decrypt(sealed, _context(channel_id))) if sealed else {}

    def set_state(self, channel_id: ChannelId, state: ChannelState, problem: str | None = None) -> None:
        self.link.run(_SET_STATE, {"id_": channel_id, "to_state": state, "to_problem": problem})

    def offset(self, channel_id: ChannelId) -> int | None:
        found = self.link.value(_OFFSET, {"id_": channel_id})
        return None if found is None else int(found)

    def set_offset(self, channel_id: ChannelId, offset: int) -> None:
        self.link.run(_SET_OFFSET, {"id_": channel_id, "to_offset": offset})


def _context(channel_id: ChannelId) -> str:
    return f"channel {channel_id}"


def _values(channel: Channel) -> dict[str, Any]:
    ladder = channel.ladder
    steps = {name: getattr(ladder, name) for name in ladder.__slots__}
    return {name: steps[name] if name in steps else getattr(channel, name) for name in _NAMES}


def _channel(row: Tuple) -> Channel:
    id_, kind, name, state, distribution, crm_id, pipeline_id, stage_id, remind, widen, assign, account, problem = row
    return Channel(
        ChannelId(id_),
        kind,
        name,
        ChannelState(state),
        Distribution(distribution),
        CrmId(crm_id),
        pipeline_id,
        stage_id,
        Ladder(remind, widen, assign),
        account,
        problem,
    )
