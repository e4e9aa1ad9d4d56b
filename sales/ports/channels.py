"""The book of channels, and the port that each kind of channel implements."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sales.channels import Capabilities, Channel, ChannelState
from sales.ids import ChannelId, Moment
from sales.incoming import Incoming, Malformed
from sales.messages import RemoteFile
from sales.outbox import Outcome, Row


class Channels(Protocol):
    """``secrets`` are encrypted at rest and leave this book only through ``secrets``."""

    def get(self, channel_id: ChannelId) -> Channel | None: ...
    def list(self) -> Sequence[Channel]:
        """All that are not removed, by id."""

    def add(self, channel: Channel, account_key: str, secrets: Mapping[str, str]) -> ChannelId:
        """``channel.id`` is not read. Raises ``Invalid('channel_exists')`` if the account is connected already."""

    def save(self, channel: Channel) -> None: ...
    def account_key(self, channel_id: ChannelId) -> str: ...
    def added_at(self, channel_id: ChannelId) -> Moment: ...
    def set_secrets(self, channel_id: ChannelId, secrets: Mapping[str, str]) -> None:
        """A fresh token of the same account."""

    def secrets(self, channel_id: ChannelId) -> Mapping[str, str]: ...
    def set_state(self, channel_id: ChannelId, state: ChannelState, problem: str | None = None) -> None: ...
    def offset(self, channel_id: ChannelId) -> int | None:
        """Where polling goes on."""

    def set_offset(self, channel_id: ChannelId, offset: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Account:
    """What a platform says about a freshly entered account. ``key`` is unique (a bot's id, a phone number id)."""

    key: str
    name: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: ``ok``, what was looked at (a code), and facts for its words."""

    ok: bool
    code: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TemplateVariable:
    """One blank of a template: ``place`` as in ``TemplateUse``, and an ``example`` from its approval."""

    place: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text that the platform has approved. Blanks stand in ``header`` and ``body`` as ``{{1}}`` or ``{{name}}``."""

    name: str
    language: str
    category: str
    body: str
    header: str = ""
    footer: str = ""
    variables: tuple[TemplateVariable, ...] = ()
    buttons: tuple[str, ...] = ()


class LinkState(StrEnum):
    """Where linking a phone stands."""

    STARTING = "starting"
    SCAN = "scan"
    WORKING = "working"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Link:
    """``picture`` is the code to scan now, a PNG; ``account`` who is linked."""

    state: LinkState
    picture: bytes | None = None
    account: str | None = None


@runtime_checkable
class KnowsTemplates(Protocol):
    """An adapter whose platform has approved templates."""

    async def templates(self) -> Sequence[Template]:
        """Those that may be sent now. Raises ``sales.errors.Unavailable``."""


@runtime_checkable
class LooksUpNumbers(Protocol):
    """An adapter that can tell whether a number is on the platform."""

    async def address_of(self, phone: str) -> str | None:
        """Where ``phone`` (E.164) is written to; ``None``: it is not on the platform. Raises ``Unavailable``."""


@runtime_checkable
class LinksPhone(Protocol):
    """An adapter of a phone that is linked by a code."""

    async def link(self) -> Link:
        """Where it stands; starts what has stopped. Raises ``Unavailable``."""

    async def pairing_code(self, phone: str) -> str:
        """To be typed into the phone instead of scanning. Raises ``Unavailable``, ``Invalid``."""


class ChannelAdapter(Protocol):
    """One connected account, on the wire. Adapters decide nothing; errors of the platform become outcomes."""

    capabilities: Capabilities

    async def send(self, row: Row) -> Outcome: ...
    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """Stream a file. Raises ``FileGone`` or ``FileTooBig`` (``sales.ports.files``)."""

    async def check(self) -> Sequence[Finding]: ...
    def parse(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        """Read what the platform delivered; one bad item never spoils its neighbours."""

    async def close(self) -> None: ...
