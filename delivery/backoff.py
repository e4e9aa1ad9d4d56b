"""What becomes of an outcome that is no end: when to try again, and when to stop trying.

A platform that says how long to wait is obeyed. One that doesn't is asked again after 1, 2, 4 … 60 s, unevenly, so that
what failed together does not come back together. What may have arrived (``Unknown``) is tried ``MOST_ATTEMPTS`` times
and then shown to a person; while the whole lane is down that count stands still, for it says nothing about the row.
"""

import random
from dataclasses import dataclass, replace

from sales.ids import Moment
from sales.outbox import Blocked, Outcome, Refused, Retry, Row, Unknown

FIRST = 1.0
CAP = 60.0
MOST_ATTEMPTS = 12
LONGEST = 24 * 3600 * 1000
"""Milliseconds since the row was made."""
GAVE_UP = "gave_up"


def delay(attempts: int) -> float:
    """Seconds before attempt ``attempts + 1``: between half and all of a doubling span."""
    span = min(CAP, FIRST * 2.0 ** min(max(attempts - 1, 0), 10))
    return span * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a row's attempts. ``failures`` leaves out those where the other side named a time."""

    row: Row
    failures: int
    lane_down: bool
    now: Moment

    @property
    def too_often(self) -> bool:
        return self.failures > MOST_ATTEMPTS

    @property
    def too_long(self) -> bool:
        """Only with some attempts made: after a weekend switched off everything is old, and nothing has failed."""
        return self.too_often and self.now - self.row.created_at > LONGEST


def judge(trial: Trial, outcome: Outcome) -> Outcome:
    """The outcome to settle: retries get their delay and the full name of what they freeze; hopeless ones end."""
    match outcome:
        case Retry():
            return _retry(trial, outcome)
        case Unknown(reason):
            hopeless = trial.too_long if trial.lane_down else trial.too_often
            after = max(outcome.after or 0.0, delay(trial.failures))
            return Refused(GAVE_UP, reason) if hopeless else replace(outcome, after=after)
        case Blocked():
            return Refused(GAVE_UP, "something before it never left") if trial.too_often else outcome
        case _:
            return outcome


def _retry(trial: Trial, outcome: Retry) -> Outcome:
    frozen = frozen_name(trial.row, outcome)
    if outcome.after is not None:
        return replace(outcome, freeze=frozen)
    if trial.too_long:
        return Refused(GAVE_UP, outcome.reason)
    return replace(outcome, after=delay(trial.failures), freeze=frozen)


def frozen_name(row: Row, outcome: Retry) -> str | None:
    """``lane`` and ``bucket`` stand for this row's own."""
    if outcome.freeze == "lane":
        return row.lane
    if outcome.freeze == "bucket":
        return row.bucket or row.lane
    return outcome.freeze
