"""The writer thread: one COMMIT for many, and what happens when the disk or another program gets in the way."""

import asyncio
import contextvars
import resource
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, insert, select, text

from storage.errors import DiskFull, StorageBusy, StorageClosed, StorageUnavailable
from storage.jobs import Done
from storage.locks import writing
from storage.sqlite_connect import sync_engine
from storage.writer import Writer
from tests.storage.conftest import bare_metadata, notes, outcome, together

CHILD = "CREATE TABLE child (note INTEGER NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)"


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    writer = Writer(tmp_path / "dibs.db", patience=0.3)
    await writer.run(bare_metadata.create_all)
    yield writer
    await asyncio.to_thread(writer.close)


def add(value: str):
    return lambda connection: connection.execute(insert(notes).values(text=value))


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(notes)) or 0


@contextmanager
def blocked(writer: Writer) -> Iterator[None]:
    """Keeps the thread busy, so that what is queued meanwhile forms one batch."""
    release = threading.Event()

    def block() -> None:
        with suppress(StorageUnavailable):  # it shares the fate of its batch
            writer.run_sync(lambda _: release.wait(10))

    thread = threading.Thread(target=block)
    thread.start()
    while writer.waiting:
        pass
    yield
    release.set()
    thread.join()


async def in_one_batch(writer: Writer, *jobs) -> list[object]:
    async with asyncio.TaskGroup() as group:
        with blocked(writer):
            tasks = [group.create_task(outcome(writer.run(job))) for job in jobs]
            await asyncio.sleep(0)
            assert writer.waiting == len(jobs)
    return [task.result() for task in tasks]


async def test_what_is_queued_together_is_committed_together(writer: Writer) -> None:
    commits: list[int] = []
    event.listen(writer._engine, "commit", lambda _: commits.append(1))
    await in_one_batch(writer, *(add(str(number)) for number in range(50)))
    assert len(commits) <= 2
    assert await writer.run(count) == 50


async def test_nobody_hears_of_success_before_the_commit(writer: Writer) -> None:
    order: list[str] = []
    event.listen(writer._engine, "commit", lambda _: (time.sleep(0.02), order.append("commit")))

    async def caller() -> None:
        await writer.run(add("x"))
        order.append("told")

    await asyncio.gather(*(caller() for _ in range(10)))
    assert order.count("told") == 10
    assert order.index("commit") < order.index("told")


async def test_only_the_failing_job_of_a_batch_is_undone(writer: Writer) -> None:
    def broken(connection: Connection) -> None:
        add("broken")(connection)
        raise ValueError

    results = await in_one_batch(writer, add("a"), broken, add("b"))
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert await writer.run(count) == 2


async def test_a_constraint_checked_at_commit_fails_its_own_job_only(writer: Writer) -> None:
    await writer.run(lambda connection: connection.execute(text(CHILD)))

    def orphan(connection: Connection) -> None:
        connection.execute(text("INSERT INTO child VALUES (999)"))

    results = await in_one_batch(writer, add("a"), orphan, add("b"))
    assert [type(result).__name__ for result in results if isinstance(result, Exception)] == ["IntegrityError"]
    assert await writer.run(count) == 2


async def test_a_job_that_commits_is_refused_and_the_thread_survives(writer: Writer) -> None:
    results = await together(writer.run(lambda connection: connection.commit()))
    assert isinstance(results[0], Exception)
    await writer.run(add("x"))
    assert await writer.run(count) == 1


async def test_a_cancelled_job_that_has_not_begun_never_runs(writer: Writer) -> None:
    async with asyncio.TaskGroup() as group:
        with blocked(writer):
            task = group.create_task(writer.run(add("x")))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.sleep(0)
    assert task.cancelled()
    assert await writer.run(count) == 0


async def test_a_job_cannot_wait_for_another(writer: Writer) -> None:
    with pytest.raises(RuntimeError, match="another"):
        await writer.run(lambda _: writer.run_sync(count))


async def test_stop_iteration_reaches_the_caller_in_another_form(writer: Writer) -> None:
    def job(_: Connection) -> None:
        raise StopIteration

    with pytest.raises(RuntimeError):
        await writer.run(job)


async def test_a_job_runs_in_its_callers_context(writer: Writer) -> None:
    mark: contextvars.ContextVar[str] = contextvars.ContextVar("mark")
    mark.set("request 7")
    assert await writer.run(lambda _: mark.get()) == "request 7"


async def test_a_full_database_refuses_and_recovers(writer: Writer) -> None:
    await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 20").all())
    results = await together(*(writer.run(add("x" * 30_000)) for _ in range(10)))
    assert any(isinstance(result, DiskFull) for result in results)
    kept = sum(not isinstance(result, Exception) for result in results)
    await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 100000").all())
    await writer.run(add("room again"))
    assert await writer.run(count) == kept + 1


async def test_a_commit_that_fails_undoes_the_whole_batch_and_tells_everyone(writer: Writer, tmp_path: Path) -> None:
    used = (tmp_path / "dibs.db-wal").stat().st_size
    with file_size_limit(used + 40_000):
        results = await in_one_batch(writer, *(add("x" * 20_000) for _ in range(8)))
    assert {type(result) for result in results} == {StorageUnavailable}
    assert len({id(result) for result in results}) == 8
    assert await writer.run(count) == 0
    await writer.run(add("room again"))
    assert await writer.run(count) == 1


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond ``size``: what a full disk does, at the write itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_another_programs_lock_is_an_error_after_a_while_and_then_forgotten(
    writer: Writer, tmp_path: Path
) -> None:
    await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 100").all())
    with closing(sqlite3.connect(tmp_path / "dibs.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        results = await together(*(writer.run(add("x")) for _ in range(5)))
        shell.execute("ROLLBACK")
    assert {type(result) for result in results} == {StorageBusy}
    await writer.run(add("y"))
    assert await writer.run(count) == 1


async def test_another_dibs_that_writes_for_long_is_waited_for_within_reason(writer: Writer, tmp_path: Path) -> None:
    with writing(tmp_path / "dibs.db"):
        results = await together(*(writer.run(add("x")) for _ in range(5)))
    assert {type(result) for result in results} == {StorageBusy}
    await writer.run(add("y"))


async def test_a_lost_connection_is_opened_again(writer: Writer) -> None:
    def broken(connection: Connection) -> None:
        connection.connection.driver_connection.close()

    results = await together(writer.run(broken))
    assert isinstance(results[0], StorageUnavailable)
    await writer.run(add("x"))
    assert await writer.run(count) == 1


async def test_the_wal_is_copied_back_when_nothing_happens(writer: Writer, tmp_path: Path) -> None:
    await writer.run(add("x" * 100_000))
    size = (tmp_path / "dibs.db").stat().st_size
    for _ in range(40):
        await asyncio.sleep(0.05)
        if (tmp_path / "dibs.db").stat().st_size > size:
            return
    pytest.fail("no checkpoint within two seconds")


async def test_the_wal_stays_small_under_load(writer: Writer, tmp_path: Path) -> None:
    def many(connection: Connection) -> None:
        connection.execute(insert(notes), [{"text": "x" * 500}] * 500)

    for _ in range(100):
        await writer.run(many)
    assert (tmp_path / "dibs.db-wal").stat().st_size < 12_000_000


async def test_other_writers_are_noticed_and_own_writes_are_not(writer: Writer, tmp_path: Path) -> None:
    await writer.run(add("own"))
    assert writer.elsewhere == 0
    with writing(tmp_path / "dibs.db"), sync_engine(tmp_path / "dibs.db").begin() as other:
        other.execute(insert(notes).values(text="other"))
    await writer.run(add("own"))
    assert writer.elsewhere == 1


async def test_other_writers_are_noticed_without_a_job_too(writer: Writer, tmp_path: Path) -> None:
    await writer.run(add("own"))
    with writing(tmp_path / "dibs.db"), sync_engine(tmp_path / "dibs.db").begin() as other:
        other.execute(insert(notes).values(text="other"))
    for _ in range(40):
        await asyncio.sleep(0.05)
        if writer.elsewhere:
            return
    pytest.fail("not noticed within two seconds")


async def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "dibs.db")
    await writer.run(bare_metadata.create_all)
    async with asyncio.TaskGroup() as group:
        with blocked(writer):
            for _ in range(20):
                group.create_task(writer.run(add("x")))
            await asyncio.sleep(0)
            group.create_task(asyncio.to_thread(writer.close))
            await asyncio.sleep(0.05)
    with pytest.raises(StorageClosed):
        await writer.run(add("late"))
    with closing(sqlite3.connect(tmp_path / "dibs.db")) as shell:
        assert shell.execute("SELECT count(*) FROM notes").fetchone() == (20,)
    assert not (tmp_path / "dibs.db-wal").exists()


async def test_pragmas_are_as_designed(writer: Writer) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await writer.run(pragmas) == ["wal", 2, 1, 0]


# --- orders ---


def touching(value: str, *lanes: str):
    def job(connection: Connection) -> Done:
        connection.execute(insert(notes).values(text=value))
        return Done(value, frozenset(lanes))

    return job


def look(connection: Connection) -> Done:
    return Done(count(connection), frozenset())


async def test_an_order_runs_behind_everything_else_of_the_commit_that_touches_its_lane(writer: Writer) -> None:
    commits: list[int] = []
    event.listen(writer._engine, "commit", lambda _: commits.append(1))
    order = writer.leave("a", look)
    await in_one_batch(writer, touching("1", "a"), add("2"), touching("3", "b"))
    assert (await order.future).result == 3
    assert len(commits) <= 2


async def test_orders_call_each_other_within_one_commit(writer: Writer) -> None:
    first, second = writer.leave("a", touching("by a", "b")), writer.leave("b", look)
    await writer.run(touching("1", "a"))
    assert (await first.future).lanes == frozenset(), "b has been looked after"
    assert (await second.future).result == 2


async def test_an_order_outlives_a_commit_that_fails_for_another_job(writer: Writer) -> None:
    """Then each job runs alone, and the order with the one that has called it."""
    await writer.run(lambda connection: connection.execute(text(CHILD)))
    order = writer.leave("a", look)
    results = await in_one_batch(
        writer, touching("1", "a"), lambda connection: connection.execute(text("INSERT INTO child VALUES (999)"))
    )
    assert [isinstance(result, Exception) for result in results] == [False, True]
    assert (await order.future).result == 1


async def test_orders_that_were_called_share_the_fate_of_a_transaction_that_is_lost(writer: Writer) -> None:
    """A full disk in the first of them: the others are told as well, though their turn had not come."""
    await writer.run(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 20").all())

    def fill(connection: Connection) -> Done:
        for _ in range(50):
            connection.execute(insert(notes).values(text="x" * 30_000))
        return Done(1, frozenset())

    orders = [writer.leave("a", fill), writer.leave("b", fill)]
    assert isinstance(await outcome(writer.run(touching("1", "a", "b"))), DiskFull)
    async with asyncio.timeout(5):
        assert [type(await outcome(order.future)) for order in orders] == [DiskFull, DiskFull]


async def test_what_is_left_or_hurried_when_the_writer_has_closed_is_told(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "other.db")
    await writer.run(bare_metadata.create_all)
    await asyncio.to_thread(writer.close)
    with pytest.raises(StorageClosed):
        writer.leave("a", look)


async def test_what_waits_when_the_writer_closes_is_told(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "other.db")
    await writer.run(bare_metadata.create_all)
    order = writer.leave("a", look)
    await asyncio.to_thread(writer.close)
    with pytest.raises(StorageClosed):
        await order.future


async def test_a_lane_has_one_order(writer: Writer) -> None:
    order = writer.leave("a", look)
    with pytest.raises(RuntimeError):
        writer.leave("a", look)
    assert writer.take_back(order)
    assert writer.take_back(writer.leave("a", look))
