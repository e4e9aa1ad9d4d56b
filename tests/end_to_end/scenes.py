"""Steps and looks that many stories share."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from playground.telegram.control import Talk
from playground.telegram.control_types import Json, Seen
from tests.end_to_end.conftest import World
from tests.end_to_end.house import House

TOPICS = pytest.mark.parametrize("topics", [True], ids=["topics"], indirect=True)
FLAT = pytest.mark.parametrize("topics", [False], ids=["flat"], indirect=True)
ACCEPT = "✅ Accept"

Look = Callable[[Seen], bool]


def card(words: str) -> Look:
    """An open card."""
    return lambda message: words in message.text and ACCEPT in message.labels


def said(words: str) -> Look:
    """A post of the bot's that is no card and no page: what somebody said, or a line about it."""
    return lambda message: message.from_bot and words in message.text and not message.labels


def shows(words: str) -> Look:
    """Any post of the bot's."""
    return lambda message: message.from_bot and words in message.text


async def accepted(world: World, rep: Talk, customer: Talk, words: str) -> Seen:
    """The customer writes, the rep accepts; returns the post that shows the words to the rep."""
    await customer.write(words)
    offered = await rep.wait_for(card(words))
    answer = await rep.tap(ACCEPT, offered)
    assert "is yours" in answer.text
    shown = await rep.wait_for(said(words))
    await quiet(world)
    return shown


async def quiet(world: World) -> None:
    """Until all that was to leave has left and is settled: tests react faster than any person could."""
    async with asyncio.timeout(15):
        while True:
            if not rows(world.house, "select 1 from outbox where state in ('queued', 'sending') limit 1"):
                return
            await asyncio.sleep(0.02)


def answering(post: Seen) -> Json:
    """How staff write to the client of a post: in its topic, or as a reply where there are none."""
    return {"reply_to": post} if post.thread_id is None else {"thread": post.thread_id}


async def posts(talk: Talk, look: Look) -> list[Seen]:
    return [message for message in await talk.messages() if look(message)]


def rows(house: House, sql: str, *values: object) -> list[tuple[object, ...]]:
    """What the database says, where no screen shows it."""
    with closing(sqlite3.connect(f"file:{house.folder}/dibs.db?mode=ro", uri=True)) as database:
        return database.execute(sql, values).fetchall()


async def set_up_from_its_name(world: World) -> None:
    """The rest of adding a channel, once it has a name, with the usual answers."""
    await world.admin.wait_for(shows("how are new clients handed out"))
    await world.admin.tap("First to accept")
    await world.admin.wait_for(shows("who receives new clients"))
    await world.admin.tap("Next ›")
    await world.admin.wait_for(shows("where do its leads begin"))
    await world.admin.tap("Finish ›")
    await world.admin.wait_for(shows("is ready"))


async def opened(webhook: str) -> None:
    """Until the running bot has seen a channel that was added: who guesses numbers is answered without a look."""
    async with asyncio.timeout(15), httpx.AsyncClient() as http:
        while (await http.get(webhook)).status_code == 404:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.1)
