"""A lane on PostgreSQL: one owner, and losing the connection is losing the lane."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, insert, make_url, text, update

from storage.database import Database
from storage.errors import LaneLost, LaneTaken, StorageError
from storage.postgres import PostgresDatabase
from storage.postgres_connect import is_lost
from tests.storage.conftest import Postgres, bare_metadata, notes, together


@pytest.fixture
async def server(postgres: Postgres) -> AsyncIterator[PostgresDatabase]:
    name = postgres.unused_name()
    await asyncio.to_thread(postgres.execute, f"CREATE DATABASE {name}")
    database = PostgresDatabase(make_url(postgres.url(name)))
    await database.run(bare_metadata.create_all)
    yield database
    await database.aclose()


def pid(connection: Connection) -> int:
    return connection.scalar(text("SELECT pg_backend_pid()"))


async def kill(database: PostgresDatabase, process: int) -> None:
    await database.run(lambda connection: connection.execute(text(f"SELECT pg_terminate_backend({process})")).all())


async def test_a_lane_works_on_both_databases(bare: Database) -> None:
    async with bare.lane("staff") as lane:
        await lane.run(lambda connection: connection.execute(insert(notes).values(text="x")))
    async with bare.lane("staff") as lane:
        assert await lane.run(lambda connection: connection.scalar(text("SELECT count(*) FROM notes"))) == 1


async def test_a_lane_has_one_owner(server: PostgresDatabase) -> None:
    async with server.lane("staff"), server.lane("crm 1"):
        with pytest.raises(LaneTaken, match="staff"):
            async with server.lane("staff"):
                pass
    async with server.lane("staff"):
        pass


async def test_everything_runs_on_the_connection_that_holds_it(server: PostgresDatabase) -> None:
    async with server.lane("staff") as lane:
        assert len({await lane.run(pid) for _ in range(5)}) == 1
        results = await together(*(lane.run(pid) for _ in range(10)))
        assert len(set(results)) == 1


async def test_a_lost_connection_is_a_lost_lane(server: PostgresDatabase) -> None:
    async with server.lane("staff") as lane:
        await kill(server, await lane.run(pid))
        for _ in range(2):
            with pytest.raises(LaneLost):
                await lane.run(pid)
        async with server.lane("staff") as again:
            assert await again.run(pid)


async def test_an_error_of_the_job_keeps_the_lane(server: PostgresDatabase) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(insert(notes).values(text="x"))
        raise LookupError

    async with server.lane("staff") as lane:
        with pytest.raises(LookupError):
            await lane.run(broken)
        assert await lane.run(lambda connection: connection.scalar(text("SELECT count(*) FROM notes"))) == 0


async def test_a_broken_pooled_connection_is_replaced_silently(server: PostgresDatabase) -> None:
    async with server.lane("other") as killer:
        process = await server.run(pid)
        await killer.run(lambda connection: connection.execute(text(f"SELECT pg_terminate_backend({process})")).all())
        assert await server.run(pid) != process


async def test_deadlocks_are_tried_again(server: PostgresDatabase) -> None:
    await server.run(lambda connection: connection.execute(insert(notes), [{"text": "a"}, {"text": "b"}]))

    def both(first: int, second: int):
        def job(connection: Connection) -> None:
            for note in (first, second):
                connection.execute(update(notes).where(notes.c.id == note).values(number=notes.c.number + 1))
                connection.execute(text("SELECT pg_sleep(0.02)")).all()

        return job

    results = await together(*(server.run(both(1, 2) if number % 2 else both(2, 1)) for number in range(6)))
    assert [result for result in results if result is not None] == []
    numbers = await server.read(lambda connection: connection.scalars(text("SELECT number FROM notes")).all())
    assert numbers == [6, 6]


async def test_serialization_failures_are_tried_again(server: PostgresDatabase) -> None:
    await server.run(lambda connection: connection.execute(insert(notes).values(text="counter")))

    def increment(connection: Connection) -> None:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        number = connection.scalar(text("SELECT number FROM notes"))
        connection.execute(update(notes).values(number=number + 1))

    assert set(await together(*(server.run(increment) for _ in range(8)))) == {None}
    assert await server.read(lambda connection: connection.scalar(text("SELECT number FROM notes"))) == 8


async def test_a_stuck_statement_is_given_up(server: PostgresDatabase) -> None:
    def stuck(connection: Connection) -> None:
        connection.execute(text("SET LOCAL statement_timeout = 50"))
        connection.execute(text("SELECT pg_sleep(5)"))

    with pytest.raises(StorageError, match="too long"):
        await server.run(stuck)


def test_what_counts_as_a_lost_connection() -> None:
    assert is_lost(ConnectionResetError())
    assert not is_lost(ValueError())
