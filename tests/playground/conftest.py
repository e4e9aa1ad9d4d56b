"""A server, its control, a bot and a person for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server

TOKEN = "100:AAA"


class Raw:
    """A bot that speaks plain HTTP, so that tests see the envelope."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.AsyncClient(base_url=f"{url}/bot{token}/", timeout=20)

    async def call(self, method: str, /, **params: Any) -> Any:
        """The result; AssertionError with the description when the call was refused."""
        answer = (await self.http.post(method, json=params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, /, **params: Any) -> tuple[int, str]:
        """Code and description of a refusal; the HTTP status must be the code."""
        response = await self.http.post(method, json=params)
        answer = response.json()
        assert not answer["ok"], answer
        assert answer["error_code"] == response.status_code
        return answer["error_code"], answer["description"]

    async def updates(self, offset: int = 0, **params: Any) -> list[Any]:
        """One getUpdates."""
        found: list[Any] = await self.call("getUpdates", offset=offset, **params)
        return found


@pytest.fixture
def options() -> Options:
    """Without limits and without the slowing of repeated polls; tests of those switch them on."""
    return Options(limits=False, slow_repeated_polls=False)


@pytest.fixture
async def server(options: Options) -> AsyncIterator[Server]:
    async with Server(options) as running:
        yield running


@pytest.fixture
async def telegram(server: Server) -> AsyncIterator[Control]:
    async with Control(server.url) as control:
        yield control


@pytest.fixture
async def bot(telegram: Control) -> BotAccount:
    return await telegram.bot(TOKEN, username="sales_bot", topics=True)


@pytest.fixture
async def ann(telegram: Control) -> PersonAccount:
    return await telegram.person(111, "Ann", username="ann", language_code="en")


@pytest.fixture
async def chat(ann: PersonAccount, bot: BotAccount) -> Talk:
    """Ann has started the bot."""
    talk = ann.chat(bot)
    await talk.start()
    return talk


@pytest.fixture
async def raw(bot: BotAccount) -> AsyncIterator[Raw]:
    speaker = Raw(bot.url, bot.token)
    yield speaker
    await speaker.http.aclose()
