"""The team as an admin sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sales.ids import ChannelId, StaffId
from sales.ports import Work
from sales.ports.conversations import ClientFilter
from sales.staff import Staff
from sales.use_cases.team import check_admin, person

PAGE = 20
"""People on a page."""


@dataclass(frozen=True, slots=True)
class TeamView:
    people: Sequence[Staff]
    page: int
    total: int


def team_view(work: Work, staff: Staff, page: int) -> TeamView:
    """Raises ``Forbidden``."""
    check_admin(work, staff.id)
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
    check_admin(work, staff.id)
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
