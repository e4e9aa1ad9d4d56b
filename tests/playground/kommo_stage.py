"""A Kommo stand-in with two reps, a token, and a webhook that remembers what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import httpx
from aiohttp import web

from playground.kommo.brackets import parse
from playground.kommo.control import Control, Pipeline, User
from playground.kommo.options import Options
from playground.kommo.server import Server

EVENTS = [
    *(f"{what}_lead" for what in ("add", "update", "delete", "restore", "status", "responsible", "note")),
    *(f"{what}_contact" for what in ("add", "update", "delete")),
    *(f"{what}_unsorted" for what in ("add", "delete")),
    *("add_task", "add_talk", "update_talk", "add_message"),
]


class Hook:
    """Where webhooks go: answers with the next of `answers`, else 200, after `seconds`."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.always = 200
        self.seconds = 0.0

    async def handle(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.seconds)
        return web.Response(status=self.answers.pop(0) if self.answers else self.always)

    def forms(self) -> list[Any]:
        """Bodies as nested dicts of strings."""
        return [parse(parse_qsl(body.decode(), keep_blank_values=True)) for body in self.bodies]

    def items(self, entity: str, action: str) -> list[Any]:
        """All items of one kind, oldest first."""
        found = [form[entity][action] for form in self.forms() if action in form.get(entity, {})]
        return [item for items in found for item in items.values()]


@dataclass
class Stage:
    """Everything a test needs. The hook has subscribed to `EVENTS` when asked for."""

    server: Server
    kommo: Control
    hook: Hook
    token: str
    anna: User
    boris: User
    sales: Pipeline

    async def call(self, method: str, path: str, body: Any = None, status: int = 200, **request: Any) -> Any:
        """The answer's JSON; AssertionError when the status is another."""
        answer = await self.raw(method, path, body, **request)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def raw(self, method: str, path: str, body: Any = None, **request: Any) -> httpx.Response:
        """The answer itself."""
        given = {"json": body} if body is not None else {}
        return await self.kommo.api(method, path, request.pop("token", self.token), **given, **request)

    async def get(self, path: str, status: int = 200, /, **params: Any) -> Any:
        """`wanted` is what `with` asks for."""
        if "wanted" in params:
            params["with"] = params.pop("wanted")
        return await self.call("GET", path, status=status, params=params or None)

    async def lead(self, **fields: Any) -> int:
        """A lead over the API."""
        made = await self.call("POST", "leads", [{"name": "Deal"} | fields])
        return int(made["_embedded"]["leads"][0]["id"])

    async def contact(self, name: str = "Ann", phone: str = "+7 (900) 111-22-33", **fields: Any) -> int:
        """A contact over the API."""
        values = [{"field_code": "PHONE", "values": [{"value": phone, "enum_code": "MOB"}]}]
        made = await self.call("POST", "contacts", [{"name": name, "custom_fields_values": values} | fields])
        return int(made["_embedded"]["contacts"][0]["id"])

    async def incoming(self, name: str = "WhatsApp: Ann", phone: str = "+79001112233") -> Any:
        """An incoming lead over the API: what its list answered."""
        made = await self.call("POST", "leads/unsorted/forms", [form(name, phone)])
        return made["_embedded"]["unsorted"][0]

    async def subscribe(self) -> None:
        await self.call("POST", "webhooks", {"destination": self.hook.url, "settings": EVENTS})

    async def told(self, entity: str, action: str) -> list[Any]:
        """What the webhook was told so far."""
        await self.kommo.settled()
        return self.hook.items(entity, action)


def form(name: str, phone: str, **more: Any) -> dict[str, Any]:
    """One item of `POST leads/unsorted/forms`."""
    values = [{"field_code": "PHONE", "values": [{"value": phone}]}]
    return {
        "source_name": "WhatsApp",
        "source_uid": "wa-1",
        "_embedded": {"leads": [{"name": name}], "contacts": [{"name": "Ann", "custom_fields_values": values}]},
        "metadata": {
            "form_id": "wa",
            "form_name": "WhatsApp",
            "form_page": "https://you.example",
            "form_sent_at": 1510261842,
            "ip": "1.2.3.4",
        },
    } | more


@asynccontextmanager
async def hooked() -> AsyncIterator[Hook]:
    """A webhook that listens."""
    hook = Hook()
    app = web.Application()
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
async def staged(**options: Any) -> AsyncIterator[Stage]:
    """The stage, without limits unless they are asked for."""
    async with (
        hooked() as hook,
        Server(Options(**({"limits": False} | options))) as server,
        Control(server.url) as kommo,
    ):
        token = await kommo.token()
        anna = await kommo.user("Anna", "anna@example.com")
        boris = await kommo.user("Boris", "boris@example.com", phone="+79000000001")
        sales = await kommo.pipeline("Sales", ["New", "Talks"])
        yield Stage(server, kommo, hook, token, anna, boris, sales)
