"""Numbers for Prometheus, in a registry of our own. Labels are ids and kinds: never a name, a phone or a word."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from delivery.metrics import LaneMetrics
from delivery.metrics import Metrics as DeliveryMetrics
from sales.incoming import Incoming, Malformed

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""

_COUNTED = {
    "sent": "Rows that arrived",
    "refused": "Rows the other side refused for good",
    "retried": "Attempts that are repeated",
    "unknown": "Attempts whose answer was lost",
    "limited": "Attempts answered with 429",
    "dead": "Rows given up",
    "dropped": "Rows that no longer made sense",
    "held": "Replies held because they had become stale",
    "crashed": "Attempts that failed inside Dibs",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What only the database knows: ``outbox`` per lane, rows waiting and the age of the oldest in seconds."""

    offers_open: int = 0
    inbox: int = 0
    outbox: Mapping[str, tuple[int, float]] = field(default_factory=dict)


class Numbers:
    """Counts what happens, and prints everything there is to print."""

    def __init__(self, delivery: DeliveryMetrics, down: Callable[[], Sequence[str]] = tuple) -> None:
        self._registry = CollectorRegistry()
        self._database = _FromDatabase()
        self._registry.register(self._database)
        self._registry.register(_FromDelivery(delivery))
        self._registry.register(_Parts(down))
        self._received = Counter(
            "dibs_updates_received", "Updates from clients' platforms", ["source", "read"], registry=self._registry
        )
        self._webhooks = Histogram(
            "dibs_webhook_seconds",
            "From the request to the answer, which is after the commit",
            ["door", "status"],
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def received(self, items: Sequence[Incoming | Malformed]) -> None:
        """What an intake has committed, repeats included."""
        for item in items:
            read = "no" if isinstance(item, Malformed) else "yes"
            self._received.labels(f"channel:{item.channel_id}", read).inc()

    def webhook(self, door: str, status: int, seconds: float) -> None:
        self._webhooks.labels(door, str(status)).observe(seconds)

    def render(self, snapshot: Snapshot | None) -> bytes:
        """``None``: the database did not answer, so its numbers are left out rather than made up."""
        self._database.snapshot = snapshot
        return generate_latest(self._registry)


class _FromDatabase(Collector):
    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily(
            "dibs_database_up", "Whether the database answered", value=int(self.snapshot is not None)
        )
        yield up
        if self.snapshot is None:
            return
        yield GaugeMetricFamily("dibs_offers_open", "Clients nobody has accepted yet", value=self.snapshot.offers_open)
        yield GaugeMetricFamily("dibs_inbox_size", "Events that could not be handled", value=self.snapshot.inbox)
        depth = GaugeMetricFamily("dibs_outbox_depth", "Rows that have not left", labels=["lane"])
        age = GaugeMetricFamily("dibs_outbox_age_seconds", "Age of the oldest row that has not left", labels=["lane"])
        for lane, (count, seconds) in self.snapshot.outbox.items():
            depth.add_metric([lane], count)
            age.add_metric([lane], seconds)
        yield from (depth, age)


class _FromDelivery(Collector):
    def __init__(self, delivery: DeliveryMetrics) -> None:
        self._delivery = delivery

    def collect(self) -> Iterable[Metric]:
        lanes = dict(self._delivery.lanes)
        for name, words in _COUNTED.items():
            counter = CounterMetricFamily(f"dibs_outbox_{name}", words, labels=["lane"])
            for lane, numbers in lanes.items():
                counter.add_metric([lane], getattr(numbers, name))
            yield counter
        down = GaugeMetricFamily("dibs_lane_down", "Whether the other side does not answer", labels=["lane"])
        flying = GaugeMetricFamily("dibs_lane_in_flight", "Rows being sent now", labels=["lane"])
        for lane, numbers in lanes.items():
            down.add_metric([lane], int(numbers.down))
            flying.add_metric([lane], numbers.in_flight)
        yield from (down, flying, _latencies(lanes))


def _latencies(lanes: Mapping[str, LaneMetrics]) -> Metric:
    family = HistogramMetricFamily("dibs_outbox_seconds", "From a row's making to its end", labels=["lane"])
    for lane, numbers in lanes.items():
        pairs = [(_edge(edge), float(count)) for edge, count in numbers.latency.cumulative()]
        family.add_metric([lane], pairs, numbers.latency.total / 1000)
    return family


def _edge(milliseconds: float) -> str:
    return "+Inf" if milliseconds == float("inf") else str(milliseconds / 1000)


class _Parts(Collector):
    def __init__(self, down: Callable[[], Sequence[str]]) -> None:
        self._down = down

    def collect(self) -> Iterable[Metric]:
        parts = GaugeMetricFamily("dibs_parts_down", "Parts that crashed and wait to be started again")
        parts.add_metric([], len(self._down()))
        yield parts
