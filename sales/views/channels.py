"""Channels as an admin sees them. Every view raises ``Forbidden`` for anyone else."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.channels import Channel
from sales.errors import NotFound
from sales.ids import ChannelId, Moment, StaffId
from sales.leads import Crm, Pipeline
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest
from sales.rights import WRITERS, role_on, takes_clients
from sales.staff import ChannelRole, Role, Staff
from sales.use_cases.channel_test import live
from sales.use_cases.channels import channel_or_fail
from sales.use_cases.team import check_admin, person

PAGE = 20
"""People on a page."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone on the team, as what they count on one channel. ``override`` is what differs there."""

    staff: Staff
    role: Role | None
    receives: bool
    override: ChannelRole | None

    @property
    def writes(self) -> bool:
        return self.role in WRITERS


@dataclass(frozen=True, slots=True)
class ChannelView:
    """``pipeline`` and ``stage`` by name, where the CRM is inside. ``receivers``: how many take new clients."""

    channel: Channel
    crm: Crm | None
    pipeline: str | None
    stage: str | None
    receivers: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where leads can begin. No ``pipelines``: the CRM is outside, and they can't be listed here."""

    channel: Channel
    pipelines: Sequence[Pipeline]


@dataclass(frozen=True, slots=True)
class MembersView:
    channel: Channel
    members: Sequence[Member]
    page: int
    total: int


@dataclass(frozen=True, slots=True)
class MemberView:
    channel: Channel
    member: Member


@dataclass(frozen=True, slots=True)
class ChannelTestView:
    channel: Channel
    test: ChannelTest
    live: bool
    now: Moment


def channels_view(work: Work, staff: Staff) -> Sequence[Channel]:
    check_admin(work, staff.id)
    return work.channels.list()


def one_channel(work: Work, staff: Staff, channel_id: ChannelId) -> Channel:
    """Raises ``NotFound``."""
    check_admin(work, staff.id)
    return channel_or_fail(work, channel_id)


def channel_view(work: Work, staff: Staff, channel_id: ChannelId) -> ChannelView:
    """Raises ``NotFound``."""
    channel = one_channel(work, staff, channel_id)
    place = place_view(work, staff, channel_id)
    pipeline = next((one for one in place.pipelines if one.id == channel.pipeline_id), None)
    stages = pipeline.stages if pipeline is not None else ()
    members = members_of(work, channel.id)
    return ChannelView(
        channel,
        work.crms.get(channel.crm_id),
        pipeline.name if pipeline is not None else None,
        next((stage.name for stage in stages if stage.id == channel.stage_id), None),
        sum(member.writes and member.receives for member in members),
    )


def place_view(work: Work, staff: Staff, channel_id: ChannelId) -> PlaceView:
    """Raises ``NotFound``."""
    channel = one_channel(work, staff, channel_id)
    crm = work.crms.get(channel.crm_id)
    return PlaceView(channel, work.deals.pipelines() if crm is not None and crm.inside else ())


def members_of(work: Work, channel_id: ChannelId) -> Sequence[Member]:
    overrides = work.staff.channel_roles(channel_id)
    return [_member(one, overrides.get(one.id)) for one in work.staff.list()]


def _member(staff: Staff, override: ChannelRole | None) -> Member:
    return Member(staff, role_on(staff, override), takes_clients(staff, override), override)


def members_view(work: Work, staff: Staff, channel_id: ChannelId, page: int) -> MembersView:
    """Raises ``NotFound``."""
    channel = one_channel(work, staff, channel_id)
    members = members_of(work, channel_id)
    return MembersView(channel, members[page * PAGE : (page + 1) * PAGE], page, len(members))


def member_view(work: Work, staff: Staff, channel_id: ChannelId, staff_id: StaffId) -> MemberView:
    """Raises ``NotFound``."""
    channel = one_channel(work, staff, channel_id)
    found = person(work, staff_id)
    return MemberView(channel, _member(found, work.staff.channel_role(staff_id, channel_id)))


def channel_test_view(work: Work, staff: Staff, mark: str) -> ChannelTestView:
    """Raises ``NotFound`` for a test whose place a newer one has taken."""
    check_admin(work, staff.id)
    test = work.channel_tests.get(staff.id)
    channel = work.channels.get(test.channel_id) if test is not None else None
    if test is None or test.mark != mark or channel is None:
        raise NotFound("test")
    return ChannelTestView(channel, test, live(test, work.now), work.now)
