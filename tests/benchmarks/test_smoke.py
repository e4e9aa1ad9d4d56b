"""The benchmarks work: a tiny round of what they are made of. No times are checked: a busy machine proves nothing."""

import pytest

from benchmarks import accept_race, throughput
from benchmarks.rig import rig
from benchmarks.seeding import Workspace

pytestmark = pytest.mark.timeout(240)


async def test_every_message_that_is_written_arrives_once() -> None:
    async with rig(Workspace(clients=30, reps=3), customers=20, warm=False) as running:
        lines = await throughput.sustained(running, 1.0, 40)
        assert len(running.heard.arrived) == len(running.heard.written) == 40
        assert running.heard.repeated == 0
        assert all(wait > 0 for wait in running.heard.waits)
    assert lines


async def test_one_of_five_wins_the_race() -> None:
    async with rig(Workspace(clients=5, reps=5), customers=5, warm=False) as running:
        winners, waits = await accept_race.race(running, 5, accept_race.STRANGER)
    assert winners == 1
    assert len(waits) == 5
