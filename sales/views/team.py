"""The team: admins change it, managers look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sales.errors import Forbidden
from sales.ids import ChannelId, StaffId
from sales.ports import Work
from sales.ports.conversations import ClientFilter
from sales.staff import Role, Staff
from sales.use_cases.team import person

PAGE = 20
"""People on a page."""


@dataclass(frozen=True, slots=True)
class TeamView:
    people: Sequence[Staff]
    page: int
    total: int


def check_looks(staff: Staff) -> None:
    """Raises ``Forbidden``."""
    if not staff.admin and staff.role is not Role.MANAGER:
        raise Forbidden("manager")


def team_view(work: Work, staff: Staff, page: int) -> TeamView:
    """Raises ``Forbidden``."""
    check_looks(staff)
    people = work.staff.list()
    return TeamView(people[page * PAGE : (page + 1) * PAGE], page, len(people))


@dataclass(frozen=True, slots=True)
class PersonView:
    """``differs``: by a channel's name the role there, ``no_access``, or nothing where nothing differs."""

    person: Staff
    clients: int
    differs: Mapping[str, str]
    colleagues: Sequence[Staff]


def person_view(work: Work, staff: Staff, staff_id: StaffId) -> PersonView:
    """Raises ``Forbidden``, ``NotFound``."""
    check_looks(staff)
    found = person(work, staff_id)
    tests = tuple(client.id for client in work.clients.tests())
    return PersonView(
        found,
        work.clients.count(ClientFilter(owner_id=staff_id, closed=None, hidden=tests)),
        {channel.name: _override(work, found, channel.id) for channel in work.channels.list()},
        [other for other in work.staff.list() if other.id != staff_id],
    )


def _override(work: Work, found: Staff, channel_id: ChannelId) -> str:
    role = work.staff.channel_role(found.id, channel_id)
    if role is None:
        return ""
    return "no_access" if role.no_access else str(role.role or "")
