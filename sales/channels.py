"""Channels: the accounts customers write to, and what each kind of account can do."""

from dataclasses import dataclass, field
from enum import StrEnum

from sales.ids import ChannelId, CrmId
from sales.messages import MessageKind


class Distribution(StrEnum):
    FIRST_ACCEPT = "first_accept"
    IN_TURN = "in_turn"


class ChannelState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    BROKEN = "broken"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Seconds after which an offer nobody accepts climbs a step; ``None`` skips the step."""

    remind_after: int | None = 120
    widen_after: int | None = 300
    assign_after: int | None = 900


@dataclass(frozen=True, slots=True)
class Channel:
    """One connected account. ``account`` is its public name for people (``@shop_bot``, a phone number)."""

    id: ChannelId
    kind: str
    name: str
    state: ChannelState
    distribution: Distribution
    crm_id: CrmId
    pipeline_id: str | None
    stage_id: str | None
    ladder: Ladder = field(default_factory=Ladder)
    account: str | None = None
    problem: str | None = None


class FirstMessage(StrEnum):
    """How staff may write to somebody who never wrote to us."""

    NEVER = "never"
    TEMPLATE = "template"
    FREELY = "freely"


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a lane may go, in all and in each chat: messages a second, and the most at once after a quiet while."""

    rate: float
    burst: float
    chat_rate: float
    chat_burst: float
    parallel: int = 32


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of channel can do, as data: nothing outside its folder asks which kind it is.

    ``sizes`` is the most bytes that may be sent by kind of message; ``fetch_limit`` the most that can be fetched.
    ``albums`` is the most parts an album may have (0: parts go one by one). ``reactions``: ``None`` is any emoji,
    an empty set none at all. ``window``: seconds after a client's message in which staff may write freely.
    ``unofficial``: the platform does not approve, and may ban the account.
    """

    title: str
    kinds: frozenset[MessageKind]
    edit: bool
    delete: bool
    reactions: frozenset[str] | None
    replies: bool
    read_receipts: bool
    albums: int
    text_limit: int
    caption_limit: int
    sizes: dict[MessageKind, int]
    fetch_limit: int
    limits: Limits
    window: int | None = None
    first_message: FirstMessage = FirstMessage.NEVER
    unofficial: bool = False


class Afterwards(StrEnum):
    """What an admin still has to do once an account is known."""

    NOTHING = "nothing"
    AT_PLATFORM = "at_platform"
    LINK_PHONE = "link_phone"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that connecting an account needs, under its name among the secrets.

    ``pattern`` is what an answer looks like; ``refusal`` the problem of one that doesn't. ``hidden``: never shown
    again. ``default`` is offered; what is ``made`` is never asked for: we make it up, and the platform is told it.
    """

    name: str
    pattern: str = r"\S{1,4096}"
    refusal: str = "not_this"
    hidden: bool = True
    default: str | None = None
    made: bool = False
