"""What nobody needs any more goes. What was said, who did it and what came of it stays for ever."""

from collections.abc import Sequence
from dataclasses import dataclass

from sales.ids import MediaId, later
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

EARLY = DAY
"""Seconds for which a change waits for its message: most such messages were said before Dibs, and never come."""


def prune(work: Work) -> int:
    """A bounded part of each kind. Returns the largest number of one kind, so that the caller goes on while it is high.

    Rows of the outbox that were sent or dropped are not there any more: settling deletes them.
    """
    return max(
        work.seen.forget_before(later(work.now, -SEEN)),
        work.dialogs.forget_before(later(work.now, -FORMS)),
        work.invites.forget_before(later(work.now, -INVITES)),
        work.inbox.forget_replayed(later(work.now, -REPLAYED)),
        work.early_changes.forget_before(later(work.now, -EARLY)),
        work.outbox.forget_dead(later(work.now, -DEAD)),
    )


SWEPT_KEY = "media.swept"
"""Workspace key: how far the files have been looked through."""
NEW = DAY
"""Seconds for which a file stays though no message shows it: the one that will may be about to be written."""


@dataclass(frozen=True, slots=True)
class SweptFiles:
    """``contents`` (SHA-256) are to be removed from the store; ``done``: all files have been looked through."""

    contents: Sequence[str]
    done: bool


def sweep_files(work: Work) -> SweptFiles:
    """Files of messages that came twice, or went with an erased client. A bite at a time, then from the start again."""
    after = MediaId(int(work.workspace.get(SWEPT_KEY) or 0))
    swept = work.media.sweep(after, later(work.now, -NEW))
    work.workspace.set(SWEPT_KEY, str(swept.last or 0))
    return SweptFiles(swept.contents, swept.last is None)
