"""What is counted, as plain numbers for ``web`` to print. Never a name or a word of anybody."""

from bisect import bisect_left
from dataclasses import dataclass, field

EDGES = (5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000)
"""Upper bounds of the histogram's buckets in milliseconds; one more bucket holds the rest."""


@dataclass(slots=True)
class Histogram:
    """How long things took. ``counts[i]`` are those up to ``EDGES[i]`` that fit no earlier bucket."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))
    total: int = 0
    """Milliseconds, summed."""

    def add(self, milliseconds: int) -> None:
        self.counts[bisect_left(EDGES, milliseconds)] += 1
        self.total += milliseconds

    @property
    def count(self) -> int:
        return sum(self.counts)

    def cumulative(self) -> list[tuple[float, int]]:
        """As Prometheus wants it: how many took at most that many milliseconds."""
        seen, pairs = 0, []
        for edge, count in zip((*map(float, EDGES), float("inf")), self.counts, strict=True):
            seen += count
            pairs.append((edge, seen))
        return pairs


@dataclass(slots=True)
class LaneMetrics:
    """One lane. Counters but for ``in_flight``, ``down`` and ``frozen``.

    ``retried`` counts every attempt that will be repeated; ``limited`` those of them where the other side said how long
    to wait (429); ``dead`` are the rows given up; ``held`` the stale replies a person is asked about.
    """

    sent: int = 0
    refused: int = 0
    retried: int = 0
    unknown: int = 0
    limited: int = 0
    dead: int = 0
    dropped: int = 0
    blocked: int = 0
    held: int = 0
    crashed: int = 0
    in_flight: int = 0
    down: bool = False
    frozen: bool = False
    latency: Histogram = field(default_factory=Histogram)
    """From the row's making to its end."""


@dataclass(slots=True)
class Metrics:
    """All lanes of this process. ``transactions`` counts the writes that settle and claim."""

    lanes: dict[str, LaneMetrics] = field(default_factory=dict)
    transactions: int = 0
    troubles: int = 0
    """Writes that failed; their outcomes were kept and written later."""

    def of(self, lane: str) -> LaneMetrics:
        return self.lanes.setdefault(lane, LaneMetrics())
