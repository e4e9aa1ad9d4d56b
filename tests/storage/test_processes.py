"""Several processes on one SQLite file, and processes that are killed."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from storage.errors import AlreadyRunning
from storage.locks import RunningLock, writing
from storage.sqlite import SqliteDatabase
from tests.storage.conftest import bare_metadata, notes

ROOT = Path(__file__).parents[2]


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.storage.load", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "dibs.db"
    database = SqliteDatabase(path)
    database.run_sync(bare_metadata.create_all)
    database.run_sync(lambda connection: connection.execute(insert(notes).values(text="first")))
    database.close()
    return path


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.5])
def test_what_was_acknowledged_survives_a_kill(path: Path, seconds: float) -> None:
    with start("crash", path) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        acknowledged = {int(line) for line in [first, *process.stdout] if line.endswith("\n")}
    with closing(sqlite3.connect(path)) as database:
        kept = {row[0] for row in database.execute("SELECT id FROM notes")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(acknowledged) > 10
    assert acknowledged <= kept


def test_two_processes_write_at_once_and_lose_nothing(path: Path) -> None:
    with start("count", path, 300) as one, start("count", path, 300) as two:
        assert (one.wait(60), two.wait(60)) == (0, 0)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT number FROM notes").fetchone() == (600,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_command_gets_its_turn_beside_a_busy_bot(path: Path) -> None:
    database = SqliteDatabase(path)
    stop = asyncio.Event()

    async def busy() -> None:
        while not stop.is_set():
            await database.run(lambda connection: connection.execute(insert(notes).values(text="x")))

    async def command() -> float:
        begun = time.monotonic()
        with start("count", path, 50) as process:
            assert await asyncio.to_thread(process.wait, 60) == 0
        stop.set()
        return time.monotonic() - begun

    results = await asyncio.gather(command(), *(busy() for _ in range(32)))
    assert results[0] < 15
    assert database.changed_elsewhere()
    assert not database.changed_elsewhere()
    await database.aclose()


async def test_watching_tells_of_other_processes(path: Path) -> None:
    database = SqliteDatabase(path)
    await database.run(lambda connection: connection.execute(text("SELECT 1")).all())
    watch = database.watch_elsewhere(every=0.05)

    async def write() -> None:
        await asyncio.sleep(0.1)
        with start("count", path, 1) as process:
            await asyncio.to_thread(process.wait, 60)

    await asyncio.wait_for(asyncio.gather(anext(watch), write()), 10)
    await watch.aclose()
    await database.aclose()


def test_one_bot_at_a_time(path: Path) -> None:
    database = SqliteDatabase(path)
    with database.mark_running(), pytest.raises(AlreadyRunning):
        RunningLock.on_file(path)
    RunningLock.on_file(path).close()


def test_a_killed_process_leaves_no_lock_behind(path: Path) -> None:
    code = f"""
import time; from pathlib import Path; from storage.locks import RunningLock, write_lock
path = Path({str(path)!r}); lock = RunningLock.on_file(path); write = write_lock(path); write.acquire()
print("held", flush=True); time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(AlreadyRunning):
            RunningLock.on_file(path)
        process.kill()
    RunningLock.on_file(path).close()
    with writing(path, patience=1):
        pass
