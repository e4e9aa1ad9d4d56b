"""The worker on a real database: order, retries, crashes, freezes, fairness."""

import asyncio
from collections import Counter

import pytest

from delivery.pace import Pace
from sales.outbox import Dropped, Outcome, Refused, Retry, Row, RowState, Sent, Unknown
from tests.delivery.conftest import House
from tests.delivery.rows import a_new_row
from tests.delivery.sender import ScriptedSender
from tests.delivery.waiting import until

LANE = "channel:1"


async def test_what_is_committed_is_sent_and_gone(house: House) -> None:
    sender = ScriptedSender()
    async with house.delivery(sender) as delivery:
        await house.put(*(a_new_row(LANE, "s", number) for number in range(5)))
        await house.until_empty()
    assert sender.numbers == [0, 1, 2, 3, 4]
    assert delivery.metrics.of(LANE).sent == 5
    assert delivery.metrics.of(LANE).latency.count == 5


async def test_what_was_there_before_the_start_is_sent(house: House) -> None:
    await house.put(a_new_row(LANE, "s", 1), a_new_row("files:staff", "m", 2))
    sender = ScriptedSender()
    async with house.delivery(sender):
        await house.until_empty()
    assert sorted(map(str, sender.numbers)) == ["1", "2"]


async def test_streams_keep_their_order_through_retries_while_they_pass_each_other(house: House) -> None:
    tries = Counter[object]()

    def script(row: Row) -> Outcome:
        number = row.payload["number"]
        tries[number] += 1
        assert isinstance(number, int)
        return Retry("again", after=0.01) if tries[number] <= number % 3 else Sent()

    sender = ScriptedSender(script)
    async with house.delivery(sender):
        await house.put(*(a_new_row(LANE, f"s{number % 7}", number) for number in range(70)))
        await house.until_empty()
    for stream in range(7):
        order = [row.payload["number"] for row in sender.rows if row.stream == f"s{stream}"]
        expected = [number for number in range(stream, 70, 7) for _ in range(number % 3 + 1)]
        assert order == expected


async def test_a_stream_has_one_row_under_way_and_a_lane_no_more_than_its_pace_allows(house: House) -> None:
    streams = Counter[str]()

    async def slowly(row: Row) -> Outcome:
        streams[row.stream] += 1
        assert streams[row.stream] == 1
        await asyncio.sleep(0.02)
        streams[row.stream] -= 1
        return Sent()

    sender = ScriptedSender(slowly)
    async with house.delivery(sender, Pace(parallel=5)):
        await house.put(*(a_new_row(LANE, f"s{number % 10}", number) for number in range(30)))
        await house.until_empty()
    assert sender.most_in_flight == 5


async def test_a_lane_that_is_down_and_one_that_hangs_delay_no_other(house: House) -> None:
    never = asyncio.Event()

    async def hang(row: Row) -> Outcome:
        await never.wait()
        return Sent()

    senders = {
        "channel:1": ScriptedSender(lambda row: Retry("ConnectError")),
        "channel:2": ScriptedSender(hang),
        "channel:3": ScriptedSender(),
    }
    async with house.delivery(senders):
        for lane in senders:
            await house.put(*(a_new_row(lane, f"{lane}:{number}", number) for number in range(100)))
        await senders["channel:3"].until(100, seconds=5.0)
        assert len(senders["channel:1"].rows) < 40  # one at a time once it is known to be down
        never.set()
        await senders["channel:2"].until(100)


async def test_a_lane_that_comes_back_sends_everything_in_order(house: House) -> None:
    up = asyncio.Event()
    sender = ScriptedSender(lambda row: Sent() if up.is_set() else Retry("ConnectError"))
    async with house.delivery(sender) as delivery:
        await house.put(*(a_new_row(LANE, f"s{number % 5}", number) for number in range(50)))
        await sender.until(4)
        assert delivery.metrics.of(LANE).down
        up.set()
        before = len(sender.rows)
        await house.until_empty()
    assert not delivery.metrics.of(LANE).down
    arrived = sender.rows[before:]
    for stream in range(5):
        assert [row.payload["number"] for row in arrived if row.stream == f"s{stream}"] == list(range(stream, 50, 5))


async def test_what_was_under_way_when_the_process_died_comes_back_uncertain(house: House) -> None:
    sent = asyncio.Event()

    async def send_and_die(row: Row) -> Outcome:
        sent.set()
        await asyncio.Event().wait()
        return Sent()

    with pytest.raises(ExceptionGroup):  # noqa: PT012 - the process dies while the row is under way
        async with house.delivery(ScriptedSender(send_and_die)):
            await house.put(a_new_row(LANE, "s", 1), a_new_row(LANE, "s", 2))
            await sent.wait()
            raise RuntimeError("killed")
    sender = ScriptedSender()
    async with house.delivery(sender):
        await house.until_empty()
    assert [(row.payload["number"], row.uncertain) for row in sender.rows] == [(1, True), (2, False)]


async def test_a_stop_waits_for_what_is_under_way_and_settles_it(house: House) -> None:
    async def take_a_while(row: Row) -> Outcome:
        await asyncio.sleep(0.2)
        return Sent()

    sender = ScriptedSender(take_a_while)
    async with house.delivery(sender):
        await house.put(a_new_row(LANE, "s", 1), a_new_row(LANE, "s", 2))
        await sender.until(1)
    after = ScriptedSender()
    async with house.delivery(after):
        await house.until_empty()
    assert sender.numbers == [1]
    assert [(row.payload["number"], row.uncertain) for row in after.rows] == [(2, False)]


async def test_a_stop_does_not_wait_for_ever(house: House) -> None:
    async def hang(row: Row) -> Outcome:
        await asyncio.Event().wait()
        return Sent()

    sender = ScriptedSender(hang)
    async with house.delivery(sender) as delivery:
        await house.put(a_new_row(LANE, "s", 1))
        await sender.until(1)
        async with asyncio.timeout(2.0):
            await delivery.stop(grace=0.1)
    after = ScriptedSender()
    async with house.delivery(after):
        await house.until_empty()
    assert [row.uncertain for row in after.rows] == [True]


async def test_a_frozen_bucket_holds_its_own_rows_only_and_survives_a_restart(house: House) -> None:
    limited = ScriptedSender(lambda row: Retry("429", 1.0, "bucket") if row.bucket == "b1" else Sent())
    began = asyncio.get_running_loop().time()
    async with house.delivery(limited) as delivery:
        await house.put(a_new_row(LANE, "s1", 1, bucket="b1"), a_new_row(LANE, "s2", 2, bucket="b2"))
        await limited.until(2)
        assert delivery.metrics.of(LANE).limited == 1
    await house.put(a_new_row(LANE, "s3", 3, bucket="b1"), a_new_row(LANE, "s4", 4, bucket="b2"))
    sender = ScriptedSender()
    async with house.delivery(sender):
        await house.until_empty()
    assert sender.numbers[0] == 4
    assert sorted(map(str, sender.numbers[1:])) == ["1", "3"]
    assert sender.times[1] - began >= 1.0


async def test_a_frozen_lane_stands_still_and_loses_nothing(house: House) -> None:
    outcomes: list[Outcome] = [Retry("429", 0.5, "lane")]
    sender = ScriptedSender(lambda row: outcomes.pop() if outcomes else Sent())
    async with house.delivery(sender):
        await house.put(a_new_row(LANE, "s1", 1))
        await sender.until(1)
        await house.put(*(a_new_row(LANE, f"t{number}", number) for number in range(2, 10)))
        await house.until_empty()
    assert min(sender.times[1:]) - sender.times[0] >= 0.5
    assert len(sender.rows) == 10


async def test_one_busy_chat_keeps_its_own_pace_and_delays_nobody(house: House) -> None:
    sender = ScriptedSender()
    pace = Pace(rate=200, burst=4, bucket_rate=10, bucket_burst=2)
    async with house.delivery(sender, pace):
        await house.put(*(a_new_row(LANE, f"s{number}", number, bucket="busy") for number in range(12)))
        await house.put(*(a_new_row(LANE, f"t{number}", number, bucket=f"b{number}") for number in range(40)))
        await house.until_empty()
    busy = [at for row, at in zip(sender.rows, sender.times, strict=True) if row.bucket == "busy"]
    others = [at for row, at in zip(sender.rows, sender.times, strict=True) if row.bucket != "busy"]
    assert 0.9 <= busy[-1] - busy[0] < 1.5  # 2 at once, 10 more at 10 a second
    assert others[-1] - sender.times[0] < 0.6


async def test_nothing_starves_behind_a_flood_of_more_urgent_rows(house: House) -> None:
    """Waiting raises priority: after two and a half minutes a card is as urgent as a fresh refusal."""
    sender = ScriptedSender()
    await house.put(a_new_row(LANE, "patient", -1, priority=30))
    house.clock.advance(200)
    await house.put(*(a_new_row(LANE, f"s{number}", number, priority=0) for number in range(50)))
    async with house.delivery(sender, Pace(parallel=1)):
        await house.until_empty()
    assert sender.numbers[0] == -1


async def test_more_urgent_rows_leave_first(house: House) -> None:
    sender = ScriptedSender()
    await house.put(*(a_new_row(LANE, f"s{priority}", priority, priority=priority) for priority in (50, 20, 0, 30)))
    async with house.delivery(sender, Pace(parallel=1)):
        await house.until_empty()
    assert sender.numbers == [0, 20, 30, 50]


async def test_a_sender_that_raises_is_never_a_success_and_ends_as_a_dead_letter(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    said = f"Anna writes: my card number is {4700 + 11}"

    def break_down(row: Row) -> Outcome:
        raise ValueError(said)

    sender = ScriptedSender(break_down)
    async with house.delivery(sender) as delivery:
        await house.put(a_new_row(LANE, "s", 1))
        for attempt in range(1, 14):
            await sender.until(attempt)
            await until(lambda: delivery.metrics.of(LANE).unknown + delivery.metrics.of(LANE).dead == attempt)  # noqa: B023
            house.clock.advance(61)
            delivery.wake([LANE])
        await house.until_empty()
    assert delivery.metrics.of(LANE).sent == 0
    assert delivery.metrics.of(LANE).dead == 1
    (dead,) = await house.in_state(RowState.DEAD)
    assert dead.problem is not None
    assert dead.problem.startswith("gave_up ValueError")
    assert "4711" not in caplog.text
    assert all(row.uncertain for row in sender.rows[1:])


async def test_a_refusal_ends_a_row_and_the_next_of_its_stream_leaves(house: House) -> None:
    outcomes: list[Outcome] = [Sent(), Dropped("gone"), Refused("blocked", "Forbidden")]
    sender = ScriptedSender(lambda row: outcomes.pop())
    async with house.delivery(sender) as delivery:
        await house.put(*(a_new_row(LANE, "s", number) for number in range(3)))
        await house.until_empty()
    metrics = delivery.metrics.of(LANE)
    assert (metrics.refused, metrics.dropped, metrics.sent) == (1, 1, 1)
    assert [row.problem for row in await house.in_state(RowState.DEAD)] == ["blocked Forbidden"]


async def test_what_comes_back_together_is_settled_together(house: House) -> None:
    sender = ScriptedSender()
    await house.put(*(a_new_row(LANE, f"s{number}", number) for number in range(400)))
    async with house.delivery(sender, Pace(parallel=100)) as delivery:
        await house.until_empty()
    assert len(sender.rows) == 400
    assert delivery.metrics.transactions < 60


async def test_a_row_that_is_due_later_waits_without_anybody_asking(house: House) -> None:
    sender = ScriptedSender()
    async with house.delivery(sender) as delivery:
        due = house.clock() + 400
        await house.put(a_new_row(LANE, "s", 1, due_at=due))
        await house.until_empty()
        assert delivery.metrics.transactions < 8
    assert house.clock() >= due


async def test_channels_appear_and_vanish_while_it_runs(house: House) -> None:
    senders: dict[str, ScriptedSender] = {}
    async with house.delivery(senders) as delivery:
        await house.put(a_new_row(LANE, "s", 1))
        assert not delivery.lanes
        sender = senders[LANE] = ScriptedSender()
        delivery.wake([LANE])
        await sender.until(1)
        await house.until_empty()
        del senders[LANE]
        await house.put(a_new_row(LANE, "s", 2))
        await until(lambda: not delivery.lanes)
        senders[LANE] = sender
        await delivery.look_around()
        await sender.until(2)
    assert sender.numbers == [1, 2]


async def test_a_sender_that_hangs_is_unknown_after_the_lanes_patience(house: House) -> None:
    async def hang_once(row: Row) -> Outcome:
        if not row.uncertain:
            await asyncio.Event().wait()
        return Sent()

    sender = ScriptedSender(hang_once)
    async with house.delivery(sender, Pace(patience=0.1)) as delivery:
        await house.put(a_new_row(LANE, "s", 1))
        await house.until_empty()
    assert delivery.metrics.of(LANE).unknown == 1
    assert [row.uncertain for row in sender.rows] == [False, True]


async def test_what_may_have_arrived_is_marked_so_on_its_next_attempt(house: House) -> None:
    sender = ScriptedSender(lambda row: Sent() if row.uncertain else Unknown("ReadTimeout"))
    async with house.delivery(sender):
        await house.put(a_new_row(LANE, "s", 1))
        await house.until_empty()
    assert [row.uncertain for row in sender.rows] == [False, True]
