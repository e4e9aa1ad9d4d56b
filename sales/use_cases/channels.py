"""Channels are connected, set and disconnected: by admins in the bot, and by the command line (``by_id`` ``None``)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sales.channels import Channel, ChannelState, Distribution, Ladder
from sales.errors import Invalid, NotFound
from sales.ids import ChannelId, CrmId, StaffId
from sales.leads import Pipeline, StageKind
from sales.ports import Work
from sales.use_cases.channel_problem import tell_well_again
from sales.use_cases.offering import withdraw_offer
from sales.use_cases.team import KEEP, Keep, check_admin, clean_name

BUILT_IN = CrmId(1)
LONGEST_DELAY = 7 * 24 * 3600
"""Seconds a step of the ladder may wait."""


@dataclass(frozen=True, slots=True)
class AddChannel:
    """``account_key`` is unique for the account, ``account`` its public name, ``secrets`` what its adapter needs.

    ``paused``: its set-up goes on, and nothing is taken in before it is done.
    """

    kind: str
    name: str
    account_key: str
    secrets: Mapping[str, str]
    account: str | None = None
    paused: bool = False
    by_id: StaffId | None = None


@dataclass(frozen=True, slots=True)
class SetChannel:
    """What is ``None`` stays. A CRM without a pipeline means that CRM's first; ``ladder`` is replaced as a whole."""

    channel_id: ChannelId
    name: str | None = None
    distribution: Distribution | None = None
    crm_id: CrmId | None = None
    pipeline_id: str | Keep | None = KEEP
    stage_id: str | Keep | None = KEEP
    ladder: Ladder | None = None
    paused: bool | None = None
    by_id: StaffId | None = None


def channel_or_fail(work: Work, channel_id: ChannelId) -> Channel:
    """One that is connected. Raises ``NotFound``."""
    channel = work.channels.get(channel_id)
    if channel is None or channel.state is ChannelState.REMOVED:
        raise NotFound("channel")
    return channel


def add_channel(work: Work, command: AddChannel) -> ChannelId:
    """With the built-in CRM and first_accept. Raises ``Forbidden``, ``Invalid('channel_exists')``."""
    check_admin(work, command.by_id)
    channel = Channel(
        ChannelId(0),
        command.kind,
        clean_name(command.name),
        ChannelState.PAUSED if command.paused else ChannelState.ACTIVE,
        Distribution.FIRST_ACCEPT,
        BUILT_IN,
        *_first_place(work, BUILT_IN),
        account=command.account,
    )
    channel_id = work.channels.add(channel, command.account_key, command.secrets)
    work.audit.add("channel.add", f"channel:{channel_id}", command.kind, staff_id=command.by_id)
    return channel_id


def set_channel(work: Work, command: SetChannel) -> Channel:
    """Open offers keep the rule they were opened by. Raises ``Forbidden``, ``NotFound``, ``Invalid``."""
    check_admin(work, command.by_id)
    old = channel_or_fail(work, command.channel_id)
    new = _with_state(_with_place(work, _with_basics(old, command), command), command)
    if new != old:
        work.channels.save(new)
        work.audit.add("channel.set", f"channel:{old.id}", _difference(old, new), staff_id=command.by_id)
    if new.problem is None:
        tell_well_again(work, old, command.by_id)
    return new


def remove_channel(work: Work, channel_id: ChannelId, by_id: StaffId | None = None) -> None:
    """Its clients and what was said stay; its offers are withdrawn. Raises ``Forbidden``, ``NotFound``."""
    check_admin(work, by_id)
    channel = channel_or_fail(work, channel_id)
    for offer in work.offers.list_open():
        if offer.channel_id == channel.id:
            withdraw_offer(work, offer)
    work.channels.set_state(channel.id, ChannelState.REMOVED)
    work.audit.add("channel.remove", f"channel:{channel.id}", channel.kind, staff_id=by_id)


def _with_basics(channel: Channel, command: SetChannel) -> Channel:
    return replace(
        channel,
        name=channel.name if command.name is None else clean_name(command.name),
        distribution=command.distribution or channel.distribution,
        ladder=channel.ladder if command.ladder is None else _checked(command.ladder),
    )


def _checked(ladder: Ladder) -> Ladder:
    """Steps that are taken come in order. Raises ``Invalid``."""
    delays = [after for after in (ladder.remind_after, ladder.widen_after, ladder.assign_after) if after is not None]
    if any(not 0 < after <= LONGEST_DELAY for after in delays):
        raise Invalid("ladder_range")
    if delays != sorted(delays):
        raise Invalid("ladder_order")
    return ladder


def _with_state(channel: Channel, command: SetChannel) -> Channel:
    """Going on after a pause also clears what was wrong: whoever says so has repaired it."""
    if command.paused is None:
        return channel
    if command.paused:
        return replace(channel, state=ChannelState.PAUSED)
    return replace(channel, state=ChannelState.ACTIVE, problem=None)


def _with_place(work: Work, channel: Channel, command: SetChannel) -> Channel:
    """CRM, pipeline and stage, each checked against the one before. Another CRM or pipeline has other stages."""
    if command.crm_id is not None and command.crm_id != channel.crm_id:
        if work.crms.get(command.crm_id) is None:
            raise NotFound("crm")
        pipeline, stage = _first_place(work, command.crm_id)
        channel = replace(channel, crm_id=command.crm_id, pipeline_id=pipeline, stage_id=stage)
    if not isinstance(command.pipeline_id, Keep) and command.pipeline_id != channel.pipeline_id:
        channel = replace(channel, pipeline_id=command.pipeline_id, stage_id=None)
    if not isinstance(command.stage_id, Keep):
        channel = replace(channel, stage_id=command.stage_id)
    return _checked_place(work, channel)


def _pipelines(work: Work, crm_id: CrmId) -> list[Pipeline] | None:
    """``None`` for a CRM outside, whose pipelines are not in our books: they are checked where they are chosen."""
    crm = work.crms.get(crm_id)
    return list(work.deals.pipelines()) if crm is not None and crm.inside else None


def _first_stage(pipeline: Pipeline) -> str | None:
    return next((stage.id for stage in pipeline.stages if stage.kind is StageKind.OPEN), None)


def _first_place(work: Work, crm_id: CrmId) -> tuple[str | None, str | None]:
    pipelines = _pipelines(work, crm_id)
    return (pipelines[0].id, _first_stage(pipelines[0])) if pipelines else (None, None)


def _checked_place(work: Work, channel: Channel) -> Channel:
    """Raises ``NotFound`` for a pipeline or stage that isn't there. No stage means the pipeline's first."""
    pipelines = _pipelines(work, channel.crm_id)
    if pipelines is None:
        return channel
    pipeline = next((one for one in pipelines if one.id == channel.pipeline_id), None)
    if pipeline is None:
        if channel.pipeline_id is None and pipelines:
            return replace(channel, pipeline_id=pipelines[0].id, stage_id=_first_stage(pipelines[0]))
        raise NotFound("pipeline")
    if channel.stage_id is None:
        return replace(channel, stage_id=_first_stage(pipeline))
    if all(stage.id != channel.stage_id or stage.kind is not StageKind.OPEN for stage in pipeline.stages):
        raise NotFound("stage")
    return channel


def _difference(old: Channel, new: Channel) -> str:
    fields = ("name", "distribution", "crm_id", "pipeline_id", "stage_id", "ladder", "state")
    changed = [name for name in fields if getattr(old, name) != getattr(new, name)]
    return ", ".join(f"{name}={getattr(new, name)}" for name in changed)
