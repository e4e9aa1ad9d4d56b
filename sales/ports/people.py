"""Books about the team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sales.ids import ChannelId, ClientId, InviteId, Moment, OfferId, StaffId, TelegramId
from sales.staff import ChannelRole, Role, Staff


class StaffBook(Protocol):
    """Removed people stay on record (``removed_at``): lists leave them out, ``get`` finds them."""

    def lock(self) -> None:
        """Nobody else changes the team until the transaction ends: two admins can't demote each other at once."""

    def get(self, staff_id: StaffId) -> Staff | None: ...
    def by_telegram(self, telegram_id: TelegramId) -> Staff | None:
        """Removed people are not found by this."""

    def list(self) -> Sequence[Staff]: ...
    def add(
        self,
        telegram_id: TelegramId,
        name: str,
        role: Role | None,
        *,
        admin: bool = False,
        receives_new_clients: bool = False,
        reachable: bool = False,
    ) -> Staff: ...
    def save(self, staff: Staff) -> None: ...
    def channel_roles(self, channel_id: ChannelId) -> Mapping[StaffId, ChannelRole]: ...
    def channel_role(self, staff_id: StaffId, channel_id: ChannelId) -> ChannelRole | None: ...
    def save_channel_role(self, role: ChannelRole) -> None:
        """An override that overrides nothing is deleted."""


class Turns(Protocol):
    """The line of each channel: who was served longest ago stands first."""

    def lock(self, channel_id: ChannelId) -> None:
        """Nobody else decides turns of this channel until the transaction ends."""

    def line(self, channel_id: ChannelId) -> Sequence[StaffId]: ...
    def to_end(self, channel_id: ChannelId, staff_id: StaffId) -> None:
        """Put them at the end (joining if they are not in line)."""

    def leave(self, staff_id: StaffId, channel_id: ChannelId | None = None) -> None:
        """Out of this channel's line, or of all: who returns joins at the end."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Why a client went to whom. ``reason`` is a code; ``detail`` its facts (who stood in line, who was passed)."""

    client_id: ClientId
    to_id: StaffId | None
    from_id: StaffId | None
    by_id: StaffId | None
    offer_id: OfferId | None
    reason: str
    detail: Mapping[str, str]
    at: Moment


class Assignments(Protocol):
    def add(self, assignment: Assignment) -> None: ...
    def of_client(self, client_id: ClientId, limit: int = 10) -> Sequence[Assignment]:
        """The newest first."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: Moment
    staff_id: StaffId | None
    telegram_id: TelegramId | None
    action: str
    subject: str
    detail: str


class Audit(Protocol):
    """Who did what: rights, owners, settings, looks into other people's conversations, strangers."""

    def add(
        self,
        action: str,
        subject: str = "",
        detail: str = "",
        *,
        staff_id: StaffId | None = None,
        telegram_id: TelegramId | None = None,
    ) -> None: ...
    def list(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]: ...


@dataclass(frozen=True, slots=True)
class Invite:
    """A way in. Only the hash of its token is kept."""

    id: InviteId
    role: Role | None
    admin: bool
    receives_new_clients: bool
    created_by: StaffId | None
    expires_at: Moment
    used_at: Moment | None


class Invites(Protocol):
    def add(self, digest: str, invite: Invite) -> InviteId:
        """``invite.id`` is not read."""

    def use(self, digest: str, telegram_id: TelegramId) -> Invite | None:
        """Mark it used, atomically, if it is unused and not expired."""

    def forget_before(self, moment: Moment) -> int:
        """Those that were over by then, used or not."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """What a person is in the middle of. ``kind`` names the form, ``data`` what was entered so far.

    ``secrets`` are what was entered that nobody may read: encrypted at rest.
    """

    staff_id: StaffId
    kind: str
    data: Mapping[str, str]
    expires_at: Moment | None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Dialogs(Protocol):
    """One per person; survives restarts."""

    def get(self, staff_id: StaffId) -> Dialog | None: ...
    def of_kind(self, kind: str) -> Sequence[Dialog]:
        """Everybody's, also those that have expired."""

    def set(self, dialog: Dialog) -> None: ...
    def clear(self, staff_id: StaffId) -> None: ...
    def forget_before(self, moment: Moment) -> int:
        """Those that had expired by then."""
