"""The book of channel tests: made-up clients with whom an admin tries a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sales.ids import ChannelId, ClientId, Moment, PostId, StaffId
from sales.ports.channels import Finding


class Hop(StrEnum):
    """What a test goes through, in this order."""

    RECEIVED = "received"
    CARD = "card"
    ACCEPT = "accept"
    LEAD = "lead"
    REPLY = "reply"
    DELIVERED = "delivered"


class ChannelTestState(StrEnum):
    """Once it is no longer running, everything it made is removed."""

    RUNNING = "running"
    PASSED = "passed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """One admin's newest test. ``mark`` makes its client and its update unique.

    ``post_id`` is the page that shows it live; ``hops`` what was reached; ``real_at`` when something came from the
    platform itself since; ``findings`` what the platform says of the account (``None``: not asked yet).
    """

    staff_id: StaffId
    channel_id: ChannelId
    mark: str
    state: ChannelTestState
    started_at: Moment
    client_id: ClientId | None = None
    post_id: PostId | None = None
    hops: tuple[Hop, ...] = ()
    real_at: Moment | None = None
    findings: tuple[Finding, ...] | None = None

    @property
    def address(self) -> str:
        """Where the made-up client writes from. Its end names the admin (``receive_messages``)."""
        return f"test-{self.mark}-{self.staff_id}"


class ChannelTests(Protocol):
    """One per admin: a new test takes the place of the one before."""

    def get(self, staff_id: StaffId) -> ChannelTest | None: ...
    def list(self) -> Sequence[ChannelTest]: ...
    def save(self, test: ChannelTest) -> None:
        """Insert or replace."""
