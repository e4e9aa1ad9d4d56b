"""The team: who joins, as what, and who leaves. For admins in the bot, and for the command line.

``by_id`` names the admin who acts; ``None`` is the command line, where whoever may run it may do everything.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from sales import outbox
from sales.clients import Client
from sales.errors import Forbidden, Invalid, LastAdmin, NotFound
from sales.ids import ChannelId, StaffId, TelegramId
from sales.ports import Work
from sales.rights import WRITERS
from sales.staff import ChannelRole, Role, Staff
from sales.use_cases.offering import offer_client
from sales.use_cases.owning import Why, give, release
from sales.use_cases.standing import follow_rights, standing_of
from sales.use_cases.team_lookup import client_or_fail, home_channel, role_of

LONGEST_NAME = 64


class Keep(Enum):
    """Leave it as it is; ``None`` is a value of its own (no role)."""

    AS_IT_IS = "keep"


KEEP: Literal[Keep.AS_IT_IS] = Keep.AS_IT_IS


@dataclass(frozen=True, slots=True)
class AddStaff:
    telegram_id: TelegramId
    name: str
    role: Role | None = None
    admin: bool = False
    receives_new_clients: bool = False
    by_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class SetStaff:
    """What is ``None`` (for the role: ``KEEP``) stays as it is."""

    staff_id: StaffId
    role: Role | Keep | None = KEEP
    admin: bool | None = None
    receives_new_clients: bool | None = None
    name: str | None = None
    by_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class SetChannelRole:
    """What differs for one person on one channel. ``KEEP`` leaves a difference as it is, ``None`` ends it."""

    staff_id: StaffId
    channel_id: ChannelId
    role: Role | Keep | None = KEEP
    no_access: bool | Keep = KEEP
    receives_new_clients: bool | Keep | None = KEEP
    by_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class RemoveStaff:
    """Whoever has clients needs one of the two: a colleague who gets them, or that they are offered again."""

    staff_id: StaffId
    give_to: StaffId | None = None
    offer_again: bool = False
    by_id: StaffId | None = None


def check_admin(work: Work, by_id: StaffId | None) -> None:
    """Raises ``Forbidden``."""
    actor = work.staff.get(by_id) if by_id is not None else None
    if by_id is not None and (actor is None or not actor.admin or actor.removed_at is not None):
        raise Forbidden("admin")


def person(work: Work, staff_id: StaffId) -> Staff:
    """Someone on the team now. Raises ``NotFound``."""
    staff = work.staff.get(staff_id)
    if staff is None or staff.removed_at is not None:
        raise NotFound("staff")
    return staff


def clean_name(name: str) -> str:
    """On one line, readable by every database. Raises ``Invalid``."""
    printable = name.encode("utf-8", "replace").decode().replace("\0", "")
    cleaned = " ".join(printable.split())
    if not cleaned:
        raise Invalid("name_empty")
    if len(cleaned) > LONGEST_NAME:
        raise Invalid("name_too_long")
    return cleaned


def add_staff(work: Work, command: AddStaff) -> Staff:
    """They can be reached once they press /start. Raises ``Forbidden``, ``Invalid``."""
    work.staff.lock()
    check_admin(work, command.by_id)
    if work.staff.by_telegram(command.telegram_id) is not None:
        raise Invalid("staff_exists")
    staff = work.staff.add(
        command.telegram_id,
        clean_name(command.name),
        command.role,
        admin=command.admin,
        receives_new_clients=command.receives_new_clients,
    )
    work.audit.add("staff.add", f"staff:{staff.id}", _as_text(staff), staff_id=command.by_id)
    return staff


def set_staff(work: Work, command: SetStaff) -> Staff:
    """Raises ``Forbidden``, ``NotFound``, ``Invalid``, ``LastAdmin``."""
    work.staff.lock()
    check_admin(work, command.by_id)
    old = person(work, command.staff_id)
    new = _changed(old, command)
    if new == old:
        return old
    if old.admin and not new.admin:
        _check_another_admin(work, old)
    before = standing_of(work, old)
    work.staff.save(new)
    work.audit.add("staff.set", f"staff:{old.id}", f"{_as_text(old)} → {_as_text(new)}", staff_id=command.by_id)
    follow_rights(work, before, new)
    return new


def _changed(old: Staff, command: SetStaff) -> Staff:
    return replace(
        old,
        role=old.role if isinstance(command.role, Keep) else command.role,
        admin=old.admin if command.admin is None else command.admin,
        receives_new_clients=(
            old.receives_new_clients if command.receives_new_clients is None else command.receives_new_clients
        ),
        name=old.name if command.name is None else clean_name(command.name),
    )


def set_channel_role(work: Work, command: SetChannelRole) -> None:
    """Raises ``Forbidden``, ``NotFound``."""
    work.staff.lock()
    check_admin(work, command.by_id)
    staff = person(work, command.staff_id)
    if work.channels.get(command.channel_id) is None:
        raise NotFound("channel")
    before = standing_of(work, staff)
    held = work.staff.channel_role(staff.id, command.channel_id) or ChannelRole(staff.id, command.channel_id)
    new = _overridden(held, command)
    work.staff.save_channel_role(new)
    subject = f"staff:{staff.id} channel:{command.channel_id}"
    work.audit.add("staff.channel_role", subject, _override_as_text(new), staff_id=command.by_id)
    follow_rights(work, before, staff)


def _overridden(held: ChannelRole, command: SetChannelRole) -> ChannelRole:
    receives = command.receives_new_clients
    return replace(
        held,
        role=held.role if isinstance(command.role, Keep) else command.role,
        no_access=held.no_access if isinstance(command.no_access, Keep) else command.no_access,
        receives_new_clients=held.receives_new_clients if isinstance(receives, Keep) else receives,
    )


def remove_staff(work: Work, command: RemoveStaff) -> int:
    """Returns how many clients changed hands. Raises ``Forbidden``, ``NotFound``, ``LastAdmin``, ``Invalid``."""
    work.staff.lock()
    check_admin(work, command.by_id)
    staff = person(work, command.staff_id)
    if staff.admin:
        _check_another_admin(work, staff)
    owned = [client_or_fail(work, client_id) for client_id in work.clients.owned_by(staff.id)]
    clients = [client for client in owned if client.test_for is None and client.owner_id == staff.id]
    heir = _heir(work, command, clients)
    before = standing_of(work, staff)
    gone = replace(staff, removed_at=work.now, admin=False, receives_new_clients=False)
    work.staff.save(gone)
    work.audit.add("staff.remove", f"staff:{staff.id}", f"{len(clients)} clients", staff_id=command.by_id)
    for client in clients:
        _hand_on(work, client, heir, command.by_id)
    _tell_heir(work, heir, staff, len(clients))
    follow_rights(work, before, gone)
    work.dialogs.clear(staff.id)
    return len(clients)


def _heir(work: Work, command: RemoveStaff, clients: list[Client]) -> Staff | None:
    if clients and command.give_to is None and not command.offer_again:
        raise Invalid("who_gets_clients")
    if command.give_to is None:
        return None
    if command.give_to == command.staff_id:
        raise Invalid("give_to_self")
    heir = person(work, command.give_to)
    channels = {home_channel(work, client.id) for client in clients}
    if any(role_of(work, heir, channel_id) not in WRITERS for channel_id in channels):
        raise Invalid("heir_may_not_write")
    return heir


def _hand_on(work: Work, client: Client, heir: Staff | None, by_id: StaffId | None) -> None:
    """To the heir, where it opens when the client writes or by a tap; or to everybody, at once if the client waits."""
    if heir is not None:
        give(work, client, heir.id, Why("left_team", by_id), show=False)
        return
    if not release(work, client, Why("left_team", by_id)):
        return
    conversations = work.conversations.of_client(client.id)
    channel = work.channels.get(conversations[0].channel_id) if conversations else None
    if client.waiting_since is not None and channel is not None:
        offer_client(work, replace(client, owner_id=None), conversations[0], channel, known=True)


def _tell_heir(work: Work, heir: Staff | None, gone: Staff, count: int) -> None:
    if heir is not None and count:
        work.outbox.put([outbox.notice(heir.id, "clients_given", about=gone.id, count=count, sound=True)])


def _check_another_admin(work: Work, staff: Staff) -> None:
    if not any(other.admin for other in work.staff.list() if other.id != staff.id):
        raise LastAdmin


def _as_text(staff: Staff) -> str:
    """For the audit: no name, which would outlive an erasure."""
    flags = [word for word, on in (("admin", staff.admin), ("receives", staff.receives_new_clients)) if on]
    return " ".join([str(staff.role or "none"), *flags])


def _override_as_text(role: ChannelRole) -> str:
    access = "no access" if role.no_access else str(role.role or "as elsewhere")
    return access if role.receives_new_clients is None else f"{access} receives={role.receives_new_clients}".lower()
