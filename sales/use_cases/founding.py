"""Before anybody can act in the bot there must be an admin: from the settings, or by a code that is printed once."""

from collections.abc import Sequence
from dataclasses import replace

from sales.ids import TelegramId
from sales.ports import Work
from sales.staff import Role, Staff
from sales.use_cases.joining import FIRST_ADMIN_KEY
from sales.use_cases.team import LONGEST_NAME, AddStaff, SetStaff, add_staff, clean_name, set_staff

UNKNOWN = "Admin"
"""An admin from the settings is called so until they press /start and show their name."""

FOUNDED_KEY = "founded_admins"
"""Workspace key: Telegram ids from ADMIN_IDS that have been made admins."""


def found_admins(work: Work, telegram_ids: Sequence[TelegramId]) -> int:
    """Make each of them admin, once: who was demoted or removed since is not brought back by a restart.

    Unless nobody is admin any more: then they all are again. Returns how many were made.
    """
    done = set((work.workspace.get(FOUNDED_KEY) or "").split(","))
    orphaned = not any(person.admin for person in work.staff.list())
    wanted = [one for one in telegram_ids if orphaned or str(one) not in done]
    for telegram_id in wanted:
        _make_admin(work, telegram_id)
    if wanted:
        work.workspace.set(FOUNDED_KEY, ",".join(sorted({*done, *map(str, wanted)} - {""})))
    return len(wanted)


def _make_admin(work: Work, telegram_id: TelegramId) -> None:
    """A manager besides, so that a team of one sees its clients."""
    known = work.staff.by_telegram(telegram_id)
    if known is None:
        add_staff(work, AddStaff(telegram_id, UNKNOWN, Role.MANAGER, admin=True))
    else:
        set_staff(work, SetStaff(known.id, admin=True))


def introduce(work: Work, staff: Staff, shown: str) -> Staff:
    """The settings name admins by number alone: their first /start tells what they are called."""
    if staff.name != UNKNOWN or not shown.strip():
        return staff
    named = replace(staff, name=clean_name(shown[:LONGEST_NAME]))
    work.staff.save(named)
    return named


def renew_admin_code(work: Work, digest: str) -> bool:
    """With no admin, the code of this digest makes whoever sends it the first one. Older codes end. Returns whether."""
    needed = not any(person.admin for person in work.staff.list())
    if needed or work.workspace.get(FIRST_ADMIN_KEY) is not None:
        work.workspace.set(FIRST_ADMIN_KEY, digest if needed else None)
    return needed
