"""A world whose shop is on WhatsApp as well: by the Business API, by a linked phone, or both."""

import asyncio
import hashlib
import hmac
import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from playground.telegram.control_types import Seen
from playground.whatsapp_cloud.control import Control as Meta
from playground.whatsapp_cloud.control import PhoneNumber
from playground.whatsapp_cloud.control import Talk as CloudTalk
from playground.whatsapp_cloud.options import Options as MetaOptions
from playground.whatsapp_cloud.server import Server as MetaServer
from playground.whatsapp_gateway.control import Account
from playground.whatsapp_gateway.control import Control as Waha
from playground.whatsapp_gateway.control import Talk as LinkedTalk
from playground.whatsapp_gateway.options import Options as WahaOptions
from playground.whatsapp_gateway.server import Server as WahaServer
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import ACCEPT, card, rows, said
from tests.end_to_end.trouble import PATIENCE, all_left, until

Json = dict[str, Any]

ANN = "4915112345678"
VERIFY_TOKEN = "our own words"
HMAC_KEY = "a long word of ours"
SESSION = "shop"


@dataclass
class Shop(ABC):
    """``channel`` is its id; ``ann`` is a customer facing it, ``hook`` the path to which its platform delivers."""

    world: World
    channel: int
    ann: Any
    hook: str

    async def accepted(self, words: str) -> Seen:
        """Ann writes, Anna accepts; the post that shows the words."""
        await self.ann.write(words)
        anna = self.world.anna
        await anna.tap(ACCEPT, await anna.wait_for(card(words), PATIENCE), seconds=30)
        shown = await anna.wait_for(said(words), PATIENCE)
        await all_left(self.world)
        return shown

    @abstractmethod
    def sign(self, body: bytes) -> dict[str, str]:
        """As the platform signs it."""

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None, hook: str = "") -> int:
        """The status with which a webhook is answered; signed unless ``headers`` are given."""
        async with httpx.AsyncClient(base_url=self.world.house.url, timeout=30) as http:
            signed = as_sent(self.sign(body) if headers is None else headers)
            return (await http.post(hook or self.hook, content=body, headers=signed)).status_code

    def kept(self) -> list[str]:
        """Update ids in the channel's inbox."""
        found = rows(self.world.house, "select update_id from inbox where source = ?", f"channel:{self.channel}")
        return [str(update_id) for (update_id,) in found]

    def said(self) -> list[str]:
        """What clients said by this channel, in the order of the chat."""
        conversations = "select id from conversations where channel_id = ?"
        sql = f"select text from messages where direction = 'in' and conversation_id in ({conversations}) order by id"
        return [str(text) for (text,) in rows(self.world.house, sql, self.channel)]


@dataclass
class CloudShop(Shop):
    """A number on the Business API."""

    meta: Meta
    number: PhoneNumber
    ann: CloudTalk

    def sign(self, body: bytes) -> dict[str, str]:
        digest = hmac.new(self.number.app_secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}"}


@dataclass
class LinkedShop(Shop):
    """A phone that is linked through the gateway."""

    waha: Waha
    phone: Account
    ann: LinkedTalk

    def sign(self, body: bytes) -> dict[str, str]:
        return {"X-Webhook-Hmac": hmac.new(HMAC_KEY.encode(), body, hashlib.sha512).hexdigest()}

    async def read_through(self) -> None:
        """Until the chats have been read back."""
        await until(lambda: rows(self.world.house, "select 1 from channels where poll_offset is not null"))


async def _added(world: World, kind: str, *given: str) -> int:
    """A channel, connected on the command line."""
    command = ("channel", "add", kind, "--name", kind, *given)
    return int((await asyncio.to_thread(world.house.command, *command)).stdout)


async def _restarted(world: World) -> None:
    world.house.kill()
    world.house.extra["PUBLIC_URL"] = world.house.url
    await world.house.start()


@asynccontextmanager
async def on_business_api(world: World, *, limits: bool = False) -> AsyncIterator[CloudShop]:
    """The process is started again, with the channel."""
    async with MetaServer(MetaOptions(limits=limits)) as server, Meta(server.url) as meta:
        world.house.extra["WHATSAPP_API_URL"] = server.url
        number = await meta.number("15550001111", verified_name="Acme Shoes", coexistence=True)
        secrets = ("--access-token", number.token, "--app-secret", number.app_secret, "--verify-token", VERIFY_TOKEN)
        channel = await _added(world, "whatsapp_cloud", "--phone-number-id", number.id, *secrets)
        await _restarted(world)
        hook = f"/webhooks/whatsapp/{channel}"
        await meta.callback(number, f"{world.house.url}{hook}", VERIFY_TOKEN)
        ann = (await meta.person(ANN, "Ann")).chat(number)
        try:
            yield CloudShop(world, channel, ann, hook, meta, number)
        finally:
            world.house.kill()


@asynccontextmanager
async def on_linked_phone(world: World) -> AsyncIterator[LinkedShop]:
    """The process is started again, with the channel, and has read the phone's chats."""
    async with WahaServer(WahaOptions()) as server, Waha(server.url) as waha:
        phone = await waha.account("71111111111", "Shop")
        await waha.link(SESSION, phone)
        where = ("--url", waha.url, "--session", SESSION, "--api-key", waha.api_key, "--hmac-key", HMAC_KEY)
        channel = await _added(world, "whatsapp_linked", *where)
        await _restarted(world)
        ann = (await waha.person(ANN, "Ann")).chat(phone)
        shop = LinkedShop(world, channel, ann, f"/webhooks/gateway/{channel}", waha, phone)
        try:
            await shop.read_through()
            yield shop
        finally:
            world.house.kill()


def posted(shop: CloudShop, *messages: object, **more: object) -> Json:
    """A webhook of Meta's with these messages in one change."""
    metadata = {"display_phone_number": shop.number.phone, "phone_number_id": shop.number.id}
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata, "messages": list(messages), **more}
    value["contacts"] = [{"wa_id": ANN, "profile": {"name": "Ann"}}]
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": shop.number.business.id, "changes": [change]}]}


def message(name: str, text: str) -> Json:
    """A text from Ann, as Meta tells it."""
    return {"from": ANN, "id": f"wamid.{name}", "timestamp": str(now()), "type": "text", "text": {"body": text}}


def about_ann() -> Json:
    """What every message of hers at the gateway has."""
    return {"timestamp": now(), "from": f"{ANN}@c.us", "_data": {}}


def enveloped(event: str, payload: Json) -> Json:
    """An event, as the gateway wraps it."""
    return {"id": f"evt_{payload['id']}", "session": SESSION, "event": event, "payload": payload}


def told(name: str, text: str) -> Json:
    """A text from Ann, as the gateway tells it."""
    payload = {**about_ann(), "id": f"false_{ANN}@c.us_{name}", "fromMe": False, "body": text, "hasMedia": False}
    return enveloped("message.any", payload)


def as_bytes(body: object) -> bytes:
    return json.dumps(body).encode()


def as_sent(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Also what no header may hold."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def now() -> int:
    """In seconds, as both tell times."""
    return int(time.time())
