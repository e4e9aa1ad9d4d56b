"""Lists of clients: who waits longest first, then the newest word; filters, pages, search."""

from dataclasses import replace

import pytest

from sales.channels import Channel
from sales.clients import Identity, IdentityKind
from sales.ids import ClientId, Moment, StaffId, later
from sales.ports import Work
from sales.ports.conversations import ClientFilter
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, add_channel, add_client, add_staff, world_on


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


def client(
    work: Work,
    number: int,
    *,
    waits: int | None = None,
    spoke: int | None = None,
    closed: bool = False,
    owner: StaffId | None = None,
    channel: Channel | None = None,
) -> ClientId:
    """``waits`` and ``spoke`` in seconds from the start."""
    made = add_client(work, number)
    if channel is not None:
        work.conversations.add(made.id, channel.id, str(number))
    times = replace(made, waiting_since=_at(waits), last_message_at=_at(spoke), closed_at=START if closed else None)
    work.clients.save(times)
    if owner is not None:
        work.clients.claim(made.id, owner)
    return made.id


def _at(seconds: int | None) -> Moment | None:
    return None if seconds is None else later(START, seconds)


async def listed(world: World, which: ClientFilter, limit: int = 50, offset: int = 0) -> list[ClientId]:
    """Checks the count on the way."""
    found = await world.read(lambda work: work.clients.list(which, limit, offset))
    count = await world.read(lambda work: work.clients.count(which))
    assert count >= len(found)
    if offset == 0 and limit == 50:
        assert count == len(found)
    return [each.id for each in found]


async def test_who_waits_longest_comes_first_then_the_newest_word(world: World) -> None:
    def some(work: Work) -> list[ClientId]:
        return [
            client(work, 1, spoke=10),
            client(work, 2, waits=20, spoke=20),
            client(work, 3, spoke=30),
            client(work, 4, waits=5, spoke=40),
            client(work, 5),
            client(work, 6, spoke=99, closed=True),
        ]

    ids = await world.write(some)
    assert await listed(world, ClientFilter()) == [ids[3], ids[1], ids[2], ids[0], ids[4]]
    assert await listed(world, ClientFilter(closed=None)) == [ids[3], ids[1], ids[2], ids[0], ids[4], ids[5]]
    assert await listed(world, ClientFilter(closed=True)) == [ids[5]]
    assert await listed(world, ClientFilter(waiting=True)) == [ids[3], ids[1]]


async def test_pages_follow_each_other(world: World) -> None:
    ids = await world.write(lambda work: [client(work, number, spoke=-number) for number in range(25)])
    pages = [await listed(world, ClientFilter(), 10, offset) for offset in (0, 10, 20)]
    assert [id_ for page in pages for id_ in page] == ids


async def test_by_owner_viewer_and_without_owner(world: World) -> None:
    anna = await world.write(lambda work: add_staff(work, 1).id)
    boris = await world.write(lambda work: add_staff(work, 2).id)

    def some(work: Work) -> list[ClientId]:
        owners = (anna, boris, None, anna)
        return [client(work, number, spoke=-number, owner=owner) for number, owner in enumerate(owners)]

    ids = await world.write(some)
    assert await listed(world, ClientFilter(viewer_id=anna)) == [ids[0], ids[3]]
    assert await listed(world, ClientFilter(owner_id=boris)) == [ids[1]]
    assert await listed(world, ClientFilter(viewer_id=anna, owner_id=boris)) == []
    assert await listed(world, ClientFilter(no_owner=True)) == [ids[2]]


async def test_by_channel_once_however_many_addresses(world: World) -> None:
    shop = await world.write(lambda work: add_channel(work, "1"))
    desk = await world.write(lambda work: add_channel(work, "2"))
    anna = await world.write(lambda work: add_staff(work).id)

    def some(work: Work) -> list[ClientId]:
        ids = [
            client(work, 1, spoke=1, channel=shop, owner=anna),
            client(work, 2, spoke=2, channel=desk),
            client(work, 3, spoke=3, channel=shop),
        ]
        work.conversations.add(ids[2], shop.id, "second address")
        work.clients.touch({ids[0]: START}, {ids[0]: START})
        return ids

    ids = await world.write(some)
    assert await listed(world, ClientFilter(channel_id=shop.id)) == [ids[0], ids[2]]
    assert await listed(world, ClientFilter(channel_id=shop.id, no_owner=True)) == [ids[2]]
    assert await listed(world, ClientFilter(channel_id=shop.id, owner_id=anna)) == [ids[0]]
    assert await listed(world, ClientFilter(channel_id=desk.id, waiting=True)) == []


async def test_a_viewer_sees_their_own_and_the_channels_they_watch(world: World) -> None:
    shop = await world.write(lambda work: add_channel(work, "1"))
    desk = await world.write(lambda work: add_channel(work, "2"))
    third = await world.write(lambda work: add_channel(work, "3"))
    anna = await world.write(lambda work: add_staff(work).id)

    def some(work: Work) -> list[ClientId]:
        return [
            client(work, 1, spoke=1, channel=shop, owner=anna),
            client(work, 2, spoke=2, channel=desk),
            client(work, 3, spoke=3, channel=third),
            client(work, 4, spoke=4, channel=third, owner=anna),
            client(work, 5, spoke=5, channel=shop, waits=9),
        ]

    ids = await world.write(some)
    watching = ClientFilter(viewer_id=anna, watched=(shop.id, desk.id))
    assert await listed(world, watching) == [ids[4], ids[3], ids[1], ids[0]]
    assert await listed(world, watching, 2, 1) == [ids[3], ids[1]]
    assert await listed(world, replace(watching, channel_id=third.id)) == [ids[3]]
    assert await listed(world, replace(watching, channel_id=shop.id)) == [ids[4], ids[0]]
    assert await listed(world, replace(watching, waiting=True)) == [ids[4]]
    assert await listed(world, replace(watching, hidden=(ids[4], ids[3]))) == [ids[1], ids[0]]
    assert await listed(world, replace(watching, text="client 5")) == [ids[4]]


@pytest.mark.parametrize("text", ["anna", "ANNA  k", "@ann", "annak", "+49151", "49 151-12", "нна", "100%", "nna K"])
async def test_a_client_is_found_by_name_username_or_phone(world: World, text: str) -> None:
    def some(work: Work) -> ClientId:
        name = {"нна": "Анна", "100%": "Shop 100%"}.get(text, "Anna K")
        phone = Identity(IdentityKind.PHONE, "+4915112345678")
        work.clients.add("Boris 1000", [Identity(IdentityKind.PHONE, "+1555")], "boris", None)
        return work.clients.add(name, [phone], "AnnaK", None).id

    client_id = await world.write(some)
    assert await listed(world, ClientFilter(text=text)) == [client_id]
    assert await listed(world, ClientFilter(text=text, closed=True)) == []


@pytest.mark.parametrize("text", ["", "  ", "nobody", "%", "_"])
async def test_a_text_that_fits_nobody_finds_nobody(world: World, text: str) -> None:
    await world.write(add_client)
    assert await listed(world, ClientFilter(text=text)) == []
