"""What an attempt says: about its row, its lane's health, and how fast the lane may go on."""

import logging
from collections.abc import Callable

from delivery.backoff import GAVE_UP, Trial, judge
from delivery.health import Health
from delivery.metrics import LaneMetrics
from delivery.pace import Meter
from delivery.turn import Claimed, Settled
from sales.ids import Moment, OutboxId
from sales.outbox import Blocked, Dropped, Outcome, Refused, Retry, Row, Sent, Unknown

log = logging.getLogger(__name__)


class Attempts:
    """Judges the outcomes of one lane, in the order in which they come back."""

    def __init__(self, lane: str, meter: Meter, clock: Callable[[], Moment], metrics: LaneMetrics) -> None:
        self.health = Health()
        self._lane = lane
        self._meter = meter
        self._clock = clock
        self._metrics = metrics
        self._excused: dict[OutboxId, int] = {}

    def judged(self, claimed: Claimed, outcome: Outcome, now: float) -> Settled:
        """The row with the outcome to settle. ``now`` is the event loop's."""
        row = claimed.row
        self._note_health(row, outcome, now)
        self._charge_rest(claimed, outcome, now)
        verdict = judge(self._trial(row, outcome), outcome)
        if isinstance(verdict, Retry) and verdict.freeze is not None and verdict.after is not None:
            self._meter.freeze(verdict.freeze, now + verdict.after)
        if not isinstance(verdict, Retry | Unknown | Blocked):
            self._excused.pop(row.id, None)
        return row, verdict

    def count(self, settled: Settled) -> None:
        """It is written: now it happened."""
        row, outcome = settled
        metrics = self._metrics
        match outcome:
            case Sent():
                metrics.sent += 1
            case Refused(code):
                metrics.dead += code == GAVE_UP
                metrics.refused += code != GAVE_UP
            case Retry():
                metrics.retried += 1
            case Unknown():
                metrics.retried += 1
                metrics.unknown += 1
            case Blocked():
                metrics.blocked += 1
            case Dropped():
                metrics.dropped += 1
        if isinstance(outcome, Sent | Refused):
            metrics.latency.add(max(0, self._clock() - row.created_at))

    def _charge_rest(self, claimed: Claimed, outcome: Outcome, now: float) -> None:
        """It was more messages than we knew, or none at all: then another row may have its place."""
        if isinstance(outcome, Dropped | Blocked) or (isinstance(outcome, Sent) and outcome.free):
            self._meter.give_back(claimed.row.bucket, now, claimed.cost)
        elif isinstance(outcome, Sent) and len(outcome.external_ids) > claimed.cost:
            self._meter.take(claimed.row.bucket, now, len(outcome.external_ids) - claimed.cost)

    def _trial(self, row: Row, outcome: Outcome) -> Trial:
        if isinstance(outcome, Retry) and outcome.after is not None:
            self._metrics.limited += 1
            self._excused[row.id] = self._excused.get(row.id, 0) + 1
        failures = row.attempts - self._excused.get(row.id, 0)
        return Trial(row, failures, self.health.down, self._clock())

    def _note_health(self, row: Row, outcome: Outcome, now: float) -> None:
        match outcome:
            case Sent() | Refused():
                if self.health.answered():
                    log.info("lane %s is back", self._lane)
            case Retry(after=None) | Unknown():
                if self.health.failed(row.id, now):
                    log.warning("lane %s is down: several rows failed in a row; trying one at a time", self._lane)
            case Retry() | Blocked() | Dropped():
                pass
        self._metrics.down = self.health.down
