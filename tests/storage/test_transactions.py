"""What every database promises: all or nothing, each for itself, durable when it returns."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.database import Database
from storage.errors import StorageClosed, StorageError
from tests.storage.conftest import notes, together


def add(value: str, number: int = 0):
    def job(connection: Connection) -> int:
        return connection.execute(insert(notes).values(text=value, number=number).returning(notes.c.id)).scalar_one()

    return job


def texts(connection: Connection) -> list[str]:
    return list(connection.scalars(select(notes.c.text).order_by(notes.c.text)))


async def test_what_was_written_can_be_read(bare: Database) -> None:
    await bare.run(add("one"))
    assert await bare.read(texts) == ["one"]


async def test_a_job_that_raises_leaves_nothing_and_its_neighbours_stay(bare: Database) -> None:
    def broken(connection: Connection) -> None:
        add("broken")(connection)
        raise LookupError("on purpose")

    results = await together(bare.run(add("a")), bare.run(broken), bare.run(add("b")))
    assert isinstance(results[1], LookupError)
    assert await bare.read(texts) == ["a", "b"]


async def test_a_broken_constraint_reaches_its_caller_alone(bare: Database) -> None:
    first = await bare.run(add("first"))

    def again(connection: Connection) -> None:
        connection.execute(insert(notes).values(id=first, text="again"))

    results = await together(bare.run(add("x")), bare.run(again), bare.run(add("y")))
    assert isinstance(results[1], IntegrityError)
    assert await bare.read(texts) == ["first", "x", "y"]


async def test_a_job_may_use_savepoints_of_its_own(bare: Database) -> None:
    def job(connection: Connection) -> None:
        add("kept")(connection)
        nested = connection.begin_nested()
        add("taken back")(connection)
        nested.rollback()

    await bare.run(job)
    assert await bare.read(texts) == ["kept"]


async def test_many_callers_lose_no_update(bare: Database) -> None:
    await bare.run(add("counter"))

    def increment(connection: Connection) -> None:
        number = connection.scalar(select(notes.c.number).with_for_update())
        connection.execute(update(notes).values(number=number + 1))

    assert set(await together(*(bare.run(increment) for _ in range(100)))) == {None}
    assert await bare.read(lambda connection: connection.scalar(select(notes.c.number))) == 100


async def test_a_cancelled_caller_does_not_disturb_the_others(bare: Database) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bare.run(add(f"{number:03}"))) for number in range(60)]
        await asyncio.sleep(0.002)
        for task in tasks[::3]:
            task.cancel()
    kept = await bare.read(texts)
    assert all(f"{number:03}" in kept for number in range(60) if not tasks[number].cancelled())
    assert await bare.run(add("afterwards"))


async def test_cancelled_readers_do_not_use_connections_up(bare: Database) -> None:
    for _ in range(3):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(bare.read(texts)) for _ in range(30)]
            await asyncio.sleep(0.005)
            for task in tasks:
                task.cancel()
    assert await asyncio.wait_for(bare.read(texts), 5) == []
    assert await bare.run(add("x"))


async def test_reading_cannot_write(bare: Database) -> None:
    with pytest.raises((DBAPIError, StorageError)):
        await bare.read(add("no"))
    assert await bare.read(texts) == []


async def test_a_reader_sees_one_state(bare: Database) -> None:
    looked, written = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(connection: Connection) -> tuple[int, int]:
        before = connection.scalar(select(func.count()).select_from(notes))
        looked.set()
        pause = "SELECT pg_sleep(0.3)" if bare.kind == "postgresql" else _BUSY
        connection.execute(text(pause)).all()
        return before, connection.scalar(select(func.count()).select_from(notes))

    async def write() -> None:
        await loop.run_in_executor(None, looked.wait)
        await bare.run(add("meanwhile"))
        written.set()

    seen, _ = await asyncio.gather(bare.read(slow), write())
    assert written.is_set()
    assert seen == (0, 0)


_BUSY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n"


async def test_plain_code_needs_no_event_loop(bare: Database) -> None:
    def command() -> list[str]:
        bare.run_sync(add("from a command"))
        return bare.read_sync(texts)

    assert await asyncio.to_thread(command) == ["from a command"]


async def test_errors_reach_plain_code_too(bare: Database) -> None:
    def broken(connection: Connection) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await asyncio.to_thread(bare.run_sync, broken)


async def test_a_closed_database_says_so(bare: Database) -> None:
    await bare.aclose()
    with pytest.raises(StorageClosed):
        await bare.run(add("late"))
    with pytest.raises(StorageClosed):
        await bare.read(texts)


async def test_wrong_sql_is_the_callers_error(bare: Database) -> None:
    with pytest.raises(DBAPIError):
        await bare.run(lambda connection: connection.execute(text("SELECT nonsense FROM nowhere")))
    assert await bare.run(add("still works"))
