"""What platforms tell us, after mapping. An update is one of these, or it is anomalous and never gets here.

``address`` is where a conversation is to be found, ``aliases`` are where it may be filed still: some platforms give
people another kind of id. One found under an alias is filed under ``address`` from then on. ``known_by`` is told by
platforms where a person has one chat, and several names that not every event tells: so the chat is found all the same.
"""

from dataclasses import dataclass

from sales.clients import Identity
from sales.ids import ChannelId, Moment, OutboxId
from sales.messages import Content


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the name they show, and everything they are known by (the strongest first)."""

    name: str
    identities: tuple[Identity, ...]
    username: str | None = None


@dataclass(frozen=True, slots=True)
class ClientWrote:
    """A client's message. ``content.kind`` ``unsupported`` is kept and shown as what its ``label`` says it is.

    ``window``: seconds from ``said_at`` in which staff may write freely; ``None`` where the platform sets no such
    limit. ``history``: said before the channel was connected, so it is kept and asks nobody for anything.
    """

    address: str
    external_id: str
    sender: Sender
    content: Content
    said_at: Moment
    reply_to: str | None = None
    album: str | None = None
    window: int | None = None
    history: bool = False
    aliases: tuple[str, ...] = ()
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenOutside:
    """Our side wrote to a client without Dibs: on the phone, in the account itself. Kept and shown, never sent.

    ``receiver`` is the client. ``window`` as in ``ClientWrote`` (this message opens none). ``row_id``: it may be a row
    of ours whose answer was lost. ``automatic``: a greeting or the like, which answers nobody.
    """

    address: str
    external_id: str
    receiver: Sender
    content: Content
    said_at: Moment
    reply_to: str | None = None
    album: str | None = None
    window: int | None = None
    history: bool = False
    row_id: OutboxId | None = None
    aliases: tuple[str, ...] = ()
    automatic: bool = False
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientEdited:
    """A message was changed: the client's, or one of ours that was changed without Dibs."""

    address: str
    external_id: str
    content: Content
    edited_at: Moment
    aliases: tuple[str, ...] = ()
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientDeleted:
    """Messages were deleted: the client's, or ours without Dibs."""

    address: str
    external_ids: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientReacted:
    """``reaction`` is one emoji, or ``None`` when it was taken back."""

    address: str
    external_id: str
    reaction: str | None
    aliases: tuple[str, ...] = ()
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientReach:
    """A client stopped the bot (``reachable`` false) or started it again."""

    address: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a message of ours fares: ``sent``, ``delivered``, ``read`` or ``failed``.

    ``problem`` is a code (as of ``Refused``), then a blank and the platform's words. ``row_id`` is the row it left
    with, where the platform repeats what we told it: so a send whose answer was lost is settled.
    """

    address: str
    external_id: str
    status: str
    problem: str | None = None
    row_id: OutboxId | None = None
    aliases: tuple[str, ...] = ()
    known_by: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class ClientMoved:
    """A client has another number or user id: the conversation goes on at ``new_address``, known by ``identities``.

    ``former`` is theirs no longer: a number that was given up is somebody else's one day.
    """

    address: str
    new_address: str
    identities: tuple[Identity, ...]
    former: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """The account itself: ``problem`` is a code for what keeps it from working, ``None`` when it works (again).

    ``broken``: it stands until somebody repairs it.
    """

    problem: str | None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Ignored:
    """Handled by doing nothing, knowingly (``why`` is counted in the metrics)."""

    why: str


Event = (
    ClientWrote
    | WrittenOutside
    | ClientEdited
    | ClientDeleted
    | ClientReacted
    | ClientReach
    | ClientMoved
    | Delivered
    | AccountChanged
    | Ignored
)


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
