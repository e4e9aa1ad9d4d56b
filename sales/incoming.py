"""What platforms tell us, after mapping. An update is one of these, or it is anomalous and never gets here."""

from dataclasses import dataclass

from sales.clients import Identity
from sales.ids import ChannelId, Moment
from sales.messages import Content


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the name they show, and everything they are known by (the strongest first)."""

    name: str
    identities: tuple[Identity, ...]
    username: str | None = None


@dataclass(frozen=True, slots=True)
class ClientWrote:
    """A client's message. ``content.kind`` ``unsupported`` is kept and shown as what its ``label`` says it is."""

    address: str
    external_id: str
    sender: Sender
    content: Content
    said_at: Moment
    reply_to: str | None = None
    album: str | None = None


@dataclass(frozen=True, slots=True)
class ClientEdited:
    address: str
    external_id: str
    content: Content
    edited_at: Moment


@dataclass(frozen=True, slots=True)
class ClientDeleted:
    address: str
    external_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClientReacted:
    """``reaction`` is one emoji, or ``None`` when it was taken back."""

    address: str
    external_id: str
    reaction: str | None


@dataclass(frozen=True, slots=True)
class ClientReach:
    """A client stopped the bot (``reachable`` false) or started it again."""

    address: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a message of ours fares: ``delivered``, ``read`` or ``failed``."""

    address: str
    external_id: str
    status: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """Handled by doing nothing, knowingly (``why`` is counted in the metrics)."""

    why: str


Event = ClientWrote | ClientEdited | ClientDeleted | ClientReacted | ClientReach | Delivered | Ignored


@dataclass(frozen=True, slots=True)
class Incoming:
    """One platform update: where it came from, its identity there, and what it says.

    ``raw`` is kept only if the use case fails. ``test`` marks an event of a channel test.
    """

    channel_id: ChannelId
    update_id: str
    event: Event
    raw: bytes
    test: bool = False


@dataclass(frozen=True, slots=True)
class Malformed:
    """An update that could not be read: kept as it came, for a person to see and replay."""

    channel_id: ChannelId
    update_id: str
    raw: bytes
    problem: str
