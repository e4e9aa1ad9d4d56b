"""What every kind of channel is made of: the shapes that the registry lists and the hub works with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from channels.words import english
from sales.channels import Afterwards, Capabilities, Field
from sales.ids import ChannelId, Moment
from sales.incoming import Incoming, Malformed
from sales.ports import Transactions
from sales.ports.channels import Account, ChannelAdapter
from sales.ports.files import MediaStore

Take = Callable[[Sequence[Incoming | Malformed]], Awaitable[None]]
"""Returns when it is committed. Raises ``sales.errors.Unavailable``: then it has to be delivered again."""

Report = Callable[[str | None], Awaitable[None]]
"""Says what is wrong with receiving (a code), or that nothing is. Raises ``sales.errors.Unavailable``."""

Secrets = Mapping[str, str]


class NotIdentified(Exception):
    """The platform does not confirm the account. ``code``: ``bad_token``, ``unreachable``, or a kind's own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the platforms are, and where we are (``public_url`` ``None``: they can't reach us, so we ask them)."""

    telegram_api_url: str
    public_url: str | None = None
    whatsapp_api_url: str = "https://graph.facebook.com"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What adapters work with. ``words`` puts what Dibs itself says to clients into words, by name."""

    transactions: Transactions
    store: MediaStore
    addresses: Addresses
    words: Callable[[str], str | None] = english


class Connected(ChannelAdapter, Protocol):
    """An adapter that receives as well."""

    async def listen(self, take: Take, report: Report) -> None:
        """Receive until cancelled; or arrange that the platform delivers to the door, and return."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether what came to the door is from the platform."""


@runtime_checkable
class Challenged(Protocol):
    """An adapter whose platform asks, before it delivers, whether the door is ours."""

    def answer_challenge(self, query: Mapping[str, str]) -> str | None:
        """What to answer; ``None``: whoever asks does not know the secret."""


@runtime_checkable
class Prepares(Protocol):
    """An adapter that has to look something up before it can read what was delivered."""

    async def prepare(self, raw: bytes) -> None:
        """Before ``parse``. Raises ``sales.errors.Unavailable``: then it has to be delivered again."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A client who does not exist, and what they say: for channel tests."""

    name: str
    words: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of channel. ``family`` is its place under ``/webhooks/``; ``secrets`` are the names of what it needs.

    ``made_up`` is a message as the platform would deliver it; ``link`` is where anybody can write to an account, by
    its public name (``None``: there is no such place). ``fields`` say how each secret is asked for, and ``afterwards``
    what an admin has to do then; ``official`` names the kind that the platform itself offers for the same thing.
    """

    title: str
    family: str
    secrets: tuple[str, ...]
    capabilities: Capabilities
    connect: Callable[[ChannelId, Secrets, Surroundings], Connected]
    identify: Callable[[Secrets, Addresses], Awaitable[Account]]
    made_up: Callable[[MadeUp], bytes]
    link: Callable[[str], str | None]
    fields: tuple[Field, ...] = ()
    afterwards: Afterwards = Afterwards.NOTHING
    official: str | None = None
