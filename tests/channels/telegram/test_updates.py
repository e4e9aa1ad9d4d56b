"""Fetching updates: none is lost, whatever breaks in between."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import pytest

from channels.telegram.updates import Account, UpdateFetcher
from playground.telegram.control import BotAccount, Control, Talk
from sales.errors import Unavailable


class Receiver:
    """Takes batches, or refuses them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.problems: list[str | None] = []
        self.refuse = 0
        self.news = asyncio.Event()

    async def on_batch(self, updates: Sequence[bytes], offset: int) -> None:
        if self.refuse:
            self.refuse -= 1
            raise Unavailable("the disk is full")
        read = [json.loads(raw) for raw in updates]
        assert offset == max(update["update_id"] for update in read if "update_id" in update) + 1
        self.texts += [update["message"].get("text", "") for update in read if "message" in update]
        self.news.set()

    async def on_problem(self, problem: str | None) -> None:
        self.problems.append(problem)
        self.news.set()

    async def until(self, *texts: str) -> None:
        async with asyncio.timeout(20):
            while not set(texts) <= set(self.texts):
                await self.news.wait()
                self.news.clear()

    async def until_problem(self, problem: str | None) -> None:
        async with asyncio.timeout(20):
            while problem not in self.problems:
                await self.news.wait()
                self.news.clear()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def fetcher(bot: BotAccount, receiver: Receiver) -> UpdateFetcher:
    kinds = ("message", "message_reaction")
    return UpdateFetcher(Account(bot.url, bot.token), kinds, None, receiver.on_batch, receiver.on_problem, timeout=1)


@pytest.fixture
async def running(fetcher: UpdateFetcher) -> AsyncIterator[asyncio.Task[None]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(fetcher.run())
        yield task
        task.cancel()


async def test_what_people_write_arrives(running: asyncio.Task[None], receiver: Receiver, chat: Talk) -> None:
    await chat.write("one")
    await receiver.until("one")
    await chat.write("two")
    await receiver.until("one", "two")
    assert receiver.texts == ["/start", "one", "two"]


async def test_what_could_not_be_saved_comes_again(running: asyncio.Task[None], receiver: Receiver, chat: Talk) -> None:
    receiver.refuse = 2
    await chat.write("precious")
    await receiver.until("precious")
    assert receiver.problems[0] == "not_saved" or receiver.problems[:2] == [None, "not_saved"]
    await receiver.until_problem(None)


async def test_nothing_is_confirmed_before_it_is_saved(
    fetcher: UpdateFetcher, receiver: Receiver, telegram: Control, chat: Talk
) -> None:
    receiver.refuse = 1000
    await chat.write("precious")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(fetcher.run())
        await receiver.until_problem("not_saved")
        task.cancel()
    assert fetcher.offset is None
    assert next(iter((await telegram.stats()).pending.values())) == 2


async def test_a_malformed_update_comes_along_with_its_neighbours(
    running: asyncio.Task[None], receiver: Receiver, telegram: Control, bot: BotAccount, chat: Talk
) -> None:
    await telegram.inject(bot, {"telepathy": 5}, {"message": {"text": "odd"}})
    await chat.write("sane")
    await receiver.until("odd", "sane")


async def test_a_webhook_that_is_set_is_taken_away_and_nothing_with_it(
    fetcher: UpdateFetcher, receiver: Receiver, telegram: Control, bot: BotAccount, chat: Talk
) -> None:
    await chat.write("before")
    await telegram.clear_calls()
    async with asyncio.TaskGroup() as group:
        await _set_webhook(bot)
        task = group.create_task(fetcher.run())
        await receiver.until("before")
        task.cancel()
    [gone] = await telegram.calls("deleteWebhook")
    assert gone.parameters == {}


async def _set_webhook(bot: BotAccount) -> None:
    from channels.telegram.client import open_bot

    client = open_bot(bot.url, bot.token)
    await client.set_webhook("http://127.0.0.1:9/nobody")
    await client.request.shutdown()


async def test_a_second_poller_is_told_of_and_got_over(
    fetcher: UpdateFetcher, receiver: Receiver, telegram: Control, bot: BotAccount, chat: Talk
) -> None:
    conflict = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    await telegram.fault("getUpdates", "fail", code=409, description=conflict)
    await chat.write("one")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(fetcher.run())
        await receiver.until("one")
        await receiver.until_problem(None)
        task.cancel()
    assert receiver.problems[0] == "conflict"


async def test_a_refused_token_ends_it(
    fetcher: UpdateFetcher, receiver: Receiver, telegram: Control, bot: BotAccount
) -> None:
    await telegram.set_bot(bot, revoked=True)
    async with asyncio.timeout(10):
        await fetcher.run()
    assert receiver.problems == ["token"]


@pytest.mark.parametrize("fault", [{"action": "drop"}, {"action": "garbage"}, {"action": "fail", "code": 502}])
async def test_network_trouble_passes(
    running: asyncio.Task[None], receiver: Receiver, telegram: Control, chat: Talk, fault: dict[str, str]
) -> None:
    await telegram.fault("getUpdates", **fault)  # type: ignore[arg-type]  # the names of Fault's fields
    await chat.write("one")
    await receiver.until("one")


async def test_after_a_quiet_while_a_lower_number_is_no_old_one(
    fetcher: UpdateFetcher, receiver: Receiver, telegram: Control, chat: Talk
) -> None:
    fetcher.offset = 10**9
    async with asyncio.TaskGroup() as group:
        task = group.create_task(fetcher.run())
        await telegram.wait_for_calls(2, "getUpdates")
        await chat.write("low number")
        await receiver.until("low number")
        task.cancel()
