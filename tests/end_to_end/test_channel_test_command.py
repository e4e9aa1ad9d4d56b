"""`dibs channel test`: the whole way of a made-up client from the command line."""

import asyncio
import json
from subprocess import CompletedProcess

from tests.end_to_end.conftest import World
from tests.end_to_end.house import SHOP_TOKEN
from tests.end_to_end.scenes import FLAT, posts, rows, shows

HOPS = ["received", "card", "accept", "lead", "reply", "delivered", "removed"]
TRACES = ("clients", "conversations", "messages", "offers", "leads", "builtin_deals", "topics", "outbox")


async def command(world: World, *arguments: str, check: bool = True) -> CompletedProcess[str]:
    """In a thread: the stand-in lives in this one, and has to answer meanwhile."""
    return await asyncio.to_thread(world.house.command, "channel", "test", *arguments, check=check)


def nothing_left(world: World) -> bool:
    staff_inboxes = " WHERE client_id IS NOT NULL"
    return all(
        rows(world.house, f"SELECT count(*) FROM {table}{staff_inboxes if table == 'topics' else ''}") == [(0,)]
        for table in TRACES
    )


@FLAT
async def test_beside_a_running_bot_nobody_hears_of_it(world: World) -> None:
    await world.team_starts()
    await world.admin.start()
    await world.admin.wait_for(shows("Hello"))
    done = await command(world, "1")
    lines = done.stdout.splitlines()
    for hop in HOPS:
        assert any(line.startswith(f"✓ {hop}") for line in lines), done.stdout
    assert any(line.startswith("✓") and "@shop_bot" in line for line in lines)
    assert "https://t.me/shop_bot" in lines[-1]
    assert nothing_left(world)
    for talk in (world.admin, world.anna, world.boris, world.maria):
        assert not await posts(talk, shows("made-up"))
    assert not await world.telegram.calls("sendMessage", world.shop_bot)


@FLAT
async def test_without_a_running_bot(world: World) -> None:
    world.house.kill()
    steps = json.loads((await command(world, "1", "--json")).stdout)
    assert [step["code"] for step in steps if step["ok"]][-len(HOPS) :] == HOPS
    assert all(step["ok"] for step in steps)
    assert nothing_left(world)


@FLAT
async def test_a_revoked_token_is_said_and_the_rest_is_tried(world: World) -> None:
    world.house.kill()
    await world.telegram.set_bot(world.shop_bot, revoked=True)
    done = await command(world, "1", check=False)
    assert done.returncode == 1
    assert "✗ channel «Shop»: Telegram refuses the token" in done.stdout
    assert "✓ delivered" in done.stdout
    assert "dibs: the channel does not work" in done.stderr
    assert SHOP_TOKEN not in done.stdout + done.stderr
    assert nothing_left(world)


@FLAT
async def test_no_such_channel(world: World) -> None:
    done = await command(world, "7", check=False)
    assert (done.returncode, done.stderr) == (1, "dibs: there is no such channel\n")
