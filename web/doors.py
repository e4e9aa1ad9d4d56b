"""What the web side is given: who stands behind each address. Wired by ``bot``."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sales.ids import ChannelId

LIMIT = 1024 * 1024
"""Bytes. An update of Telegram's is a few kilobytes; files never come with it."""


class Door(Protocol):
    """Where one address leads."""

    async def take(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object] | None:
        """Returns when it is committed (or was already), maybe with an answer to go back as JSON.

        Raises WrongSecret (``channels.hub``), Unavailable.
        """


class ChannelDoor(Door, Protocol):
    """Where a platform delivers what clients wrote."""

    def answer_challenge(self, query: Mapping[str, str]) -> str | None:
        """What the platform wants to hear before it delivers; ``None``: refused. ``LookupError``: it never asks."""


@dataclass(frozen=True, slots=True)
class LaneState:
    """One way out. ``lag`` is how many seconds its next row is overdue."""

    name: str
    queued: int
    lag: float
    down: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How the process is: ``problems`` are plain words, and none means ready."""

    problems: Sequence[str]
    lanes: Sequence[LaneState] = ()
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def ready(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Doors:
    """``channel`` finds the door of a connected channel under ``/webhooks/<family>/``; ``None``: no such channel.

    ``too_full``: more is waiting to leave than we dare to accept. ``metrics`` is Prometheus's text.
    """

    channel: Callable[[str, ChannelId], Awaitable[ChannelDoor | None]]
    staff: Door | None
    too_full: Callable[[], Awaitable[bool]]
    state: Callable[[], Awaitable[State]]
    metrics: Callable[[], Awaitable[bytes]]
    observe: Callable[[str, int, float], None] = lambda door, status, seconds: None
