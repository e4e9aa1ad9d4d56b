"""Past a bound nothing more is accepted, and finding out costs next to nothing."""

from delivery.metrics import EDGES, Histogram
from delivery.pressure import Bound, Pressure
from tests.delivery.conftest import House
from tests.delivery.rows import a_new_row

LANE = "channel:1"


async def test_too_many_rows_close_the_door_until_they_have_left(house: House) -> None:
    pressure = Pressure(house.transactions, house.clock, Bound(rows=3))
    await house.put(*(a_new_row(LANE, "s", number) for number in range(2)))
    assert not await pressure.too_full()
    await house.put(a_new_row(LANE, "s", 3))
    assert not await pressure.too_full()  # counted less than a second ago
    house.clock.advance(1.1)
    assert await pressure.too_full()


async def test_old_rows_close_the_door_only_if_they_are_many(house: House) -> None:
    pressure = Pressure(house.transactions, house.clock, Bound(age=60_000, rows_of_old=2))
    await house.put(a_new_row(LANE, "s", 1))
    house.clock.advance(100)
    assert not await pressure.too_full()
    await house.put(a_new_row(LANE, "s", 2))
    house.clock.advance(2)
    assert await pressure.too_full()


def test_a_histogram_counts_each_value_once_and_cumulates() -> None:
    histogram = Histogram()
    for value in (0, 5, 6, 10_000_000):
        histogram.add(value)
    assert histogram.count == 4
    assert histogram.cumulative()[0] == (5.0, 2)
    assert histogram.cumulative()[1] == (10.0, 3)
    assert histogram.cumulative()[-1] == (float("inf"), 4)
    assert len(histogram.cumulative()) == len(EDGES) + 1
