"""What was seen, channels and their secrets, the inbox, settings: and that secrets are unreadable at rest."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text as sql

from sales.channels import Channel, ChannelState, Distribution, Ladder
from sales.errors import Invalid
from sales.ids import ChannelId, InboxId, later
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database
from storage.errors import CannotDecrypt
from storage.transactions import SqlTransactions
from tests.storage.contract import START, World, add_channel, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def raw(world: World, table: str) -> str:
    """Everything in a table, as whoever steals the file reads it."""
    rows = await world.database.read(lambda c: c.execute(sql(f"SELECT * FROM {table}")).all())
    return repr([[bytes(value) if isinstance(value, memoryview) else value for value in row] for row in rows])


# --- seen ---


async def test_a_repeat_is_not_new(world: World) -> None:
    assert await world.write(lambda work: work.seen.add("staff", ["1", "2", "2"])) == {"1", "2"}
    assert await world.write(lambda work: work.seen.add("staff", ["2", "3"])) == {"3"}
    assert await world.write(lambda work: work.seen.add("channel:1", ["2"])) == {"2"}
    assert await world.write(lambda work: work.seen.add("staff", [])) == set()


async def test_what_failed_was_not_seen(world: World) -> None:
    def fail(work: Work) -> None:
        work.seen.add("staff", ["1"])
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        await world.write(fail)
    assert await world.write(lambda work: work.seen.add("staff", ["1"])) == {"1"}


async def test_an_update_that_comes_many_times_at_once_is_new_once(world: World) -> None:
    seen = await asyncio.gather(*(world.write(lambda work: work.seen.add("staff", ["1"])) for _ in range(20)))
    assert sum(map(len, seen)) == 1


async def test_old_identities_are_forgotten(world: World) -> None:
    await world.write(lambda work: work.seen.add("staff", ["1", "2"]))
    world.time.move(10)
    await world.write(lambda work: work.seen.add("staff", ["3"]))
    assert await world.write(lambda work: work.seen.forget_before(later(START, 5))) == 2
    assert await world.write(lambda work: work.seen.add("staff", ["1", "3"])) == {"1"}


# --- channels ---


async def test_a_channel_is_kept_as_it_was_saved(world: World) -> None:
    channel = await world.write(add_channel)
    changed = replace(
        channel,
        name="Desk <3",
        state=ChannelState.BROKEN,
        distribution=Distribution.IN_TURN,
        pipeline_id="1",
        stage_id="2",
        ladder=Ladder(None, 5, None),
        problem="token",
    )
    await world.write(lambda work: work.channels.save(changed))
    assert await world.read(lambda work: work.channels.get(channel.id)) == changed
    await world.write(lambda work: work.channels.set_state(channel.id, ChannelState.ACTIVE))
    again = await world.read(lambda work: work.channels.get(channel.id))
    assert again == replace(changed, state=ChannelState.ACTIVE, problem=None)


async def test_an_account_is_connected_once_until_it_is_removed(world: World) -> None:
    channel = await world.write(add_channel)
    with pytest.raises(Invalid) as refused:
        await world.write(add_channel)
    assert refused.value.problem == "channel_exists"
    await world.write(lambda work: work.channels.set_state(channel.id, ChannelState.REMOVED))
    assert await world.read(lambda work: work.channels.list()) == []
    second: Channel = await world.write(add_channel)
    assert await world.read(lambda work: work.channels.list()) == [second]


async def test_polling_goes_on_where_it_stood(world: World) -> None:
    channel = await world.write(add_channel)
    assert await world.read(lambda work: work.channels.offset(channel.id)) is None
    await world.write(lambda work: work.channels.set_offset(channel.id, 2**40))
    assert await world.read(lambda work: work.channels.offset(channel.id)) == 2**40


async def test_secrets_are_unreadable_at_rest(world: World) -> None:
    channel = await world.write(add_channel)
    crm_id = await world.write(lambda work: work.crms.add("kommo", "K", {"token": "crm-secret"}))
    await world.write(lambda work: work.inbox.add("staff", "9", b'{"text": "private words"}', "boom"))
    assert await world.read(lambda work: work.channels.secrets(channel.id)) == {"token": "1:secret-token"}
    assert await world.read(lambda work: work.crms.secrets(crm_id)) == {"token": "crm-secret"}
    everything = [await raw(world, table) for table in ("channels", "crms", "inbox")]
    for secret in ("secret-token", "crm-secret", "private words"):
        assert not any(secret in table for table in everything)


async def test_a_secret_moved_to_another_channel_does_not_open(world: World) -> None:
    await world.write(add_channel)
    second = await world.write(lambda work: add_channel(work, "2"))
    move = sql("UPDATE channels SET secrets = (SELECT secrets FROM channels WHERE id = 1) WHERE id = 2")
    await world.database.run(lambda connection: connection.execute(move).rowcount)
    with pytest.raises(CannotDecrypt):
        await world.read(lambda work: work.channels.secrets(second.id))


async def test_without_the_key_all_but_secrets_is_there(world: World) -> None:
    channel = await world.write(add_channel)
    keyless = SqlTransactions(world.database, world.time, None)
    assert await keyless.read(lambda work: work.channels.get(channel.id)) == channel
    with pytest.raises(CannotDecrypt, match="SECRET_KEY"):
        await keyless.read(lambda work: work.channels.secrets(channel.id))


# --- inbox, settings ---


async def test_the_inbox_keeps_what_could_not_be_handled(world: World) -> None:
    first = await world.write(lambda work: work.inbox.add("staff", "1", b"\x00\xff raw", "boom"))
    second = await world.write(lambda work: work.inbox.add(f"channel:{ChannelId(1)}", "2", b"", "bang"))
    entries = await world.read(lambda work: work.inbox.list(10))
    assert [(entry.id, entry.raw, entry.problem) for entry in entries] == [
        (second, b"", "bang"),
        (first, b"\x00\xff raw", "boom"),
    ]
    await world.write(lambda work: work.inbox.settle(first))
    assert await world.read(lambda work: work.inbox.count()) == 1
    assert [entry.id for entry in await world.read(lambda work: work.inbox.list(10))] == [second]
    assert len(await world.read(lambda work: work.inbox.list(10, False))) == 2
    settled = await world.read(lambda work: work.inbox.get(first))
    assert settled is not None
    assert settled.replayed_at == START
    assert await world.read(lambda work: work.inbox.get(InboxId(99))) is None


async def test_settings_are_set_changed_and_taken_away(world: World) -> None:
    await world.write(lambda work: work.workspace.set("staff.topics", "1"))
    await world.write(lambda work: work.workspace.set("staff.topics", "0"))
    assert await world.read(lambda work: work.workspace.get("staff.topics")) == "0"
    await world.write(lambda work: work.workspace.set("staff.topics", None))
    assert await world.read(lambda work: work.workspace.get("staff.topics")) is None
