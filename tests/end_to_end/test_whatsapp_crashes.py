"""The process is killed, and started again, on WhatsApp: nothing is lost, and what may be there twice says so.

Meta tells with each status which row of ours a message left for, and the gateway can be asked: where they know that a
message has left, it is not sent again.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from playground.whatsapp_gateway.control import Control as Waha
from tests.end_to_end.conftest import World
from tests.end_to_end.scenes import answering, card, posts, rows, said, shows
from tests.end_to_end.shops import (
    SESSION,
    CloudShop,
    LinkedShop,
    Shop,
    as_bytes,
    message,
    on_business_api,
    on_linked_phone,
    posted,
)
from tests.end_to_end.trouble import PATIENCE, SENT_TWICE, TWICE, all_left, until


@pytest.fixture
def topics() -> bool:
    return True


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[CloudShop]:
    async with on_business_api(world) as shop:
        await world.team_starts()
        yield shop


@pytest.fixture
async def linked(world: World) -> AsyncIterator[LinkedShop]:
    async with on_linked_phone(world) as shop:
        await world.team_starts()
        yield shop


async def heard(shop: Shop, words: str) -> int:
    """How often Ann got it."""
    return len([one for one in await shop.ann.messages() if one.text == words])


def status_of(shop: Shop, words: str) -> str:
    found = rows(shop.world.house, "select status from messages where text = ?", words)
    return str(found[0][0]) if found else "not written"


async def arrived(shop: Shop, words: str) -> None:
    await until(lambda: status_of(shop, words) in ("sent", "delivered", "read"))


# --- the Business API ---


async def test_meta_took_a_message_and_the_answer_was_lost(cloud: CloudShop) -> None:
    """The process lives: the status settles it, long before it would be sent again."""
    shown = await cloud.accepted("Do you have blue shoes?")
    await cloud.meta.fault("send", "drop")
    await _answered(cloud, shown, "first answer")
    await _answered(cloud, shown, "second answer")
    for words in ("first answer", "second answer"):
        await arrived(cloud, words)
    await all_left(cloud.world)
    assert [await heard(cloud, words) for words in ("first answer", "second answer")] == [1, 1]
    assert not await posts(cloud.world.anna, shows(SENT_TWICE))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_killed_after_meta_took_a_message(cloud: CloudShop, when: str) -> None:
    """Its status comes while nobody listens, or after the start: either way it settles what was sent."""
    shown = await cloud.accepted("Do you have blue shoes?")
    await cloud.meta.hold()
    await cloud.meta.fault("send", "drop")
    await _answered(cloud, shown, "first answer")
    await _answered(cloud, shown, "second answer")
    await cloud.meta.wait_for_calls(1, "send", lambda call: call.status == 0)
    cloud.world.house.kill()
    if when == "before":
        await cloud.meta.release()
    await cloud.world.house.start()
    if when == "after":
        await cloud.meta.release()
    for words in ("first answer", "second answer"):
        await arrived(cloud, words)
    await all_left(cloud.world)
    assert [await heard(cloud, words) for words in ("first answer", "second answer")] == [1, 1]
    assert not await posts(cloud.world.anna, shows(SENT_TWICE))


async def test_killed_before_meta_took_a_message(cloud: CloudShop) -> None:
    """No status ever comes: it is sent after all, and its author is told that it may be there twice."""
    shown = await cloud.accepted("Do you have blue shoes?")
    await cloud.meta.fault("send", "hang")
    await _answered(cloud, shown, "an answer")
    await until(lambda: rows(cloud.world.house, "select 1 from outbox where state = 'sending' and kind = 'message'"))
    cloud.world.house.kill()
    await cloud.meta.clear_faults()
    await cloud.world.house.start()
    await arrived(cloud, "an answer")
    assert await heard(cloud, "an answer") == 1
    await cloud.world.anna.wait_for(shows(SENT_TWICE), PATIENCE)


async def test_killed_between_the_commit_and_the_answer_to_a_webhook(cloud: CloudShop) -> None:
    """Whoever got no answer delivers again, as Meta does what came while nobody listened."""
    await cloud.accepted("Do you have blue shoes?")
    body = as_bytes(posted(cloud, *(message(f"word{place}", f"word {place};") for place in range(3))))
    async with asyncio.TaskGroup() as group:
        delivery = group.create_task(_delivered(cloud, body))
        await until(lambda: "word 2;" in cloud.said())
        cloud.world.house.kill()
    assert delivery.result() in (0, 200), "committed, answered or not"
    for place in range(3, 6):
        await cloud.ann.write(f"word {place};")
    await cloud.world.house.start()
    assert await cloud.post(body) == 200
    assert await cloud.meta.settled(30) == 0
    anna = cloud.world.anna
    for place in range(6):
        await anna.wait_for(said(f"word {place};"), PATIENCE)
    await all_left(cloud.world)
    assert sorted(cloud.said()[1:]) == [f"word {place};" for place in range(6)]
    await _shown_once_or_said(cloud)


async def _delivered(shop: Shop, body: bytes) -> int:
    """0: the answer never came."""
    try:
        return await shop.post(body)
    except httpx.TransportError:
        return 0


async def _shown_once_or_said(shop: Shop) -> None:
    """What was just being shown when the process ended may be there twice, and says so."""
    for place in range(6):
        shown = await posts(shop.world.anna, shows(f"word {place};"))
        assert len(shown) == 1 or TWICE in shown[-1].text


async def _answered(shop: Shop, post: Any, words: str) -> None:
    await shop.world.anna.write(words, **answering(post))


# --- the linked phone ---


@pytest.mark.parametrize("kind", ["text", "photo"])
async def test_killed_after_the_gateway_took_a_message(linked: LinkedShop, kind: str) -> None:
    """It is asked whether the message is there: ours has an id of its own, or says the same."""
    shown = await linked.accepted("Do you have blue shoes?")
    await linked.waha.mute()
    method = "sendText" if kind == "text" else "sendImage"
    await linked.waha.fault(method, "drop")
    if kind == "text":
        await _answered(linked, shown, "an answer")
    else:
        await linked.world.anna.send("photo", data=b"\xff\xd8\xffjpeg" * 50, caption="an answer", **answering(shown))
    await linked.waha.wait_for_calls(1, method, where=lambda call: call.status == 0, seconds=PATIENCE)
    linked.world.house.kill()
    await linked.waha.mute(False)
    await linked.world.house.start()
    await arrived(linked, "an answer")
    await all_left(linked.world)
    assert await heard(linked, "an answer") == 1


async def test_killed_before_the_gateway_took_a_message(linked: LinkedShop) -> None:
    shown = await linked.accepted("Do you have blue shoes?")
    await linked.waha.fault("sendText", "hang")
    await _answered(linked, shown, "an answer")
    await until(lambda: rows(linked.world.house, "select 1 from outbox where state = 'sending' and kind = 'message'"))
    linked.world.house.kill()
    await linked.waha.clear_faults()
    await linked.world.house.start()
    await arrived(linked, "an answer")
    assert await heard(linked, "an answer") == 1


async def test_what_was_written_while_the_gateway_was_down_is_read_back_once_and_in_order(linked: LinkedShop) -> None:
    """For longer than it retries: its session does not work, then works again, and no webhook tells of what was."""
    await linked.accepted("Do you have blue shoes?")
    await _sleeps(linked.waha)
    for place in range(5):
        await linked.ann.write(f"word {place};")
    stranger = (await linked.waha.person("4915155555555", "Olga")).chat(linked.phone)
    await stranger.write("Anybody there?")
    await linked.ann.write("I answer from the phone", owner=True)
    await linked.waha.mute(False)
    await linked.waha.api("POST", f"/api/sessions/{SESSION}/start")
    anna = linked.world.anna
    await anna.wait_for(said("I answer from the phone"), PATIENCE)
    await anna.wait_for(card("Anybody there?"), PATIENCE)
    await all_left(linked.world)
    order = [m.text for m in await posts(anna, said("")) if "word" in m.text or "from the phone" in m.text]
    assert [text.rpartition("\n")[2] for text in order][:5] == [f"word {place};" for place in range(5)]
    assert len(order) == 6
    await linked.ann.write("and now")
    await anna.wait_for(said("and now"), PATIENCE)


async def _sleeps(waha: Waha) -> None:
    """The gateway tells nothing more, not even that its session stands still."""
    await waha.mute()
    (await waha.api("POST", f"/api/sessions/{SESSION}/stop")).raise_for_status()
