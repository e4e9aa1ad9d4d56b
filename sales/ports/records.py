"""What was seen, what could not be handled, and the workspace's own settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sales.ids import InboxId, Moment


class Seen(Protocol):
    """The identities of updates. ``source`` is ``staff`` or ``channel:<id>``."""

    def add(self, source: str, update_ids: Sequence[str]) -> set[str]:
        """Record them; return those that are new. A repeat is answered as success and changes nothing."""

    def any_since(self, source: str, moment: Moment) -> bool:
        """Whether anything came from there that a channel test did not make up."""

    def forget_before(self, moment: Moment) -> int: ...
    def forget(self, source: str, update_ids: Sequence[str]) -> None:
        """They are to be handled again (a replay from the inbox)."""


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """An event that could not be handled. ``raw`` is as it came (encrypted at rest)."""

    id: InboxId
    source: str
    update_id: str
    received_at: Moment
    problem: str
    raw: bytes
    replayed_at: Moment | None


class Inbox(Protocol):
    def add(self, source: str, update_id: str, raw: bytes, problem: str) -> InboxId: ...
    def get(self, inbox_id: InboxId) -> InboxEntry | None: ...
    def list(self, limit: int, open_only: bool = True) -> Sequence[InboxEntry]: ...
    def settle(self, inbox_id: InboxId) -> None:
        """It has been replayed."""

    def forget_replayed(self, moment: Moment) -> int:
        """Those replayed before then: at most a bite of them at a time. Returns how many."""

    def count(self) -> int: ...


class Workspace(Protocol):
    """Small settings by key: the staff bot's abilities, the one-time admin code (hashed), offsets."""

    def get(self, key: str) -> str | None: ...
    def set(self, key: str, value: str | None) -> None: ...
