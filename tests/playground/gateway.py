"""A WAHA stand-in with a linked phone, a customer, and a webhook that remembers what came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.whatsapp_gateway.control import Account, Control, Talk, webhook
from playground.whatsapp_gateway.options import Options
from playground.whatsapp_gateway.server import Server

KEY = "my-secret-key"


class Hook:
    """Where webhooks go: answers with the next of `answers`, else 200."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.always = 200
        self._changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._changed:
            self.bodies.append(body)
            self.headers.append(dict(request.headers))
            self._changed.notify_all()
        return web.Response(status=self.answers.pop(0) if self.answers else self.always)

    def all(self, event: str = "") -> list[Any]:
        """Envelopes that came, of one event or all."""
        found = [json.loads(body) for body in self.bodies]
        return [envelope for envelope in found if not event or envelope["event"] == event]

    async def wait(self, event: str, count: int = 1) -> list[Any]:
        """The payloads of that event, once there are so many."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: len(self.all(event)) >= count)
        return [envelope["payload"] for envelope in self.all(event)]

    async def last(self, event: str, count: int = 1) -> Any:
        """The newest of them."""
        return (await self.wait(event, count))[-1]


@dataclass
class Stage:
    """Everything a test needs. The session `default` is WORKING."""

    server: Server
    waha: Control
    hook: Hook
    shop: Account
    ann: Talk

    async def get(self, path: str, status: int = 200, **request: Any) -> Any:
        return await self.call("GET", path, status, **request)

    async def post(self, path: str, status: int = 201, /, **body: Any) -> Any:
        return await self.call("POST", path, status, json=body)

    async def put(self, path: str, status: int = 200, /, **body: Any) -> Any:
        return await self.call("PUT", path, status, json=body)

    async def call(self, method: str, path: str, status: int, **request: Any) -> Any:
        """The answer's JSON; AssertionError when the status is another."""
        answer = await self.waha.api(method, path, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def send(self, path: str = "sendText", status: int = 201, /, **body: Any) -> Any:
        """Send something from the session to Ann."""
        chat_id = body.pop("chatId", "79161112233@c.us")
        return await self.post(f"/api/{path}", status, session="default", chatId=chat_id, **body)


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    """A webhook that listens."""
    hook = Hook()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/hook", hook.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield hook
    finally:
        await runner.cleanup()


@asynccontextmanager
async def staged(events: list[str] | None = None, **options: Any) -> AsyncIterator[Stage]:
    """The stage; `events` are what the webhook has subscribed to."""
    async with hooked() as hook, Server(Options(**options)) as server, Control(server.url) as waha:
        shop = await waha.account("79990000000", "Shop")
        await waha.link("default", shop, webhook(hook.url, KEY, events or []), metadata={"user.id": "7"})
        await waha.settled()
        ann = await waha.person("79161112233", "Ann", lid="123456789012345")
        yield Stage(server, waha, hook, shop, ann.chat(shop))
