"""The outbox: order, urgency, collapse, front, waiting, holding, and what a restart finds."""

import asyncio
from dataclasses import replace

import pytest

from sales.ids import MediaId, MessageId, OutboxId, later
from sales.messages import MediaState, RemoteFile
from sales.outbox import NewRow, Priority, Row, RowKind, RowState
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, numbers, row, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def put(world: World, *rows: NewRow) -> None:
    await world.write(lambda work: work.outbox.put(rows))


async def claim(world: World, limit: int = 10, full: tuple[str, ...] = (), lane: str = "staff") -> list[Row]:
    return await world.write(lambda work: list(work.outbox.claim(lane, world.time.now, limit, full)))


async def finish(world: World, rows: list[Row], state: RowState = RowState.SENT) -> None:
    def settle(work: Work) -> None:
        for each in rows:
            work.outbox.finish(each.id, state)

    await world.write(settle)


async def again(world: World, claimed: Row, seconds: float = 0, problem: str = "busy") -> None:
    due_at = later(world.time.now, seconds)
    await world.write(lambda work: work.outbox.again(claimed.id, due_at, problem, False))


async def drain(world: World) -> list[object]:
    """Everything that may leave now, in the order it left."""
    left: list[object] = []
    while rows := await claim(world, 1):
        left += numbers(rows)
        await finish(world, rows)
    return left


async def test_a_stream_leaves_first_in_first_out(world: World) -> None:
    await put(world, *(row("a", number) for number in range(5)))
    assert numbers(await claim(world)) == [0]
    assert await claim(world) == []


async def test_the_next_steps_up_when_the_first_is_settled(world: World) -> None:
    await put(world, row("a", 1), row("a", 2), row("a", 3))
    assert await drain(world) == [1, 2, 3]


async def test_streams_do_not_wait_for_each_other(world: World) -> None:
    await put(world, row("a", 1), row("b", 2), row("a", 3))
    assert numbers(await claim(world)) == [1, 2]


async def test_a_claimed_row_says_everything(world: World) -> None:
    await put(world, row("a", 7, bucket="staff:1", priority=Priority.CARD))
    (claimed,) = await claim(world)
    assert (claimed.lane, claimed.stream, claimed.kind, claimed.bucket) == ("staff", "a", RowKind.NOTICE, "staff:1")
    assert (claimed.payload, claimed.priority, claimed.attempts, claimed.uncertain) == ({"message_id": 7}, 30, 1, False)
    assert (claimed.created_at, claimed.due_at) == (START, START)
    assert await world.read(lambda work: work.outbox.get(claimed.id)) == claimed


async def test_what_was_sent_or_dropped_is_gone(world: World) -> None:
    await put(world, row("a"), row("b"))
    rows = await claim(world)
    await world.write(lambda work: work.outbox.finish_sent([rows[0].id]))
    await finish(world, rows[1:], RowState.DROPPED)
    assert await world.read(lambda work: work.outbox.get(rows[0].id)) is None
    assert await world.read(lambda work: work.outbox.depth()) == {}


async def test_many_are_finished_at_once(world: World) -> None:
    await put(world, *(row(f"s{number % 50}", number) for number in range(100)))
    rows = await claim(world, 100)
    assert len(rows) == 50
    await world.write(lambda work: work.outbox.finish_sent([each.id for each in rows]))
    assert sorted(map(str, numbers(await claim(world, 100)))) == sorted(map(str, range(50, 100)))


async def test_finishing_twice_changes_nothing(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    rows = await claim(world)
    await finish(world, rows)
    await finish(world, rows)
    assert await drain(world) == [2]


async def test_ids_never_come_back(world: World) -> None:
    await put(world, row("a"))
    (first,) = await claim(world)
    await finish(world, [first])
    await put(world, row("a"))
    (second,) = await claim(world)
    assert second.id > first.id


async def test_the_more_urgent_leave_first(world: World) -> None:
    await put(
        world,
        row("a", 1, priority=Priority.HEADER),
        row("b", 2, priority=Priority.CARD),
        row("c", 3, priority=Priority.REFUSAL),
        row("d", 4, priority=Priority.RELAY),
    )
    assert numbers(await claim(world)) == [3, 4, 2, 1]


async def test_waiting_raises_priority_so_nothing_starves(world: World) -> None:
    await put(world, row("old", 1, priority=Priority.HISTORY))
    world.time.move(1)
    await put(world, row("new", 2, priority=Priority.REFUSAL))
    assert numbers(await claim(world, 1)) == [2]
    world.time.move(600)
    await put(world, row("newest", 3, priority=Priority.REFUSAL))
    assert numbers(await claim(world, 1)) == [1]


async def test_nothing_leaves_before_it_is_due(world: World) -> None:
    await put(world, row("a", 1, due_at=later(START, 5)), row("a", 2))
    assert await claim(world) == []
    world.time.move(5)
    assert numbers(await claim(world)) == [1]


async def test_more_rows_than_a_window_may_become_due_at_once(world: World) -> None:
    await put(world, *(row(f"s{number}", number, due_at=later(START, 5)) for number in range(1200)))
    world.time.move(6)
    await put(world, row("urgent", -1, priority=Priority.REFUSAL, due_at=later(START, 1)))
    assert numbers(await claim(world, 1)) == [-1]
    assert len(await claim(world, 700)) == 700


async def test_full_buckets_are_passed_over(world: World) -> None:
    await put(world, row("a", 1, bucket="x"), row("b", 2, bucket="y"), row("c", 3))
    assert numbers(await claim(world, full=("x",))) == [2, 3]


async def test_a_thousand_rows_of_a_full_bucket_hide_nobody(world: World) -> None:
    await put(world, *(row(f"s{number}", number, bucket="full", priority=Priority.REFUSAL) for number in range(1000)))
    await put(world, row("other", -1, bucket="open", priority=Priority.HISTORY))
    assert numbers(await claim(world, full=("full",))) == [-1]


async def test_no_bucket_gives_more_than_it_has_room_for(world: World) -> None:
    await put(world, *(row(f"s{number}", number, bucket=f"b{number % 2}") for number in range(10)))

    def take(work: Work) -> list[Row]:
        return list(work.outbox.claim("staff", world.time.now, 10, (), {"b0": 2}, 1))

    assert sorted(each.bucket or "" for each in await world.write(take)) == ["b0", "b0", "b1"]


async def test_frozen_lanes_and_buckets_stand_still_also_after_a_restart(world: World) -> None:
    await put(world, row("a", 1, bucket="x"), row("b", 2, bucket="y"))
    await world.write(lambda work: work.outbox.freeze("x", later(START, 10)))
    assert numbers(await claim(world)) == [2]
    await world.write(lambda work: work.outbox.freeze("staff", later(START, 20)))
    assert await world.read(lambda work: work.outbox.frozen(START)) == {"x": START + 10_000, "staff": START + 20_000}
    world.time.move(15)
    assert await claim(world) == []
    world.time.move(10)
    assert numbers(await claim(world)) == [1]


async def test_a_shorter_freeze_does_not_thaw(world: World) -> None:
    await world.write(lambda work: work.outbox.freeze("x", later(START, 20)))
    await world.write(lambda work: work.outbox.freeze("x", later(START, 5)))
    assert await world.read(lambda work: work.outbox.frozen(START)) == {"x": START + 20_000}


# --- retries ---


async def test_a_temporary_failure_holds_its_stream_only(world: World) -> None:
    await put(world, row("a", 1), row("a", 2), row("b", 3))
    first, _ = await claim(world)
    await again(world, first, 5)
    assert await claim(world) == []
    world.time.move(5)
    (back,) = await claim(world)
    assert (back.id, back.attempts) == (first.id, 2)


async def test_an_unknown_outcome_is_remembered(world: World) -> None:
    await put(world, row("a", 1))
    (first,) = await claim(world)
    await world.write(lambda work: work.outbox.again(first.id, START, "lost", True))
    assert (await claim(world))[0].uncertain


async def test_giving_a_row_back_untried_is_no_attempt(world: World) -> None:
    await put(world, row("a", 1))
    (first,) = await claim(world)
    await again(world, first, problem="")
    assert (await claim(world))[0].attempts == 1


async def test_a_restart_sends_again_what_was_under_way_and_says_so(world: World) -> None:
    await put(world, row("a", 1), row("a", 2), row("b", 3), row("c", 4, lane="other"))
    await claim(world)
    await claim(world, lane="other")
    assert await world.write(lambda work: work.outbox.recover(["staff"])) == 2
    rows = await claim(world)
    assert numbers(rows) == [1, 3]
    assert all(each.uncertain for each in rows)
    assert await claim(world, lane="other") == []


async def test_a_permanent_failure_lets_the_next_go_and_stays_to_be_seen(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    rows = await claim(world)
    await world.write(lambda work: work.outbox.finish(rows[0].id, RowState.DEAD, "blocked"))
    assert await drain(world) == [2]
    (report,) = await world.read(lambda work: work.outbox.in_state(RowState.DEAD, 10))
    assert (report.id, report.problem, report.attempts) == (rows[0].id, "blocked", 1)


async def test_a_dead_row_can_be_tried_again_in_its_place(world: World) -> None:
    await put(world, row("a", 1), row("a", 2), row("a", 3))
    rows = await claim(world)
    await finish(world, rows, RowState.DEAD)
    await again(world, rows[0])
    assert await drain(world) == [1, 2, 3]


async def test_a_dead_row_does_not_overtake_one_that_is_being_sent(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    dead = await claim(world)
    await finish(world, dead, RowState.DEAD)
    sending = await claim(world)
    await again(world, dead[0])
    assert await claim(world) == []
    await finish(world, sending)
    assert await drain(world) == [1]


# --- front ---


async def test_front_goes_before_everything_in_its_stream(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    await put(world, row("a", 3, front=True))
    assert await drain(world) == [3, 1, 2]


async def test_front_goes_right_after_what_is_being_sent(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    sending = await claim(world)
    await put(world, row("a", 3, front=True))
    assert await claim(world) == []
    await finish(world, sending)
    assert await drain(world) == [3, 2]


@pytest.mark.parametrize("front_first", [True, False])
async def test_a_blocked_row_goes_back_behind_what_must_leave_first(world: World, front_first: bool) -> None:
    await put(world, row("a", 1), row("a", 2))
    (blocked,) = await claim(world)

    def settle(work: Work) -> None:
        if front_first:
            work.outbox.put([row("a", 3, front=True)])
        work.outbox.again(blocked.id, work.now, "waits", False)
        if not front_first:
            work.outbox.put([row("a", 3, front=True)])

    await world.write(settle)
    assert await drain(world) == [3, 1, 2]


async def test_front_is_first_in_an_empty_stream_too(world: World) -> None:
    await put(world, row("a", 1), row("a", 2, front=True))
    assert await drain(world) == [2, 1]


# --- last ---


def last(new: NewRow) -> NewRow:
    return replace(new, last=True)


async def test_last_comes_behind_what_is_added_later(world: World) -> None:
    await put(world, row("a", 1), last(row("a", 9)))
    await put(world, row("a", 2))
    assert await drain(world) == [1, 2, 9]


async def test_a_last_row_that_is_not_due_holds_nobody_up(world: World) -> None:
    await put(world, last(row("a", 9, due_at=later(world.time.now, 2))))
    await put(world, row("a", 1))
    assert await drain(world) == [1]
    world.time.move(2)
    assert await drain(world) == [9]


async def test_nothing_overtakes_a_last_row_that_is_being_sent(world: World) -> None:
    await put(world, last(row("a", 9)))
    sending = await claim(world)
    await put(world, row("a", 1))
    assert await claim(world) == []
    await finish(world, sending)
    assert await drain(world) == [1]


async def test_a_row_of_the_same_key_in_its_usual_place_takes_a_last_one_along(world: World) -> None:
    await put(world, last(row("a", 9, collapse="header", due_at=later(world.time.now, 2))))
    await put(world, row("a", 9, collapse="header"), row("a", 1))
    assert await drain(world) == [9, 1]


# --- collapse ---


async def test_a_queued_row_of_the_same_key_says_it_all(world: World) -> None:
    await put(world, row("a", 1, collapse="card"), row("a", 2, collapse="card"))
    await put(world, row("a", 3, collapse="card"), row("b", 4, collapse="card"))
    assert sorted(map(str, await drain(world))) == ["1", "4"]


async def test_what_is_being_sent_may_be_out_of_date_so_a_new_row_is_added(world: World) -> None:
    await put(world, row("a", 1, collapse="card"))
    sending = await claim(world)
    await put(world, row("a", 2, collapse="card"))
    await finish(world, sending)
    assert await drain(world) == [2]


async def test_a_row_that_comes_back_swallows_the_newer_one(world: World) -> None:
    await put(world, row("a", 1, collapse="card"))
    (sending,) = await claim(world)
    await put(world, row("a", 2), row("a", 3, collapse="card"))
    await again(world, sending)
    assert await drain(world) == [1, 2]


async def test_a_restart_with_a_newer_row_of_the_same_key(world: World) -> None:
    await put(world, row("a", 1, collapse="card"))
    await claim(world)
    await put(world, row("a", 2, collapse="card"))
    assert await world.write(lambda work: work.outbox.recover(["staff"])) == 1
    assert await drain(world) == [1]


async def test_collapsing_keeps_the_earlier_time(world: World) -> None:
    await put(world, row("a", 1, collapse="x", due_at=later(START, 60)))
    await put(world, row("a", 2, collapse="x", due_at=later(START, 90)))
    assert await world.read(lambda work: work.outbox.next_due(["staff"])) == {"staff": START + 60_000}
    await put(world, row("a", 3, collapse="x"))
    assert await drain(world) == [1]


# --- waiting for files ---


def wanted(work: Work) -> MediaId:
    return work.media.add(RemoteFile("channel:1", "file"))


async def test_a_row_waits_for_its_file(world: World) -> None:
    media_id = await world.write(wanted)
    await put(world, row("a", 1, waits_for=media_id), row("a", 2), row("b", 3))
    assert await drain(world) == [3]
    assert await world.read(lambda work: work.outbox.next_due(["staff"])) == {}
    await world.write(lambda work: work.outbox.media_settled(media_id))
    assert await drain(world) == [1, 2]


async def test_nothing_waits_for_a_file_that_is_settled(world: World) -> None:
    media_id = await world.write(wanted)
    await world.write(lambda work: work.media.settle(media_id, MediaState.FAILED, None, None, "gone"))
    await put(world, row("a", 1, waits_for=media_id), row("b", 2, waits_for=12345))
    assert sorted(map(str, await drain(world))) == ["1", "2"]


async def test_an_album_waits_for_its_newest_file(world: World) -> None:
    first, second = await world.write(wanted), await world.write(wanted)
    await put(world, row("a", 1, collapse="album", waits_for=first))
    await put(world, row("a", 2, collapse="album", waits_for=second))
    await world.write(lambda work: work.outbox.media_settled(first))
    assert await drain(world) == []
    await world.write(lambda work: work.outbox.media_settled(second))
    assert await drain(world) == [1]


# --- held ---


async def test_held_messages_block_their_stream_until_they_are_released(world: World) -> None:
    await put(world, *(row("a", number, kind=RowKind.MESSAGE) for number in (1, 2, 3)))
    rows = await claim(world)
    await finish(world, rows, RowState.DEAD)
    assert await world.write(lambda work: work.outbox.hold_next("a")) == 2
    await put(world, row("a", 4, kind=RowKind.EDIT))
    world.time.move(3600)
    assert await drain(world) == []
    assert await world.read(lambda work: work.outbox.held_messages("a")) == [2, 3]
    assert len(await world.read(lambda work: work.outbox.in_state(RowState.HELD, 10))) == 2
    assert await world.write(lambda work: work.outbox.release("a")) == 2
    (released,) = await claim(world)
    assert (released.attempts, released.due_at) == (1, world.time.now)
    await finish(world, [released])
    assert await drain(world) == [3, 4]


async def test_held_messages_can_be_dropped(world: World) -> None:
    await put(world, *(row("a", number, kind=RowKind.MESSAGE) for number in (1, 2, 3)))
    await finish(world, await claim(world), RowState.DEAD)
    await world.write(lambda work: work.outbox.hold_next("a"))
    await put(world, row("a", 4, kind=RowKind.EDIT))
    assert await world.write(lambda work: work.outbox.drop_held("a")) == 2
    assert await drain(world) == [4]


async def test_held_messages_can_be_dropped_one_by_one(world: World) -> None:
    await put(world, *(row("a", number, kind=RowKind.MESSAGE) for number in (1, 2, 3)))
    await finish(world, await claim(world), RowState.DEAD)
    await world.write(lambda work: work.outbox.hold_next("a"))
    assert await world.write(lambda work: work.outbox.drop_held("a", [MessageId(2)])) == 1
    assert await world.write(lambda work: work.outbox.release("a")) == 1
    assert await drain(world) == [3]


async def test_a_row_can_be_held_itself(world: World) -> None:
    await put(world, row("a", 1), row("a", 2))
    await finish(world, await claim(world), RowState.HELD)
    assert await drain(world) == []


# --- looking at it ---


async def test_lanes_and_depth(world: World) -> None:
    await put(world, row("a", 1), row("b", 2), row("c", 3, lane="channel:1"))
    world.time.move(1)
    await put(world, row("d", 4))
    assert await world.read(lambda work: work.outbox.lanes()) == ["channel:1", "staff"]
    assert await world.read(lambda work: work.outbox.depth()) == {"staff": (3, START), "channel:1": (1, START)}


async def test_next_due_is_when_a_lane_has_something_to_do(world: World) -> None:
    await put(world, row("a", 1, due_at=later(START, 60)), row("b", 2, due_at=later(START, 30)))
    assert await world.read(lambda work: work.outbox.next_due(["staff", "other"])) == {"staff": START + 30_000}
    await put(world, row("c", 3))
    assert await world.read(lambda work: work.outbox.next_due(["staff"])) == {"staff": START}


async def test_subscribers_hear_which_lanes_were_touched(world: World) -> None:
    heard: list[frozenset[str]] = []
    world.transactions.subscribe(heard.append)
    await world.write(lambda work: work.outbox.put([row("a"), row("c", lane="channel:1")]))
    (claimed,) = await claim(world)
    assert heard == [{"staff", "channel:1"}]
    await again(world, claimed)
    assert heard[1:] == [{"staff"}]
    await world.read(lambda work: work.outbox.lanes())
    assert len(heard) == 2


async def test_nobody_hears_of_what_was_rolled_back(world: World) -> None:
    heard: list[frozenset[str]] = []
    world.transactions.subscribe(heard.append)

    def fail(work: Work) -> None:
        work.outbox.put([row("a")])
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await world.write(fail)
    assert heard == []
    assert await claim(world) == []


# --- at once ---


async def test_no_row_is_claimed_twice_whoever_asks(world: World) -> None:
    await put(world, *(row(f"s{number}", number) for number in range(200)))
    claimed = await asyncio.gather(*(claim(world, 20) for _ in range(20)))
    ids: list[OutboxId] = [each.id for rows in claimed for each in rows]
    while rows := await claim(world, 50):
        ids += [each.id for each in rows]
    assert len(ids) == len(set(ids)) == 200


async def test_adding_to_a_stream_while_its_rows_are_settled_forgets_nobody(world: World) -> None:
    """Without a lock on the stream, a row put behind a head that is just leaving would never be the head."""
    sent: list[object] = []

    async def add(part: int) -> None:
        for number in range(20):
            await put(world, row(f"s{number % 3}", 100 * part + number))

    async def leave() -> None:
        for _ in range(60):
            rows = await claim(world, 5)
            sent.extend(numbers(rows))
            await finish(world, rows)

    await asyncio.gather(add(1), add(2), add(3), leave())
    sent += await drain(world)
    assert len(sent) == len(set(map(str, sent))) == 60
