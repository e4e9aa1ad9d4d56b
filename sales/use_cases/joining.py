"""Coming in: by an invitation, or as the first admin by the one-time code."""

from sales.errors import BadInvite
from sales.ids import InviteId, StaffId, TelegramId, later
from sales.ports import Work
from sales.ports.people import Invite
from sales.staff import Role, Staff
from sales.use_cases.team import AddStaff, SetStaff, add_staff, check_admin, clean_name, set_staff

FIRST_ADMIN_KEY = "first_admin_code"
"""Workspace key of the hashed one-time code."""

INVITE_SECONDS = 7 * 24 * 3600


def invite(work: Work, digest: str, role: Role | None, admin: bool, receives: bool, by_id: StaffId | None) -> None:
    """Single use, for a week. Only the token's hash is kept. Raises ``Forbidden``."""
    check_admin(work, by_id)
    expires = later(work.now, INVITE_SECONDS)
    work.invites.add(digest, Invite(InviteId(0), role, admin, receives, by_id, expires, None))
    work.audit.add("invite", detail=f"{role or 'no role'}{', admin' if admin else ''}", staff_id=by_id)


def join(work: Work, telegram_id: TelegramId, name: str, digest: str) -> Staff:
    """Raises ``BadInvite``. Someone who is on the team already gets what the invitation gives."""
    if _is_first_admin(work, digest):
        work.workspace.set(FIRST_ADMIN_KEY, None)
        return _admit(work, telegram_id, name, Invite(InviteId(0), Role.MANAGER, True, True, None, work.now, None))
    found = work.invites.use(digest, telegram_id)
    if found is None:
        raise BadInvite
    return _admit(work, telegram_id, name, found)


def _is_first_admin(work: Work, digest: str) -> bool:
    kept = work.workspace.get(FIRST_ADMIN_KEY)
    return kept is not None and kept == digest and not any(person.admin for person in work.staff.list())


def _admit(work: Work, telegram_id: TelegramId, name: str, by: Invite) -> Staff:
    known = work.staff.by_telegram(telegram_id)
    if known is None:
        shown = clean_name(name[:64] or "?")
        return add_staff(work, AddStaff(telegram_id, shown, by.role, by.admin, by.receives_new_clients))
    return set_staff(
        work,
        SetStaff(
            known.id,
            role=by.role if by.role is not None else known.role,
            admin=by.admin or known.admin,
            receives_new_clients=by.receives_new_clients or known.receives_new_clients,
        ),
    )
