"""A Graph API, a number with a webhook of ours, and a customer: what every test of the stand-in begins with."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiohttp import web
from pywa.utils import webhook_updates_validator

from playground.whatsapp_cloud.control import Control, PersonAccount, PhoneNumber, Talk
from playground.whatsapp_cloud.options import Options
from playground.whatsapp_cloud.server import Server

VERIFY = "a token to verify by"
ANN = "15551234567"


@dataclass
class Webhook:
    """A callback of ours. It refuses what is not signed by `secret`; `answers` are the next statuses, then 200."""

    secret: str = ""
    answers: list[int] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    url: str = ""

    async def challenge(self, request: web.Request) -> web.Response:
        """Meta's question on subscription."""
        if request.query.get("hub.mode") == "subscribe" and request.query.get("hub.verify_token") == VERIFY:
            return web.Response(text=request.query["hub.challenge"])
        return web.Response(status=403)

    async def take(self, request: web.Request) -> web.Response:
        """An update."""
        raw = await request.read()
        if not webhook_updates_validator(self.secret, raw, request.headers["X-Hub-Signature-256"]):
            return web.Response(status=403)
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.raws.append(raw)
            self.bodies.append(json.loads(raw))
        return web.Response(status=status)

    def values(self, field_name: str = "messages") -> list[dict[str, Any]]:
        """The values of a field, in the order they came."""
        changes = [change for body in self.bodies for entry in body["entry"] for change in entry["changes"]]
        return [change["value"] for change in changes if change["field"] == field_name]

    def messages(self) -> list[dict[str, Any]]:
        """All messages that came."""
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        """All statuses that came."""
        return [status for value in self.values() for status in value.get("statuses", [])]


async def _linked(_request: web.Request) -> web.Response:
    return web.Response(body=b"what a link is for", content_type="image/png")


@asynccontextmanager
async def callback() -> AsyncIterator[Webhook]:
    """Our side of webhooks, over HTTP."""
    webhook = Webhook()
    app = web.Application(client_max_size=10**8)
    app.router.add_get("/hook", webhook.challenge)
    app.router.add_post("/hook", webhook.take)
    app.router.add_get("/file.png", _linked)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield webhook
    finally:
        await runner.cleanup()


@dataclass
class Stage:
    """All of it. `ann` is a customer facing `number`; `http` speaks as the number's owner."""

    control: Control
    number: PhoneNumber
    person: PersonAccount
    webhook: Webhook
    http: httpx.AsyncClient

    @property
    def ann(self) -> Talk:
        """Ann facing the number."""
        return self.person.chat(self.number)

    async def send(self, kind: str, content: Any, **top: Any) -> httpx.Response:
        """Send to Ann; `top` replaces fields of the body."""
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": ANN, "type": kind, kind: content}
        return await self.http.post(f"{self.number.id}/messages", json=body | top)

    async def sent(self, kind: str, content: Any, **top: Any) -> str:
        """The id of a message that was accepted, after all its webhooks."""
        answer = await self.send(kind, content, **top)
        assert answer.status_code == 200, answer.text
        await self.control.settled()
        return str(answer.json()["messages"][0]["id"])

    async def refused(self, kind: str, content: Any, **top: Any) -> tuple[int, str]:
        """Code and details (or message) of a refusal."""
        return refusal(await self.send(kind, content, **top))

    async def upload(self, data: bytes, mime: str, name: str = "file") -> httpx.Response:
        """Upload a file."""
        form = {"messaging_product": "whatsapp", "type": mime}
        return await self.http.post(f"{self.number.id}/media", data=form, files={"file": (name, data, mime)})


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """What an error says; it must have the shape of Meta's."""
    error = answer.json()["error"]
    assert answer.status_code >= 400
    assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
    return error["code"], error.get("error_data", {}).get("details") or error["message"]


@asynccontextmanager
async def stage(options: Options | None = None) -> AsyncIterator[Stage]:
    """A server in this process, a number whose webhooks come to us, and Ann, who has not written yet."""
    async with (
        Server(options or Options(limits=False)) as server,
        Control(server.url) as control,
        callback() as webhook,
    ):
        number = await control.number("1 555 000-1111", verified_name="Acme", coexistence=True)
        webhook.secret = number.app_secret
        await control.callback(number, webhook.url, VERIFY)
        person = await control.person(ANN, "Ann")
        headers = {"Authorization": f"Bearer {number.token}"}
        async with httpx.AsyncClient(base_url=f"{server.url}/v23.0/", headers=headers, timeout=20) as http:
            yield Stage(control, number, person, webhook, http)
