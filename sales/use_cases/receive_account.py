"""A connected account tells how it fares: linked, logged out, banned, without its rights."""

from sales.channels import ChannelState
from sales.ids import ChannelId
from sales.incoming import AccountChanged
from sales.ports import Work
from sales.use_cases.channel_problem import LIMITED, NoteChannelProblem, mend, note_channel_problem

BY_HAND = frozenset({"token", "settings", "conflict"})
"""Problems that somebody has to mend in Dibs, whatever the account says."""


def account_changed(work: Work, channel_id: ChannelId, event: AccountChanged) -> None:
    """Whoever was told that it does not work is told when it does again; the account's own word mends what it broke."""
    channel = work.channels.get(channel_id)
    if channel is None:
        return
    broken = channel.state is ChannelState.BROKEN and channel.problem not in BY_HAND
    limited = channel.state is ChannelState.ACTIVE and channel.problem == LIMITED
    if event.problem is None and (broken or limited):
        mend(work, channel)
        return
    note_channel_problem(work, NoteChannelProblem(channel_id, event.problem, event.broken))
