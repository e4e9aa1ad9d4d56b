"""Run as a process by the tests: ``load.py crash PATH`` or ``load.py count PATH N``."""

import asyncio
import sys
from pathlib import Path

from sqlalchemy import Connection, insert, text

from storage.sqlite import SqliteDatabase
from tests.storage.conftest import notes


async def crash(path: Path) -> None:
    """Write for ever with 32 callers; print each id once it is acknowledged."""
    database = SqliteDatabase(path)

    def job(connection: Connection) -> int:
        return connection.execute(insert(notes).values(text="x" * 200).returning(notes.c.id)).scalar_one()

    async def caller() -> None:
        while True:
            print(await database.run(job), flush=True)  # noqa: T201

    async with asyncio.TaskGroup() as group:
        for _ in range(32):
            group.create_task(caller())


def count(path: Path, times: int) -> None:
    """Read, add one, write."""
    database = SqliteDatabase(path)

    def job(connection: Connection) -> None:
        number = connection.scalar(text("SELECT number FROM notes WHERE id = 1"))
        connection.execute(text("UPDATE notes SET number = :number WHERE id = 1"), {"number": number + 1})

    for _ in range(times):
        database.run_sync(job)
    database.close()


if __name__ == "__main__":
    if sys.argv[1] == "crash":
        asyncio.run(crash(Path(sys.argv[2])))
    else:
        count(Path(sys.argv[2]), int(sys.argv[3]))
