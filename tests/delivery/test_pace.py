"""Token buckets, as properties: the clock is passed in, so seconds cost nothing."""

import math
from bisect import bisect_right

from hypothesis import given
from hypothesis import strategies as st

from delivery.pace import TELEGRAM, Bucket, Meter, Pace

GREEDY = st.lists(st.floats(0.0001, 3.0), min_size=1, max_size=200)
"""Pauses between looks of somebody who sends whatever they may."""


class StrictServer:
    """Refuses what a platform would refuse: 30 at once and 30 a second; 5 at once and 1 a second per chat."""

    def __init__(self) -> None:
        self.bot = Bucket(30.0, 30.0, 0.0)
        self.chats: dict[str, Bucket] = {}
        self.refused = 0
        self.accepted = 0

    def receive(self, chat: str, at: float) -> None:
        buckets = (self.bot, self.chats.setdefault(chat, Bucket(1.0, 5.0, at)))
        if all(bucket.level(at) >= 1 - 1e-6 for bucket in buckets):
            self.accepted += 1
            for bucket in buckets:
                bucket.take(at)
        else:
            self.refused += 1


def most_in_any_window(times: list[float], seconds: float) -> int:
    return max((bisect_right(times, at + seconds) - index for index, at in enumerate(times)), default=0)


@given(st.floats(0.5, 100), st.integers(1, 20), GREEDY, st.floats(0.1, 10))
def test_no_window_ever_holds_more_than_burst_and_rate_allow(
    rate: float, burst: int, pauses: list[float], window: float
) -> None:
    meter = Meter("lane", Pace(rate=rate, burst=burst, parallel=1000), 0.0)
    now, sent = 0.0, list[float]()
    for pause in pauses:
        now += pause
        for _ in range(meter.room(now)):
            meter.take(None, now)
            sent.append(now)
    assert most_in_any_window(sent, window) <= burst + rate * window + 1e-6


@given(st.floats(0.5, 100), GREEDY)
def test_who_waits_exactly_as_long_as_told_may_pass(rate: float, pauses: list[float]) -> None:
    bucket = Bucket(rate, 1.0, 0.0)
    now = 0.0
    for pause in pauses:
        now += pause
        bucket.take(now)
        at = bucket.ready_at(now)
        assert bucket.ready_at(at) <= at + 1e-9
        now = at


@given(st.lists(st.floats(0.0005, 0.03), min_size=50, max_size=50))
def test_telegrams_ceiling_is_used_to_98_percent_without_one_refusal(latenesses: list[float]) -> None:
    """The loop wakes up to 30 ms late each time; what it sends takes up to 90 ms to get there, out of step."""
    meter, server = Meter("staff", TELEGRAM, 0.0), StrictServer()
    now, count, arrivals = 0.0, 0, list[tuple[float, str]]()
    while now < 60.0:
        for _ in range(meter.room(now)):
            chat = f"staff:{count % 200}"
            meter.take(chat, now)
            count += 1
            arrivals.append((now + 3 * latenesses[count % 50], chat))
        now = max(now, meter.ready_at(now)) + latenesses[count % 50]
    for at, chat in sorted(arrivals):
        server.receive(chat, at)
    assert server.refused == 0
    assert server.accepted >= 0.98 * 30 * 60


@given(st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(0, 3)), max_size=300), st.floats(0, 0.3))
def test_a_strict_server_never_refuses_a_chat(looks: list[tuple[float, int]], latency: float) -> None:
    meter, server, now = Meter("staff", TELEGRAM, 0.0), StrictServer(), 0.0
    for index, (pause, number) in enumerate(looks):
        now += pause
        chat = f"staff:{number}"
        if meter.room(now) and chat not in meter.full(now):
            meter.take(chat, now)
            server.receive(chat, now + latency * (index % 2))
    assert server.refused == 0


def test_an_album_passes_whole_and_is_paid_off() -> None:
    meter = Meter("staff", TELEGRAM, 0.0)
    meter.take("staff:1", 0.0, cost=10)
    assert meter.room(0.0) == 0
    assert meter.full(0.0)["staff:1"] == 7.0  # 4 - 10 + 7 = 1
    assert not meter.full(7.0)


def test_a_frozen_bucket_lets_nothing_through_and_then_one() -> None:
    meter = Meter("staff", TELEGRAM, 0.0)
    meter.freeze("staff:1", 5.0)
    assert meter.rooms(4.999) == {"staff:1": 0}
    assert meter.rooms(5.0) == {"staff:1": 1}
    assert meter.room(1.0) == 4  # the others go on


def test_a_frozen_lane_stands_still() -> None:
    meter = Meter("staff", TELEGRAM, 0.0)
    meter.freeze("staff", 3.0)
    assert (meter.room(2.9), meter.ready_at(0.0), meter.room(3.0)) == (0, 3.0, 1)


def test_a_bucket_can_be_frozen_where_nothing_else_limits() -> None:
    meter = Meter("crm:1", Pace(), 0.0)
    meter.freeze("lead:1", 2.0)
    assert meter.rooms(1.0) == {"lead:1": 0}
    assert meter.rooms(2.0) == {}
    assert meter.ready_at(0.0) == 0.0


def test_a_cold_start_takes_no_burst_for_granted() -> None:
    meter = Meter("staff", TELEGRAM, 0.0, cold=True)
    assert (meter.room(0.0), meter.fresh_room(0.0)) == (1, 1)
    assert meter.fresh_room(10.0) == 4


@given(st.lists(st.tuples(st.floats(0.01, 0.5), st.integers(0, 500)), max_size=500))
def test_buckets_that_are_as_good_as_new_are_forgotten(looks: list[tuple[float, int]]) -> None:
    meter, now = Meter("staff", TELEGRAM, 0.0), 0.0
    for pause, number in looks:
        now += pause
        if meter.room(now):
            meter.take(f"staff:{number}", now)
    assert meter.rooms(now + math.ceil(600 / 1.0)) == {}
