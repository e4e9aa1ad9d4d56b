"""How fast a lane goes: rows per second through claim, a sender that does nothing, and settling; and from a commit to
the start of its sending when nothing else happens; and how much of Telegram's ceiling is used.

    python -m benchmarks.delivery_lane [--rows 20000] [--seconds 20]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from delivery.pace import TELEGRAM, Bucket, Pace
from delivery.worker import Delivery
from sales.ids import Moment
from sales.outbox import NewRow, Outcome, Retry, Row, RowKind, Sent
from storage.crypto import Vault
from storage.database import open_database
from storage.transactions import SqlTransactions

LANE = "staff"
HERE = Path(__file__).parent
"""On the same disk as the code: /tmp is often memory, where a commit costs nothing."""


def clock() -> Moment:
    return Moment(time.time_ns() // 1_000_000)


class Server:
    """Takes ``latency`` seconds; with ``strict`` it refuses what Telegram would refuse."""

    def __init__(self, latency: float = 0.0, *, strict: bool = False) -> None:
        self.times: list[float] = []
        self.refused = 0
        self._latency = latency
        self._bot = Bucket(30.0, 30.0, time.perf_counter()) if strict else None
        self._chats: dict[str | None, Bucket] = {}
        self._arrived = asyncio.Event()

    async def send(self, row: Row) -> Outcome:
        if self._latency:
            await asyncio.sleep(self._latency)
        now = time.perf_counter()
        if self._bot is not None and not self._takes(self._bot, row, now):
            self.refused += 1
            return Retry("429", 1.0, "lane")
        self.times.append(now)
        self._arrived.set()
        return Sent()

    async def until(self, count: int) -> None:
        while len(self.times) < count:
            self._arrived.clear()
            await self._arrived.wait()

    def _takes(self, bot: Bucket, row: Row, now: float) -> bool:
        buckets = (bot, self._chats.setdefault(row.bucket, Bucket(1.0, 5.0, now)))
        if any(bucket.level(now) < 1 - 1e-6 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.take(now)
        return True


def rows(count: int, streams: int, first: int = 0) -> list[NewRow]:
    return [
        NewRow(LANE, f"s{number % streams}", RowKind.MENU, {"number": number}, bucket=f"b{number % streams}")
        for number in range(first, first + count)
    ]


async def fill(transactions: SqlTransactions, count: int, streams: int) -> None:
    for first in range(0, count, 500):
        chunk = rows(min(500, count - first), streams, first)
        await transactions.write(lambda work: work.outbox.put(chunk))  # noqa: B023 - awaited before the next chunk


async def throughput(transactions: SqlTransactions, count: int, streams: int) -> None:
    await fill(transactions, count, streams)
    server = Server()
    delivery = Delivery(transactions, lambda lane: server, lambda lane: Pace(parallel=100), clock)
    async with asyncio.TaskGroup() as group:
        began = time.perf_counter()
        group.create_task(delivery.run())
        await server.until(count)
        took = time.perf_counter() - began
        await delivery.stop()
    each = count / delivery.metrics.transactions
    print(f"backlog of {count:,} in {streams:,} streams: {count / took:8,.0f} rows/s, {each:.0f} rows a transaction")


async def idle(transactions: SqlTransactions, count: int) -> None:
    server = Server()
    delivery = Delivery(transactions, lambda lane: server, lambda lane: Pace(parallel=100), clock)
    transactions.subscribe(delivery.wake)
    waits, commits = [], []
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        for number in range(count):
            await asyncio.sleep(0.02)
            before = time.perf_counter()
            await transactions.write(lambda work: work.outbox.put(rows(1, 1, number)))  # noqa: B023 - the same
            committed = time.perf_counter()
            await server.until(number + 1)
            commits.append((committed - before) * 1000)
            waits.append((server.times[number] - committed) * 1000)
        await delivery.stop()
    p99 = statistics.quantiles(waits, n=100)[98]
    print(
        f"idle, commit to send: p50 {statistics.median(waits):.2f} ms, p99 {p99:.2f} ms "
        f"(a commit: {statistics.median(commits):.2f} ms; {delivery.metrics.transactions / count:.1f} writes a row)"
    )


async def sustained(transactions: SqlTransactions, per_second: int, seconds: float) -> None:
    """Rows arrive one by one, each in a transaction of its own, in 1,000 streams."""
    server = Server(latency=0.005)
    delivery = Delivery(transactions, lambda lane: server, lambda lane: Pace(parallel=100), clock)
    transactions.subscribe(delivery.wake)
    count = round(per_second * seconds)
    asked: list[float] = []

    async def ask(number: int) -> None:
        asked.append(time.perf_counter())
        await transactions.write(lambda work: work.outbox.put(rows(1, 1000, number)))

    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        began = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            group.create_task(ask(number))
        await server.until(count)
        await delivery.stop()
    waits = [(arrived - put) * 1000 for put, arrived in zip(asked, server.times, strict=True)]
    p50, p99 = statistics.median(waits), statistics.quantiles(waits, n=100)[98]
    print(
        f"{per_second:,} rows/s for {seconds:.0f} s, 5 ms a send: put to arrival p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
        f"{count / delivery.metrics.transactions:.1f} rows a transaction"
    )


async def ceiling(transactions: SqlTransactions, seconds: float) -> None:
    server = Server(latency=0.05, strict=True)
    await fill(transactions, round(40 * seconds), 400)
    delivery = Delivery(transactions, lambda lane: server, lambda lane: TELEGRAM, clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(delivery.run())
        await asyncio.sleep(seconds)
        await delivery.stop()
    inside = [at for at in server.times if at <= server.times[0] + seconds - 1]
    share = len(inside) / (30 * (seconds - 1))
    print(f"Telegram's limits on, {seconds:.0f} s: {share:.1%} of 30/s, {server.refused} refused (429)")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    parts: list[Callable[[SqlTransactions], Awaitable[None]]] = [
        lambda t: throughput(t, options.rows, options.rows),
        lambda t: throughput(t, options.rows, 100),
        lambda t: idle(t, 200),
        lambda t: sustained(t, 1000, options.seconds / 2),
        lambda t: ceiling(t, options.seconds),
    ]
    for part in parts:
        with tempfile.TemporaryDirectory(dir=HERE) as folder:
            vault = Vault("benchmark" * 4)
            database = open_database(f"sqlite:///{folder}/dibs.db", vault)
            await part(SqlTransactions(database, clock, vault))
            await database.aclose()


if __name__ == "__main__":
    asyncio.run(main())
