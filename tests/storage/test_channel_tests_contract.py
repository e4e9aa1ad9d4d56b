"""Channel tests and what they need of other books."""

from dataclasses import replace

import pytest

from sales import outbox
from sales.clients import Identity, IdentityKind
from sales.ids import LeadId, PostId
from sales.outbox import RowKind
from sales.ports.channel_tests import ChannelTest, ChannelTestState, Hop
from sales.ports.channels import Finding
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, add_channel, add_staff, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def test_a_test_is_kept_as_it_was_saved_and_survives_its_client(world: World) -> None:
    staff, channel_id = await world.write(add_staff), (await world.write(add_channel)).id
    known_by = [Identity(IdentityKind.TELEGRAM, "test-ab-1")]
    client = await world.write(lambda work: work.clients.add("Test", known_by, None, staff.id))
    test = ChannelTest(staff.id, channel_id, "ab", ChannelTestState.RUNNING, START)
    await world.write(lambda work: work.channel_tests.save(test))
    assert await world.read(lambda work: work.channel_tests.list()) == [test]
    on = replace(
        test,
        client_id=client.id,
        post_id=PostId(7),
        hops=(Hop.RECEIVED, Hop.CARD),
        real_at=START,
        findings=(Finding(True, "telegram_bot", {"username": "shop_bot"}), Finding(False, "no_answer", {})),
    )
    await world.write(lambda work: work.channel_tests.save(on))
    assert await world.write(lambda work: work.channel_tests.get(staff.id)) == on
    assert [one.id for one in await world.read(lambda work: work.clients.tests())] == [client.id]
    await world.write(lambda work: work.clients.remove(client.id))
    assert await world.read(lambda work: work.channel_tests.get(staff.id)) == replace(on, client_id=None)
    assert await world.read(lambda work: work.clients.tests()) == []


async def test_a_fresh_token_of_the_same_account(world: World) -> None:
    channel_id = (await world.write(add_channel)).id
    key = await world.read(lambda work: work.channels.account_key(channel_id))
    await world.write(lambda work: work.channels.set_secrets(channel_id, {"token": "new"}))
    assert await world.read(lambda work: work.channels.secrets(channel_id)) == {"token": "new"}
    assert await world.read(lambda work: work.channels.account_key(channel_id)) == key


async def test_what_a_test_made_up_is_not_taken_for_a_real_update(world: World) -> None:
    async def any_since(source: str = "channel:1") -> bool:
        return await world.read(lambda work: work.seen.any_since(source, START))

    await world.write(lambda work: work.seen.add("channel:1", ["test-ab-1"]))
    await world.write(lambda work: work.seen.add("channel:2", ["17"]))
    assert not await any_since()
    await world.write(lambda work: work.seen.add("channel:1", ["18"]))
    assert await any_since()
    world.time.move(1)
    moment = world.time.now
    assert not await world.read(lambda work: work.seen.any_since("channel:1", moment))


async def test_a_stream_is_busy_until_its_rows_have_left(world: World) -> None:
    await world.write(add_channel)
    row = outbox.to_crm(RowKind.CRM_REMOVE, (await world.read(lambda work: work.crms.list()))[0].id, LeadId(1))
    await world.write(lambda work: work.outbox.put([row]))
    assert await world.read(lambda work: work.outbox.busy([row.stream, "other"])) == {row.stream}
    [claimed] = await world.write(lambda work: work.outbox.claim(row.lane, work.now, 1))
    assert await world.read(lambda work: work.outbox.busy([row.stream])) == {row.stream}
    await world.write(lambda work: work.outbox.finish_sent([claimed.id]))
    assert await world.read(lambda work: work.outbox.busy([row.stream])) == set()
