"""How many transactions a second, and how long a caller waits: ``python -m benchmarks.storage_writer [URL]``.

Closed loop: each of 32 callers starts its next job when the last one is durable. Without URL a SQLite file beside this
script is used (a file in /tmp may be memory, which costs nothing to sync) and removed afterwards.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, make_url, select, update

from storage.database import Database
from storage.sqlite import SqliteDatabase

CALLERS = 32
metadata = MetaData()
rows = Table(
    "benchmark_rows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False, index=True),
    Column("number", Integer, nullable=False),
)


def small(connection: Connection) -> None:
    """One statement."""
    connection.execute(insert(rows).values(text="hello", number=1))


def typical(connection: Connection) -> None:
    """Six statements, as in taking a message in: two inserts, two look-ups, two updates."""
    new = connection.execute(insert(rows).values(text="hello", number=1).returning(rows.c.id)).scalar_one()
    connection.execute(select(rows).where(rows.c.id == new)).one()
    connection.execute(update(rows).where(rows.c.id == new).values(number=2))
    connection.execute(insert(rows).values(text="again", number=1))
    connection.execute(select(rows).where(rows.c.id == new - 1)).first()
    connection.execute(update(rows).where(rows.c.id == new).values(number=3))


def look(connection: Connection) -> None:
    """Three look-ups."""
    for number in range(1, 4):
        connection.execute(select(rows).where(rows.c.id == number)).first()


async def measure(name: str, run: Callable[[], object], jobs: int, callers: int = CALLERS) -> None:
    waits: list[float] = []

    async def caller() -> None:
        for _ in range(jobs // callers):
            begun = time.perf_counter()
            await run()  # type: ignore[misc]  # a coroutine
            waits.append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    took = time.perf_counter() - begun
    waits.sort()
    shares = {share: waits[min(len(waits) - 1, int(len(waits) * share / 100))] for share in (50, 95, 99, 100)}
    percentiles = "  ".join(f"p{share} {wait:6.2f}" for share, wait in shares.items())
    print(f"{name:34} {len(waits) / took:7.0f} jobs/s   ms: {percentiles}")


async def benchmark(database: Database) -> None:
    await database.run(metadata.create_all)
    for callers in (1, CALLERS):
        scale = 10 if callers == 1 else 1
        await measure(f"small writes, {callers} callers", lambda: database.run(small), 20_000 // scale, callers)
        await measure(f"typical writes, {callers} callers", lambda: database.run(typical), 8_000 // scale, callers)
        await measure(f"reads, {callers} callers", lambda: database.read(look), 3_000 // scale, callers)
    await database.run(metadata.drop_all)
    await database.aclose()


def main() -> None:
    if len(sys.argv) > 1:
        from storage.postgres import PostgresDatabase

        asyncio.run(benchmark(PostgresDatabase(make_url(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        asyncio.run(benchmark(SqliteDatabase(Path(folder) / "benchmark.db")))


if __name__ == "__main__":
    main()
