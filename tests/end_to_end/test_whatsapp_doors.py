"""WhatsApp's webhook doors: who may come in, and what comes in twice, late or in the wrong order."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.books import open_books
from bot.settings import read_settings
from sales.use_cases.channels import AddChannel, add_channel
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import answering, posts, rows, said, shows
from tests.end_to_end.shops import (
    ANN,
    VERIFY_TOKEN,
    CloudShop,
    LinkedShop,
    Shop,
    as_bytes,
    message,
    on_business_api,
    on_linked_phone,
    posted,
    told,
)
from tests.end_to_end.trouble import PATIENCE, all_left, until

MEGABYTE = 1024 * 1024


@pytest.fixture
def topics() -> bool:
    return True


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[CloudShop]:
    async with on_business_api(world) as shop:
        yield shop


@pytest.fixture
async def linked(world: World) -> AsyncIterator[LinkedShop]:
    async with on_linked_phone(world) as shop:
        yield shop


# --- who may come in ---


async def test_what_the_doors_of_the_business_api_refuse(cloud: CloudShop) -> None:
    await _challenges(cloud)
    body = as_bytes(posted(cloud, message("forged", "Give me everything")))
    await _forgeries(cloud, body, "X-Hub-Signature-256")
    unsigned = cloud.sign(body)["X-Hub-Signature-256"].removeprefix("sha256=")
    for value in (unsigned, f"sha1={unsigned}", f"sha256={unsigned[:-1]}", "sha256=", "sha256=\xff\u1234"):
        assert await cloud.post(body, {"X-Hub-Signature-256": value}) == 403, value
    await _wrong_places(cloud, body, "gateway")
    await _bounds(cloud)
    await _without_a_secret(cloud, {**_cloud_secrets(cloud), "app_secret": ""})
    assert cloud.said() == []
    assert "Traceback" not in cloud.world.house.log.read_text()


async def test_what_the_doors_of_a_linked_phone_refuse(linked: LinkedShop) -> None:
    body = as_bytes(told("3AFORGED000000000000", "Give me everything"))
    await _forgeries(linked, body, "X-Webhook-Hmac")
    await _wrong_places(linked, body, "whatsapp")
    await _bounds(linked)
    async with httpx.AsyncClient(base_url=linked.world.house.url) as http:
        assert (await http.get(linked.hook, params=_challenge(VERIFY_TOKEN))).status_code == 405
    secrets = {"url": linked.waha.url, "session": "other", "api_key": linked.waha.api_key, "hmac_key": ""}
    await _without_a_secret(linked, secrets)
    assert linked.said() == []
    assert "Traceback" not in linked.world.house.log.read_text()


def _challenge(token: str, mode: str = "subscribe") -> dict[str, str]:
    return {"hub.mode": mode, "hub.verify_token": token, "hub.challenge": "1158201444"}


async def _challenges(cloud: CloudShop) -> None:
    async with httpx.AsyncClient(base_url=cloud.world.house.url) as http:
        right = await http.get(cloud.hook, params=_challenge(VERIFY_TOKEN))
        assert (right.status_code, right.text) == (200, "1158201444")
        assert "html" not in right.headers["Content-Type"], "what is echoed must not run in a browser"
        for wrong in (_challenge("wrong"), _challenge(""), _challenge(VERIFY_TOKEN, "unsubscribe"), {}):
            assert (await http.get(cloud.hook, params=wrong)).status_code == 403
        nowhere = cloud.hook.rpartition("/")[0]
        assert (await http.get(f"{nowhere}/99", params=_challenge(VERIFY_TOKEN))).status_code == 404
        assert (await http.get("/webhooks/telegram/1", params=_challenge(VERIFY_TOKEN))).status_code == 405


async def _forgeries(shop: Shop, body: bytes, header: str) -> None:
    signature = shop.sign(body)[header]
    assert await shop.post(body, {}) in (401, 403)
    assert await shop.post(body, {header: ""}) in (401, 403)
    assert await shop.post(body, shop.sign(body + b" ")) in (401, 403)
    assert await shop.post(body + b" ", {header: signature}) in (401, 403)
    assert await shop.post(body, {"X-Some-Signature": signature}) in (401, 403)


async def _wrong_places(shop: Shop, body: bytes, other_family: str) -> None:
    family = shop.hook.split("/")[2]
    assert await shop.post(body, hook=f"/webhooks/{family}/99") == 404
    assert await shop.post(body, hook=f"/webhooks/{family}/{10**20}") == 404
    for other in (other_family, "telegram", "elsewhere"):
        assert await shop.post(body, hook=f"/webhooks/{other}/{shop.channel}") == 404
    assert await shop.post(body, hook=f"/webhooks/{family}/1") == 404, "channel 1 is Telegram's"
    async with httpx.AsyncClient(base_url=shop.world.house.url) as http:
        for method in ("HEAD", "PUT", "DELETE", "PATCH"):
            assert (await http.request(method, shop.hook, headers=shop.sign(b""))).status_code == 405, method


async def _bounds(shop: Shop) -> None:
    """More than the limit is not read; just the limit is, and is no message."""
    assert await shop.post(b"x" * (MEGABYTE + 1)) == 413

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 65_536

    async with httpx.AsyncClient(base_url=shop.world.house.url) as http:
        assert (await http.post(shop.hook, content=in_pieces())).status_code == 413
    assert await shop.post(b"x" * MEGABYTE) == 200
    assert len(shop.kept()) == 1


def _cloud_secrets(cloud: CloudShop) -> dict[str, str]:
    secrets = {"phone_number_id": cloud.number.id, "access_token": cloud.number.token}
    return {**secrets, "app_secret": cloud.number.app_secret, "verify_token": VERIFY_TOKEN}


async def _without_a_secret(shop: Shop, secrets: dict[str, str]) -> None:
    """As a broken set-up would leave it. An empty secret would be anybody's."""
    kind = "whatsapp_cloud" if "app_secret" in secrets else "whatsapp_linked"

    def add() -> int:
        with open_books(read_settings(shop.world.house.environment())) as books:
            return books.write(lambda work: add_channel(work, AddChannel(kind, "Open", "open", secrets, "")))

    channel = await asyncio.to_thread(add)
    hook, body = f"{shop.hook.rpartition('/')[0]}/{channel}", b"{}"
    async with asyncio.timeout(15):
        while (status := await shop.post(body, {}, hook)) == 404:  # noqa: ASYNC110 - it looks every second
            await asyncio.sleep(0.1)
    assert status in (401, 403)
    assert await shop.post(body, _signed_by_nobody(shop, body), hook) in (401, 403)


def _signed_by_nobody(shop: Shop, body: bytes) -> dict[str, str]:
    if isinstance(shop, CloudShop):
        return {"X-Hub-Signature-256": f"sha256={hmac.new(b'', body, hashlib.sha256).hexdigest()}"}
    return {"X-Webhook-Hmac": hmac.new(b"", body, hashlib.sha512).hexdigest()}


# --- twice, late, out of order ---


async def test_meta_tells_twice_late_and_out_of_order(cloud: CloudShop) -> None:
    anna = cloud.world.anna
    await cloud.world.team_starts()
    shown = await cloud.accepted("first of all")
    await cloud.meta.hold()
    for place in range(4):
        await cloud.ann.write(f"word {place};")
    assert await cloud.meta.release(order="reversed", times=3) == 4
    assert await cloud.meta.settled() == 0
    await anna.wait_for(said("word 0;"), PATIENCE)
    await all_left(cloud.world)
    for place in range(4):
        assert len(await posts(anna, said(f"word {place};"))) == 1
    assert sorted(cloud.said()) == ["first of all", *(f"word {place};" for place in range(4))]
    await _statuses_backwards(cloud, shown)
    assert cloud.kept() == []


async def _statuses_backwards(cloud: CloudShop, shown: Any) -> None:
    """A message that was read stays read, and what comes of a message unknown is nothing."""
    await cloud.world.anna.write("Read this", **answering(shown))
    heard = await cloud.ann.wait_for(lambda m: m.text == "Read this" and m.status == "delivered", PATIENCE)
    await cloud.ann.read(heard)
    status = "select status from messages where text = 'Read this'"
    await until(lambda: rows(cloud.world.house, status) == [("read",)])
    for late in ("delivered", "sent", "read", "delivered"):
        await cloud.meta.status(heard, late, again=True)
    stranger = {"id": "wamid.nobodys", "status": "read", "timestamp": "1795000000", "recipient_id": ANN}
    nobodys = posted(cloud, statuses=[stranger])
    del nobodys["entry"][0]["changes"][0]["value"]["messages"]
    assert await cloud.post(as_bytes(nobodys)) == 200
    assert await cloud.meta.settled() == 0
    assert rows(cloud.world.house, status) == [("read",)]


async def test_the_gateway_tells_twice_late_and_backwards(linked: LinkedShop) -> None:
    anna = linked.world.anna
    await linked.world.team_starts()
    shown = await linked.accepted("first of all")
    await linked.ann.write("only once")
    await linked.waha.settled()
    for _ in range(3):
        await linked.waha.repeat()
    await linked.waha.settled()
    bodies = [as_bytes(told(f"3ALATE{place:014}", f"word {place};")) for place in (2, 0, 1)]
    for body in [*bodies, *bodies]:
        assert await linked.post(body) == 200
    await anna.wait_for(said("word 1;"), PATIENCE)
    await all_left(linked.world)
    assert len(await posts(anna, said("only once"))) == 1
    for place in range(3):
        assert len(await posts(anna, said(f"word {place};"))) == 1
    await anna.write("Read this", **answering(shown))
    heard = await linked.ann.wait_for(lambda m: m.text == "Read this" and m.ack == 2, PATIENCE)
    await linked.ann.read(heard)
    status = "select status from messages where text = 'Read this'"
    await until(lambda: rows(linked.world.house, status) == [("read",)])
    for ack in (2, 1, 0, 3, -1):
        await linked.ann.ack(heard, ack)
    await linked.waha.settled()
    assert rows(linked.world.house, status) == [("read",)]
    assert not await posts(anna, shows("Not sent"))
