"""Whether a lane is down: the platform as a whole, rather than one row.

One row that always fails says nothing about its lane. Several different ones in a row, with no answer between, do:
then one at a time goes out to see whether the platform is back, instead of all of them beating on its door.
"""

from dataclasses import dataclass, field

from delivery.backoff import delay
from sales.ids import OutboxId

DIFFERENT_ROWS = 3
LONGEST_PAUSE = 15.0
"""Seconds between probes, at most: so long may it take to notice that a platform is back."""


@dataclass(slots=True)
class Health:
    """``down`` after failures of three different rows without an answer between."""

    _failed: set[OutboxId] = field(default_factory=set)
    _in_a_row: int = 0
    probe_at: float = 0.0

    @property
    def down(self) -> bool:
        return len(self._failed) >= DIFFERENT_ROWS

    def answered(self) -> bool:
        """The platform spoke, whatever it said. Whether that is news."""
        was_down = self.down
        self._failed.clear()
        self._in_a_row, self.probe_at = 0, 0.0
        return was_down

    def failed(self, row_id: OutboxId, now: float) -> bool:
        """No answer, or a broken one. Whether the lane is down since this one."""
        was_down = self.down
        if len(self._failed) < DIFFERENT_ROWS:
            self._failed.add(row_id)
        if was_down:
            self._in_a_row += 1
        if self.down:
            self.probe_at = now + min(LONGEST_PAUSE, delay(self._in_a_row + 1))
        return self.down and not was_down
