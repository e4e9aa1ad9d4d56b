"""What becomes of an attempt that was no end."""

from hypothesis import given
from hypothesis import strategies as st

from delivery.backoff import CAP, LONGEST, MOST_ATTEMPTS, Trial, delay, judge
from delivery.health import Health
from delivery.staleness import TOO_LATE, is_stale
from sales.ids import Moment, OutboxId
from sales.outbox import Blocked, Dropped, Refused, Retry, RowKind, Sent, Unknown
from tests.delivery.rows import a_new_row, a_row


def trial(failures: int, now: int = 0, lane_down: bool = False) -> Trial:
    return Trial(a_row(), failures, lane_down, Moment(now))


@given(st.integers(0, 10_000))
def test_delays_double_up_to_a_minute_and_are_uneven(attempts: int) -> None:
    span = min(CAP, 2.0 ** max(0, min(attempts - 1, 10)))
    assert span / 2 <= delay(attempts) <= span


@given(st.integers(0, 100), st.floats(0, 100_000), st.integers(0, 10 * LONGEST))
def test_a_time_that_the_platform_names_is_obeyed_for_ever(failures: int, after: float, now: int) -> None:
    verdict = judge(trial(failures, now), Retry("429", after, "bucket"))
    assert verdict == Retry("429", after, "staff:1")


def test_freezing_names_the_lane_or_the_bucket() -> None:
    assert judge(trial(1), Retry("429", 1.0, "lane")) == Retry("429", 1.0, "staff")
    assert judge(trial(1), Retry("429", 1.0, "staff:7")) == Retry("429", 1.0, "staff:7")
    bucketless = Trial(a_row(bucket=None), 1, False, Moment(0))
    assert judge(bucketless, Retry("429", 1.0, "bucket")) == Retry("429", 1.0, "staff")


def test_what_may_have_arrived_is_tried_twelve_times_and_then_shown_to_a_person() -> None:
    assert isinstance(judge(trial(MOST_ATTEMPTS), Unknown("ReadTimeout")), Unknown)
    assert judge(trial(MOST_ATTEMPTS + 1), Unknown("ReadTimeout")) == Refused("gave_up", "ReadTimeout")


def test_what_may_have_arrived_gives_the_platform_the_time_it_asks_for_to_tell() -> None:
    waits = judge(trial(1), Unknown("ReadTimeout", 20.0))
    assert isinstance(waits, Unknown)
    assert waits.after == 20.0


def test_a_row_is_not_blamed_for_a_lane_that_is_down() -> None:
    assert isinstance(judge(trial(50, lane_down=True), Unknown("ReadTimeout")), Unknown)
    late = trial(50, LONGEST + 1, lane_down=True)
    assert judge(late, Unknown("ReadTimeout")) == Refused("gave_up", "ReadTimeout")


def test_a_known_temporary_failure_is_retried_for_a_day() -> None:
    assert isinstance(judge(trial(100, LONGEST), Retry("ConnectError")), Retry)
    assert judge(trial(100, LONGEST + 1), Retry("ConnectError")) == Refused("gave_up", "ConnectError")


def test_after_a_weekend_switched_off_nothing_is_given_up_at_the_first_failure() -> None:
    assert isinstance(judge(trial(1, 3 * LONGEST), Retry("ConnectError")), Retry)
    assert isinstance(judge(trial(1, 3 * LONGEST), Unknown("ReadTimeout")), Unknown)


def test_two_rows_that_wait_for_each_other_end_some_time() -> None:
    blocked = Blocked(a_new_row("staff", "s", 1))
    assert judge(trial(3), blocked) is blocked
    assert isinstance(judge(trial(MOST_ATTEMPTS + 1), blocked), Refused)


@given(st.sampled_from([Sent(), Refused("blocked"), Dropped()]), st.integers(0, 100))
def test_an_end_is_an_end(outcome: Sent | Refused | Dropped, failures: int) -> None:
    assert judge(trial(failures, 2 * LONGEST), outcome) is outcome


def test_one_row_that_always_fails_is_not_a_lane_that_is_down() -> None:
    health = Health()
    assert not any(health.failed(OutboxId(1), 0.0) for _ in range(50))
    assert not health.down


def test_three_different_failures_are_a_lane_that_is_down_until_it_answers() -> None:
    health = Health()
    news = [health.failed(OutboxId(number), 100.0) for number in range(5)]
    assert news == [False, False, True, False, False]
    assert 100.0 < health.probe_at <= 115.0
    assert health.answered()
    assert not health.down


def test_replies_older_than_half_an_hour_are_stale_and_nothing_else_is() -> None:
    now = Moment(TOO_LATE + 1)
    assert is_stale(a_row(kind=RowKind.MESSAGE), now)
    assert is_stale(a_row(kind=RowKind.TEXT), now)
    assert not is_stale(a_row(kind=RowKind.MESSAGE), Moment(TOO_LATE))
    assert not is_stale(a_row(kind=RowKind.RELAY), now)


def test_a_reply_that_was_due_later_counts_from_then_until_it_was_tried() -> None:
    now = Moment(TOO_LATE + 1)
    assert not is_stale(a_row(kind=RowKind.MESSAGE, due_at=Moment(60_000)), now)
    assert is_stale(a_row(kind=RowKind.MESSAGE, due_at=Moment(60_000), attempts=2), now)
