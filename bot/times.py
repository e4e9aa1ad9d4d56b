"""The time of day, as everything is given it."""

import time

from sales.ids import Moment


def now() -> Moment:
    """Milliseconds since 1970."""
    return Moment(time.time_ns() // 1_000_000)
