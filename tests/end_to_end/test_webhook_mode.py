"""PUBLIC_URL is set, and Telegram delivers: the same story, and what comes to the doors that is not Telegram's."""

import json
from typing import Any

import httpx
import pytest

from channels.telegram.webhook import SECRET_HEADER, webhook_secret
from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN
from tests.end_to_end.scenes import ACCEPT, card, posts, rows, said
from tests.end_to_end.trouble import PATIENCE, all_left, owned_by_anna, until

SHOP, STAFF = "/webhooks/telegram/1", "/webhooks/staff"
FROM = {"id": 501, "is_bot": False, "first_name": "Zoe"}
CHAT = {"id": 501, "type": "private", "first_name": "Zoe"}
UPDATE = {
    "update_id": 77,
    "message": {"message_id": 7001, "date": 1795000000, "chat": CHAT, "from": FROM, "text": "delivered again"},
}


@pytest.fixture
def topics() -> bool:
    return True


@pytest.fixture
async def by_webhook(world: World) -> World:
    """The same house, started again with a public address: its own."""
    world.house.kill()
    world.house.extra["PUBLIC_URL"] = world.house.url
    await world.house.start()
    bots = world.server.world.bots
    await until(lambda: all(bots[token].webhook is not None for token in (SHOP_TOKEN, STAFF_TOKEN)))
    return world


async def test_the_story_by_webhook_and_what_the_doors_refuse(by_webhook: World) -> None:
    world = by_webhook
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await world.anna.write("Yes, size 39 too", thread=post.thread_id)
    await customer.wait_for(said("size 39"), PATIENCE)
    async with httpx.AsyncClient(base_url=world.house.url, timeout=30) as http:
        await _refused(http)
        await _delivered_again(world, http)
    await _survives_a_crash(world)


async def _refused(http: httpx.AsyncClient) -> None:
    assert await _post(http, SHOP, UPDATE, "wrong") == 403
    assert await _post(http, SHOP, UPDATE, None) == 403
    assert await _post(http, SHOP, UPDATE, webhook_secret(STAFF_TOKEN)) == 403
    assert await _post(http, SHOP, UPDATE, "\xff\u1234") == 403
    assert await _post(http, STAFF, UPDATE, webhook_secret(SHOP_TOKEN)) == 403
    assert await _post(http, "/webhooks/telegram/99", UPDATE, webhook_secret(SHOP_TOKEN)) == 404
    assert await _post(http, f"/webhooks/telegram/{10**20}", UPDATE, webhook_secret(SHOP_TOKEN)) == 404
    assert await _post(http, "/webhooks/telegram/1/../staff", UPDATE, "wrong") in (403, 404)
    assert await _post(http, "/webhooks/whatsapp/1", UPDATE, webhook_secret(SHOP_TOKEN)) in (404, 405)
    for path, token in ((SHOP, SHOP_TOKEN), (STAFF, STAFF_TOKEN)):
        assert await _post(http, path, b"x" * (1024 * 1024 + 1), webhook_secret(token)) == 413
        assert await _post(http, path, b"no JSON at all \xff\x00", webhook_secret(token)) == 200
        assert await _post(http, path, b"[" * 100_000, webhook_secret(token)) == 200


async def _post(http: httpx.AsyncClient, path: str, body: Any, secret: str | None) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {SECRET_HEADER: secret.encode("utf-8")} if secret is not None else {}
    return (await http.post(path, content=content, headers=headers)).status_code


async def _delivered_again(world: World, http: httpx.AsyncClient) -> None:
    for _ in range(3):
        assert await _post(http, SHOP, UPDATE, webhook_secret(SHOP_TOKEN)) == 200
    await world.anna.wait_for(said("delivered again"), PATIENCE)
    await all_left(world)
    assert len(await posts(world.anna, said("delivered again"))) == 1
    problems = rows(world.house, "select source from inbox order by source")
    assert problems == [("channel:1",), ("channel:1",), ("staff",), ("staff",)]


async def _survives_a_crash(world: World) -> None:
    """What Telegram could not deliver meanwhile, it delivers again."""
    world.house.kill()
    stranger = await world.customer(502, "Yan")
    await stranger.write("anybody there?")
    await world.house.start()
    offered = await world.anna.wait_for(card("anybody there?"), PATIENCE)
    await world.anna.tap(ACCEPT, offered, seconds=30)
    await world.anna.wait_for(said("anybody there?"), PATIENCE)
    assert await _statuses(world) <= {0, 200}
    assert "Traceback" not in world.house.log.read_text()


async def _statuses(world: World) -> set[int]:
    return {one["status"] for one in await world.telegram.webhooks()}
