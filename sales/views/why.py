"""Why a client went to whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.errors import NotFound
from sales.ids import ClientId, StaffId
from sales.ports import Work
from sales.ports.people import Assignment
from sales.staff import Staff
from sales.use_cases.team_lookup import check_sees, client_or_fail

LIMIT = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """One assignment with its names. ``passed`` stood earlier in line and could not be asked."""

    assignment: Assignment
    to: str | None
    by: str | None
    passed: Sequence[str]


@dataclass(frozen=True, slots=True)
class WhyView:
    """The newest first."""

    client: str
    reasons: Sequence[Reason]


def why_view(work: Work, staff: Staff, client_id: ClientId) -> WhyView:
    """Raises ``NotFound``, and ``Forbidden`` for whoever does not see this client."""
    client = client_or_fail(work, client_id)
    check_sees(work, staff, client)
    return WhyView(client.name, [_reason(work, one) for one in work.assignments.of_client(client_id, LIMIT)])


def _reason(work: Work, assignment: Assignment) -> Reason:
    passed = [StaffId(int(one)) for one in assignment.detail.get("passed_over", "").split(",") if one.isdigit()]
    return Reason(
        assignment,
        _name(work, assignment.to_id),
        _name(work, assignment.by_id),
        [name for name in (_name(work, one) for one in passed) if name is not None],
    )


def _name(work: Work, staff_id: StaffId | None) -> str | None:
    staff = work.staff.get(staff_id) if staff_id is not None else None
    return staff.name if staff is not None else None


def client_of_args(args: str) -> ClientId:
    """Raises ``NotFound`` for anything but a number."""
    if not args.isdigit():
        raise NotFound("client")
    return ClientId(int(args))
