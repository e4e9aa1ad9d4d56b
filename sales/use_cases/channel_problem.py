"""A channel that receives tells how it fares."""

from dataclasses import dataclass

from sales import outbox
from sales.channels import Channel, ChannelState
from sales.ids import ChannelId
from sales.ports import Work
from sales.use_cases.team_lookup import admins

LASTING = frozenset({"token", "conflict", "settings"})
"""Problems that no waiting cures: admins are told, once."""


@dataclass(frozen=True, slots=True)
class NoteChannelProblem:
    """``problem`` is a code, ``None`` when all is well again. ``broken``: it stands until somebody repairs it."""

    channel_id: ChannelId
    problem: str | None
    broken: bool = False


def note_channel_problem(work: Work, command: NoteChannelProblem) -> None:
    """Only an active channel's: whoever paused or removed it, or was told that it is broken, knows."""
    channel = work.channels.get(command.channel_id)
    if channel is None or channel.state is not ChannelState.ACTIVE or channel.problem == command.problem:
        return
    state = ChannelState.BROKEN if command.broken else ChannelState.ACTIVE
    work.channels.set_state(channel.id, state, command.problem)
    if command.broken:
        work.audit.add("channel_broken", f"channel:{channel.id}", command.problem or "")
    if command.problem in LASTING:
        _tell_admins(work, channel, command.problem)


def _tell_admins(work: Work, channel: Channel, problem: str) -> None:
    work.outbox.put(
        [
            outbox.notice(person.id, "channel_broken", channel_id=channel.id, problem=problem, sound=True)
            for person in admins(work)
        ]
    )
