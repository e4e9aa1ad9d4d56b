"""The log names ids, never people, their words, their phones or any secret: not even when it tells everything."""

import asyncio

import pytest

from playground.telegram.control import BotAccount
from tests.end_to_end.conftest import World
from tests.end_to_end.house import SECRET_KEY, SHOP_TOKEN, STAFF_TOKEN
from tests.end_to_end.scenes import ACCEPT, card, said, shows
from tests.end_to_end.trouble import PATIENCE, again, fault_met

PRIVATE = {
    "name": "Zoegloria",
    "last name": "Quixwater",
    "username": "zoe_private_handle",
    "staff name": "Annabelinda",
    "words": "periwinkle-slippers",
    "answer": "marzipan-sandals",
    "note": "grumbly-secret-note",
    "caption": "caption-of-pebbles",
    "file name": "tax-return-of-zoe.pdf",
    "phone": "+4915155512345",
    "bad": "unreadable-rhubarb",
}


@pytest.fixture
def topics() -> bool:
    return True


@pytest.fixture(params=["INFO", "DEBUG"])
def extra(request: pytest.FixtureRequest) -> dict[str, str]:
    return {"LOG_LEVEL": str(request.param)}


async def test_nothing_private_is_in_the_log_after_a_whole_story(world: World) -> None:
    await _story(world)
    await _trouble(world)
    await world.telegram.set_bot(world.shop_bot, token="901:another-token-ccccccccccccccccccccccc")
    await asyncio.to_thread(world.house.command, "check", check=False)
    assert await asyncio.to_thread(world.house.stop) == 0
    log = world.house.log.read_text().casefold()
    assert "dibs runs" in log
    secrets = {"staff token": STAFF_TOKEN, "shop token": SHOP_TOKEN, "key": SECRET_KEY}
    found = [what for what, text in (PRIVATE | secrets).items() if text.casefold() in log]
    assert found == []
    assert STAFF_TOKEN.partition(":")[2].casefold() not in log
    assert PRIVATE["phone"][1:] not in log


async def _story(world: World) -> None:
    await world.anna.start()
    await world.anna.wait_for(shows("Hello"), PATIENCE)
    person = await world.telegram.person(
        501, PRIVATE["name"], last_name=PRIVATE["last name"], username=PRIVATE["username"]
    )
    customer = person.chat(world.shop_bot)
    await customer.start()
    await customer.write(PRIVATE["words"])
    offered = await world.anna.wait_for(card(PRIVATE["words"]), PATIENCE)
    await world.anna.tap(ACCEPT, offered, seconds=30)
    post = await world.anna.wait_for(said(PRIVATE["words"]), PATIENCE)
    await customer.contact(PRIVATE["phone"], PRIVATE["name"], 501)
    await customer.send("document", caption=PRIVATE["caption"], name=PRIVATE["file name"])
    await world.anna.write(f"/note {PRIVATE['note']}", thread=post.thread_id)
    await world.anna.write(PRIVATE["answer"], thread=post.thread_id)
    await customer.wait_for(said(PRIVATE["answer"]), PATIENCE)
    await world.anna.wait_for(lambda m: m.from_bot and PRIVATE["caption"] in m.text, PATIENCE)


async def _trouble(world: World) -> None:
    """What goes wrong is logged most: odd updates, refusals, lost answers, strangers, a crash."""
    sender = {"id": 501, "is_bot": False, "first_name": PRIVATE["name"]}
    for bot in (world.shop_bot, world.staff_bot):
        await world.telegram.inject(bot, {"message": {"from": sender, "text": PRIVATE["bad"]}})
    stranger = (await world.telegram.person(999, PRIVATE["name"])).chat(world.staff_bot)
    await stranger.write(PRIVATE["words"])
    await _faults(world, world.staff_bot, 500, 0)
    customer = (await world.telegram.person(502, PRIVATE["name"])).chat(world.shop_bot)
    for place in range(4):
        await customer.write(f"{PRIVATE['words']} {place}")
    offered = await world.anna.wait_for(card(f"{PRIVATE['words']} 3"), PATIENCE)
    await fault_met(world)
    await world.anna.tap(ACCEPT, offered, seconds=30)
    post = await world.anna.wait_for(said(f"{PRIVATE['words']} 3"), PATIENCE)
    await _faults(world, world.shop_bot, 500, 0, 400)
    await world.anna.write(PRIVATE["answer"], thread=post.thread_id)
    await world.anna.wait_for(lambda m: "Not sent" in m.text, PATIENCE)
    await fault_met(world)
    await _faults(world, world.staff_bot, 400)
    await customer.write("not to be shown")
    await fault_met(world)
    await again(world)
    await customer.write("once more")
    await world.anna.wait_for(said("once more"), PATIENCE)


async def _faults(world: World, bot: BotAccount, *codes: int) -> None:
    """0: done, but the answer is lost."""
    for code in codes:
        how = {"code": code, "description": PRIVATE["words"]} if code else {}
        await world.telegram.fault("sendMessage", "fail" if code else "drop", bot=bot, **how)
