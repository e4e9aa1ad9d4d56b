"""Polling, webhooks, and what goes wrong with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server

from .conftest import Raw


def texts(updates: list[Any]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_offsets_confirm_and_negative_ones_keep_the_last(raw: Raw, chat: Talk) -> None:
    for text in "abcd":
        await chat.write(text)
    updates = await raw.updates(limit=2)
    assert texts(updates) == ["/start", "a"]
    assert texts(await raw.updates()) == ["/start", "a", "b", "c", "d"], "nothing is confirmed without an offset"
    assert texts(await raw.updates(updates[-1]["update_id"] + 1)) == ["b", "c", "d"]
    assert texts(await raw.updates(-1)) == ["d"]
    assert texts(await raw.updates()) == ["d"], "a negative offset forgets the rest"


async def test_a_long_poll_answers_at_once_when_something_comes(raw: Raw, bot: BotAccount, ann: PersonAccount) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(raw.updates(timeout=10))
        await asyncio.sleep(0.1)
        began = loop.time()
        await ann.chat(bot).write("hello")
    assert texts(poll.result()) == ["hello"]
    assert loop.time() - began < 1


async def test_the_second_poller_ends_the_first(raw: Raw) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(raw.refused("getUpdates", timeout=10))
        await asyncio.sleep(0.1)
        assert await raw.updates() == []
    assert first.result() == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )


async def test_a_webhook_ends_polling(raw: Raw) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(raw.refused("getUpdates", timeout=10))
        await asyncio.sleep(0.1)
        await raw.call("setWebhook", url="http://127.0.0.1:9/x")
    assert poll.result() == (409, "Conflict: terminated by setWebhook request")
    code, description = await raw.refused("getUpdates")
    assert (code, description[:62]) == (409, "Conflict: can't use getUpdates method while webhook is active;")
    await raw.call("deleteWebhook")
    await raw.updates()


async def test_updates_expire(telegram: Control, raw: Raw, chat: Talk) -> None:
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    await raw.call("sendMessage", chat_id=111, text="a", reply_markup=markup)
    await chat.tap("Yes", seconds=0)
    assert [list(update)[1] for update in await raw.updates()] == ["message", "callback_query"]
    await telegram.advance(151)
    assert [list(update)[1] for update in await raw.updates()] == ["message"]
    await telegram.advance(86_400)
    assert await raw.updates() == []


async def test_reactions_come_only_when_asked_for(raw: Raw, chat: Talk) -> None:
    message = await chat.write("a")
    await chat.react(message, "👍")
    updates = await raw.updates(allowed_updates=["message", "message_reaction"])
    assert "message_reaction" not in updates[-1]
    await chat.react(message, "🔥")
    reaction = (await raw.updates())[-1]["message_reaction"]
    assert (reaction["old_reaction"][0]["emoji"], reaction["new_reaction"][0]["emoji"]) == ("👍", "🔥")
    await chat.block()
    assert "my_chat_member" not in (await raw.updates())[-1], "it was not on the list"


async def test_blocking_is_told(raw: Raw, chat: Talk) -> None:
    await chat.block()
    assert (await raw.updates())[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


async def test_the_same_offset_again_is_slowed(telegram: Control, raw: Raw) -> None:
    await telegram.options(slow_repeated_polls=True)
    loop = asyncio.get_running_loop()
    await raw.updates()
    began = loop.time()
    await raw.updates()
    assert 2.5 < loop.time() - began < 5


async def test_malformed_updates_can_be_injected(telegram: Control, raw: Raw, bot: BotAccount) -> None:
    ids = await telegram.inject(bot, {"message_reaction": {"new_reaction": [{"type": "sparkle"}]}}, {"message": 7})
    updates = await raw.updates()
    assert [update["update_id"] for update in updates] == ids
    assert updates[1]["message"] == 7


class Hook:
    """A webhook of the test: answers as told, remembers what came."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[web.Response] = []
        self.busy = self.most = 0
        self.pause = 0.0
        self.changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        self.busy += 1
        self.most = max(self.most, self.busy)
        update = await request.json()
        await asyncio.sleep(self.pause)
        self.busy -= 1
        async with self.changed:
            self.got.append(update)
            self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
            self.changed.notify_all()
        return self.answers.pop(0) if self.answers else web.Response()

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.got) >= count)


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    target = Hook()
    app = web.Application()
    app.router.add_post("/hook", target.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield target, f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_its_secret(raw: Raw, chat: Talk, hook: tuple[Hook, str]) -> None:
    target, url = hook
    await raw.call("setWebhook", url=url, secret_token="s3cret", max_connections=7)
    await chat.write("hello")
    await target.wait(2)
    assert texts(target.got) == ["/start", "hello"], "what waited comes first"
    assert target.secrets == ["s3cret", "s3cret"]
    info = await raw.call("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (url, 7)


async def test_a_failing_webhook_is_retried_in_order_while_others_go_on(
    telegram: Control, raw: Raw, bot: BotAccount, chat: Talk, hook: tuple[Hook, str]
) -> None:
    target, url = hook
    await raw.updates(-1)
    await raw.call("setWebhook", url=url, drop_pending_updates=True)
    target.answers = [web.Response(status=500)]
    await chat.write("one")
    await target.wait(1)
    await chat.write("two")
    bob = await telegram.person(222, "Bob")
    await bob.chat(bot).write("bob")
    await target.wait(2)
    assert texts(target.got) == ["one", "bob"]
    info = await raw.call("getWebhookInfo")
    assert (info["last_error_message"], info["pending_update_count"]) == ("Wrong response from the webhook: 500", 2)
    await telegram.advance(1)
    await target.wait(4)
    assert texts(target.got) == ["one", "bob", "one", "two"]
    assert [item["status"] for item in await telegram.webhooks(bot)] == [500, 200, 200, 200]


async def test_retry_after_of_a_webhook_is_honoured(
    telegram: Control, raw: Raw, chat: Talk, hook: tuple[Hook, str]
) -> None:
    target, url = hook
    target.answers = [web.Response(status=503, headers={"Retry-After": "30"})]
    await raw.call("setWebhook", url=url)
    await target.wait(1)
    await telegram.advance(20)
    await asyncio.sleep(0.1)
    assert len(target.got) == 1
    await telegram.advance(11)
    await target.wait(2)


async def test_max_connections_and_order_per_chat(
    telegram: Control, raw: Raw, bot: BotAccount, hook: tuple[Hook, str]
) -> None:
    target, url = hook
    target.pause = 0.02
    await raw.call("setWebhook", url=url, max_connections=3)
    await telegram.people(1000, 8)
    await telegram.write_many(bot, [(1000 + n % 8, str(n)) for n in range(40)])
    await target.wait(40)
    assert target.most == 3
    for person in range(1000, 1008):
        mine = [int(update["message"]["text"]) for update in target.got if update["message"]["from"]["id"] == person]
        assert mine == sorted(mine)


async def test_a_webhook_may_answer_with_a_call(raw: Raw, chat: Talk, hook: tuple[Hook, str]) -> None:
    target, url = hook
    target.answers = [web.json_response({"method": "sendMessage", "chat_id": 111, "text": "by the way"})]
    await raw.call("setWebhook", url=url)
    await chat.wait_for(lambda message: message.text == "by the way")


async def test_set_webhook_is_checked(raw: Raw) -> None:
    assert (await raw.refused("setWebhook", url="ftp://x"))[1].startswith("Bad Request: bad webhook")
    assert "secret token" in (await raw.refused("setWebhook", url="http://a/b", secret_token="no spaces"))[1]
    await raw.call("setWebhook", url="http://127.0.0.1:9/x")
    assert await raw.refused("setWebhook", url="http://127.0.0.1:9/y") == (429, "Too Many Requests: retry after 1")


async def test_closing_the_server_ends_a_poll() -> None:
    async with asyncio.TaskGroup() as group:
        async with Server(Options()) as server, Control(server.url) as telegram:
            await telegram.bot("100:AAA")
            raw = Raw(server.url, "100:AAA")
            poll = group.create_task(raw.refused("getUpdates", timeout=50))
            await asyncio.sleep(0.1)
        assert (await poll)[0] == 409
        await raw.http.aclose()
