"""The team: who works here, as what, and where that differs."""

from dataclasses import dataclass
from enum import StrEnum

from sales.ids import ChannelId, Moment, StaffId, TelegramId


class Role(StrEnum):
    REP = "rep"
    MANAGER = "manager"
    QUALITY_CONTROL = "quality_control"


@dataclass(frozen=True, slots=True)
class Staff:
    """A Telegram user of the staff bot.

    ``on_duty`` is what /on and /off set; ``reachable`` is false until they press /start, and again after a 403.
    ``started_at`` is when they last pressed it. ``flat`` says that topics failed in this person's
    chat, so theirs is the flat chat whatever the bot's setting.
    """

    id: StaffId
    telegram_id: TelegramId
    name: str
    role: Role | None
    admin: bool
    receives_new_clients: bool
    on_duty: bool
    reachable: bool
    flat: bool = False
    language: str | None = None
    removed_at: Moment | None = None
    started_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class ChannelRole:
    """What differs for one person on one channel. ``None`` inherits; ``no_access`` takes the channel away."""

    staff_id: StaffId
    channel_id: ChannelId
    role: Role | None = None
    no_access: bool = False
    receives_new_clients: bool | None = None
