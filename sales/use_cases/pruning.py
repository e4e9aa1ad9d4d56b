"""What nobody needs any more goes. What was said, who did it and what came of it stays for ever."""

from sales.ids import later
from sales.ports import Work

DAY = 24 * 3600
SEEN = 8 * DAY
"""Seconds for which update ids are remembered. Telegram repeats for 24 h, other platforms up to 7 days."""
FORMS = 7 * DAY
"""How long a form that has expired still answers "this form is over", with what was written."""
INVITES = 90 * DAY
REPLAYED = 30 * DAY
"""Raw events that were replayed: they are people's words, and all of it is in its place by now."""
DEAD = 90 * DAY
"""Rows that were given up. A message's own failure stays at the message."""


def prune(work: Work) -> int:
    """A bounded part of each kind. Returns the largest number of one kind, so that the caller goes on while it is high.

    Rows of the outbox that were sent or dropped are not there any more: settling deletes them.
    """
    return max(
        work.seen.forget_before(later(work.now, -SEEN)),
        work.dialogs.forget_before(later(work.now, -FORMS)),
        work.invites.forget_before(later(work.now, -INVITES)),
        work.inbox.forget_replayed(later(work.now, -REPLAYED)),
        work.outbox.forget_dead(later(work.now, -DEAD)),
    )
