"""A token that Telegram no longer takes: said where somebody sees it, and everything else goes on."""

import asyncio

import pytest

from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN, STAFF_TOKEN
from tests.end_to_end.scenes import rows, said, shows
from tests.end_to_end.trouble import PATIENCE, owned_by_anna, until


@pytest.fixture
def topics() -> bool:
    return True


async def check(world: World) -> tuple[int, str]:
    """In a thread: the stand-in runs in this one."""
    done = await asyncio.to_thread(world.house.command, "check", check=False)
    return done.returncode, done.stdout + done.stderr


async def test_a_revoked_channel_token_is_told_to_admins_and_explained(world: World) -> None:
    await world.admin.start()
    customer, post = await owned_by_anna(world, 501, "Zoe")
    await world.telegram.set_bot(world.shop_bot, token="901:another-token-ccccccccccccccccccccccc")
    await world.anna.write("this can't leave now", thread=post.thread_id)
    told = await world.admin.wait_for(shows("Shop"), PATIENCE)
    assert "token" in told.text
    await until(lambda: rows(world.house, "select state, problem from channels") == [("broken", "token")])
    code, found = await check(world)
    assert code == 1
    assert "Shop" in found
    assert "token" in found
    await until(lambda: "channel 1 is broken (token)" in world.house.log.read_text())
    await _alive(world)
    await _mended(world)
    await world.anna.tap("Retry", seconds=30)
    await customer.wait_for(said("this can't leave now"), PATIENCE)


async def _alive(world: World) -> None:
    await world.maria.start()
    await world.maria.wait_for(shows("Hello"), PATIENCE)
    log = world.house.log.read_text()
    assert SHOP_TOKEN not in log
    assert "Traceback" not in log


async def _mended(world: World) -> None:
    """BotFather gives the old one back, so to speak; an admin says so."""
    await world.telegram.set_bot(world.shop_bot, token=SHOP_TOKEN)
    await asyncio.to_thread(world.house.command, "channel", "set", "1", "--resume")


async def test_a_revoked_staff_token_leaves_the_customers_side_running(world: World) -> None:
    customer, _ = await owned_by_anna(world, 501, "Zoe")
    await world.telegram.set_bot(world.staff_bot, token="900:another-token-ccccccccccccccccccccccc")
    await world.boris.write("is anybody there?")
    await customer.write("does anybody hear me?")
    heard = "select count(*) from messages where text = 'does anybody hear me?'"
    await until(lambda: rows(world.house, heard) == [(1,)])
    await until(lambda: "Telegram refuses STAFF_BOT_TOKEN" in world.house.log.read_text())
    code, found = await check(world)
    assert code == 1
    assert "Telegram refuses STAFF_BOT_TOKEN" in found
    assert world.house.process is not None
    assert world.house.process.poll() is None
    log = world.house.log.read_text()
    assert STAFF_TOKEN not in log
    assert "Traceback" not in log
    await _restarted_with_a_fresh_one(world)


async def _restarted_with_a_fresh_one(world: World) -> None:
    """What waits for staff is still there, and their words are heard; it leaves when the pause after a 401 is over."""
    assert await asyncio.to_thread(world.house.stop) == 0
    world.house.extra["STAFF_BOT_TOKEN"] = "900:another-token-ccccccccccccccccccccccc"
    await world.house.start()
    waiting = rows(world.house, "select kind from outbox where lane = 'staff' and state <> 'dead'")
    assert ("relay",) in waiting
    seen = "select count(*) from seen_updates where source = 'staff'"
    before = rows(world.house, seen)
    await world.anna.write("/help")
    await until(lambda: rows(world.house, seen) != before)
