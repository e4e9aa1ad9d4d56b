"""How a channel fares: the one way for it to break, and to be well again. Admins are told of each, once."""

from dataclasses import dataclass

from sales import outbox
from sales.channels import Channel, ChannelState
from sales.ids import ChannelId, Moment, StaffId, later
from sales.ports import Work
from sales.use_cases.continuing import LOST, offer_other_ways
from sales.use_cases.team_lookup import admins

LASTING = frozenset(
    {
        "token",
        "conflict",
        "settings",
        "disconnected",
        "no_right",
        "logged_out",
        "banned",
        "unlinked",
        "passkey",
        "failed",
        "account_restricted",
        "limited",
        "spam_limit",
        "payment",
        "cut_off",
        "no_public_url",
        "permission",
        "unregistered",
    }
)
"""Problems that no waiting cures: admins are told, once."""
BREAKING = frozenset({"token", "permission", "account_restricted", "unregistered"})
"""Refusals of one message after which the platform will take no other."""
LIMITED, SPAM_LIMIT, PAYMENT = "limited", "spam_limit", "payment"
OF_ACCOUNT = frozenset({LIMITED, SPAM_LIMIT, PAYMENT})
"""That receiving works says nothing about these, nor do its own passing troubles take their place."""
TOLD = "told"
LONG = 300
"""Seconds after which also what passes by itself is told: somebody may have to start a gateway."""


@dataclass(frozen=True, slots=True)
class NoteChannelProblem:
    """``problem`` is a code, ``None`` when all is well again. ``broken``: it stands until somebody repairs it."""

    channel_id: ChannelId
    problem: str | None
    broken: bool = False


def note_channel_problem(work: Work, command: NoteChannelProblem) -> None:
    """From whoever receives or sends. Only an active channel's: whoever paused or removed it, or was told that it is
    broken, knows. Receiving says the same again and again as long as it is so.
    """
    channel = work.channels.get(command.channel_id)
    if channel is None or channel.state is not ChannelState.ACTIVE:
        return
    if channel.problem == command.problem:
        _tell_if_long(work, channel)
    elif channel.problem not in OF_ACCOUNT or command.problem in LASTING:
        _note(work, channel, command)


def _note(work: Work, channel: Channel, command: NoteChannelProblem) -> None:
    state = ChannelState.BROKEN if command.broken else ChannelState.ACTIVE
    work.channels.set_state(channel.id, state, command.problem)
    if command.broken:
        work.audit.add("channel_broken", f"channel:{channel.id}", command.problem or "")
    if command.broken and command.problem in LOST:
        offer_other_ways(work, channel)
    if command.problem in LASTING:
        _tell_admins(work, channel, "channel_broken", problem=command.problem)
    elif command.problem is None:
        tell_well_again(work, channel)
    elif work.workspace.get(_since_key(channel)) is None:
        work.workspace.set(_since_key(channel), str(work.now))


def _since_key(channel: Channel) -> str:
    """Since when it has had troubles that pass by themselves, or ``TOLD``."""
    return f"channel.{channel.id}.troubled"


def _tell_if_long(work: Work, channel: Channel) -> None:
    """Of troubles that were to pass by themselves, once."""
    if channel.problem is None or channel.problem in LASTING:
        return
    since = work.workspace.get(_since_key(channel))
    if since is None or since == TOLD or work.now < later(Moment(int(since)), LONG):
        return
    work.workspace.set(_since_key(channel), TOLD)
    _tell_admins(work, channel, "channel_broken", problem=channel.problem)


def ended(work: Work, channel_id: ChannelId, problem: str) -> None:
    """What went through shows that this no longer stands in the way, if it did."""
    channel = work.channels.get(channel_id)
    if channel is not None and channel.state is ChannelState.ACTIVE and channel.problem == problem:
        mend(work, channel)


def mend(work: Work, channel: Channel) -> None:
    work.channels.set_state(channel.id, ChannelState.ACTIVE)
    tell_well_again(work, channel)


def tell_well_again(work: Work, before: Channel, by_id: StaffId | None = None) -> None:
    """``before`` is the channel as it was. Those who were told that it does not work; not whoever repaired it."""
    since = work.workspace.get(_since_key(before))
    if since is not None:
        work.workspace.set(_since_key(before), None)
    if before.problem in LASTING or since == TOLD:
        _tell_admins(work, before, "channel_well", but=by_id)


def _tell_admins(
    work: Work, channel: Channel, name: str, but: StaffId | None = None, problem: str | None = None
) -> None:
    told = [person.id for person in admins(work) if person.id != but]
    work.outbox.put(
        [outbox.notice(one, name, channel_id=channel.id, problem=problem, sound=problem is not None) for one in told]
    )
