"""The disk is full, or another program keeps the database locked: nothing is acknowledged, and nothing is lost."""

import asyncio
import json
import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from channels.telegram.webhook import SECRET_HEADER, webhook_secret
from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN
from tests.end_to_end.scenes import posts, rows, said
from tests.end_to_end.trouble import PATIENCE, all_left, owned_by_anna

ONE_PAGE = 4096
"""Bytes: not even one page fits into the write-ahead log with its headers, while the log has room for some lines."""
FROM = {"id": 501, "is_bot": False, "first_name": "Zoe"}
CHAT = {"id": 501, "type": "private", "first_name": "Zoe"}
DELIVERED = {"message_id": 7001, "date": 1795000000, "chat": CHAT, "from": FROM, "text": "delivered meanwhile"}


@pytest.fixture
def topics() -> bool:
    return True


@contextmanager
def full_disk(world: World) -> Iterator[None]:
    """As far as the process can tell: no file may grow beyond a page."""
    assert world.house.process is not None
    pid = world.house.process.pid
    os.truncate(world.house.log, 0)
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (ONE_PAGE, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked_database(world: World) -> Iterator[None]:
    """By a program that knows nothing of our own lock."""
    with closing(sqlite3.connect(world.house.folder / "dibs.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("trouble", [full_disk, locked_database])
async def test_while_nothing_can_be_written_nothing_is_taken(world: World, trouble: object) -> None:
    assert callable(trouble)
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await all_left(world)
    with trouble(world):
        await customer.write("asked meanwhile")
        await world.anna.write("answered meanwhile", thread=post.thread_id)
        refused = await _deliver(world)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        await _not_ready(world)
        assert rows(world.house, "select count(*) from messages") == [(1,)]
        for bot in (world.shop_bot, world.staff_bot):
            assert len(world.server.world.bot(bot.id).updates.entries) >= 1
    await world.anna.wait_for(said("asked meanwhile"), PATIENCE)
    await customer.wait_for(said("answered meanwhile"), PATIENCE)
    await _until_ready(world)
    assert (await _deliver(world)).status_code == 200
    await world.anna.wait_for(said("delivered meanwhile"), PATIENCE)
    await all_left(world)
    for talk, words in ((world.anna, "asked meanwhile"), (customer, "answered meanwhile")):
        assert len(await posts(talk, said(words))) == 1
    assert "Traceback" not in world.house.log.read_text()


async def _deliver(world: World) -> httpx.Response:
    headers = {SECRET_HEADER: webhook_secret(SHOP_TOKEN)}
    body = json.dumps({"update_id": 77, "message": DELIVERED})
    async with httpx.AsyncClient(base_url=world.house.url, timeout=60) as http:
        return await http.post("/webhooks/telegram/1", content=body, headers=headers)


async def _not_ready(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.house.url, timeout=60) as http, asyncio.timeout(PATIENCE):
        while (answer := await http.get("/readyz")).status_code == 200:  # noqa: ASYNC110 - looked at now and then
            await asyncio.sleep(0.2)
    assert answer.status_code == 503
    assert "nothing can be written" in " ".join(answer.json()["problems"])


async def _until_ready(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.house.url, timeout=60) as http:
        async with asyncio.timeout(PATIENCE):
            while (await http.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.2)
