"""Channel tests end by themselves, leave nothing behind, and are nobody else's to see or write to."""

import pytest

from sales.clients import Identity, IdentityKind
from sales.errors import Forbidden, NotFound, SalesError, Unsupported
from sales.ids import ClientId
from sales.incoming import ClientWrote, Incoming, Sender
from sales.messages import Content, MessageKind
from sales.outbox import RowKind
from sales.ports import Work
from sales.ports.channel_tests import ChannelTest, ChannelTestState, Hop
from sales.staff import Staff
from sales.use_cases.accept import accept_offer, not_a_client
from sales.use_cases.channel_test import begin_test, end_test, open_tests
from sales.use_cases.follow_tests import follow_tests
from sales.use_cases.handing import transfer
from sales.use_cases.receive import receive
from sales.use_cases.team import RemoveStaff, SetStaff, remove_staff, set_staff
from sales.use_cases.team_lookup import check_sees, check_writes
from tests.sales.shop import Shop

HALF_AN_HOUR = 30 * 60 * 1000


async def begun(shop: Shop) -> ClientId:
    """Ada tests; her made-up client has written."""
    test = await shop.do(lambda work: begin_test(work, shop.ada, shop.channel_id))
    return await entered(shop, test)


async def entered(shop: Shop, test: ChannelTest) -> ClientId:
    await writes_in(shop, test)
    await shop.do(follow_tests)
    found = await state(shop)
    assert found.client_id is not None
    return found.client_id


async def writes_in(shop: Shop, test: ChannelTest) -> None:
    """What the runner makes up."""
    sender = Sender("Test client", (Identity(IdentityKind.TELEGRAM, test.address),))
    event = ClientWrote(test.address, "1", sender, Content(MessageKind.TEXT, "Hi"), shop.time.now)
    incoming = Incoming(shop.channel_id, test.address, event, b"{}", test=True)
    await shop.do(lambda work: receive(work, [incoming]))


async def state(shop: Shop) -> ChannelTest:
    found = await shop.do(lambda work: work.channel_tests.get(shop.ada.id))
    assert found is not None
    return found


async def accept(shop: Shop, client_id: ClientId, staff: Staff) -> None:
    await shop.do(lambda work: accept_offer(work, staff, work.offers.open_of([client_id])[client_id].id))


async def gone(shop: Shop, client_id: ClientId) -> bool:
    return await shop.do(lambda work: work.clients.get(client_id)) is None


async def swept(shop: Shop) -> None:
    """Everything that was taken back has left."""
    await shop.do(follow_tests)
    await shop.rows()
    await shop.do(follow_tests)


async def test_the_offer_goes_to_the_admin_alone_whatever_their_role(shop: Shop) -> None:
    client_id = await begun(shop)
    assert [row.payload["staff_id"] for row in await shop.rows(RowKind.CARD)] == [shop.ada.id]
    for other in (shop.anna, shop.maria):
        with pytest.raises(Forbidden):
            await accept(shop, client_id, other)
    await accept(shop, client_id, shop.ada)
    assert (await shop.client(client_id)).owner_id == shop.ada.id


async def test_nobody_else_sees_or_writes_to_a_test_client(shop: Shop) -> None:
    client_id = await begun(shop)
    await accept(shop, client_id, shop.ada)
    client = await shop.client(client_id)
    for other in (shop.anna, shop.maria):
        for look in (check_sees, lambda work, staff, one: check_writes(work, staff, one, shop.channel_id)):
            with pytest.raises(Forbidden):
                await shop.do(lambda work, other=other, look=look: look(work, other, client))
    await shop.do(lambda work: check_sees(work, shop.ada, client))
    await shop.do(lambda work: check_writes(work, shop.ada, client, shop.channel_id))


async def test_a_test_client_can_not_be_handed_on(shop: Shop) -> None:
    client_id = await begun(shop)
    await accept(shop, client_id, shop.ada)
    with pytest.raises(Unsupported):
        await shop.do(lambda work: transfer(work, shop.ada, client_id, shop.anna.id))


async def test_after_half_an_hour_it_ends_and_goes(shop: Shop) -> None:
    client_id = await begun(shop)
    await accept(shop, client_id, shop.ada)
    shop.time.now += HALF_AN_HOUR
    await shop.do(follow_tests)
    assert (await state(shop)).state is ChannelTestState.EXPIRED
    await swept(shop)
    assert await gone(shop, client_id)
    assert not (await shop.do(open_tests)).live


async def test_the_client_stays_until_the_view_and_the_lead_are_taken_back(shop: Shop) -> None:
    client_id = await begun(shop)
    await accept(shop, client_id, shop.ada)
    await shop.do(lambda work: end_test(work, shop.ada))
    for _ in range(3):
        await shop.do(follow_tests)
    assert not await gone(shop, client_id)
    kinds = {row.kind for row in await shop.rows(RowKind.WITHDRAW, RowKind.CRM_REMOVE)}
    assert kinds == {RowKind.WITHDRAW, RowKind.CRM_REMOVE}
    await shop.do(follow_tests)
    assert await gone(shop, client_id)


async def test_a_new_test_takes_the_place_of_the_one_before(shop: Shop) -> None:
    first = await begun(shop)
    second = await begun(shop)
    await swept(shop)
    assert await gone(shop, first)
    assert not await gone(shop, second)


async def test_not_a_client_ends_it_and_asks_no_manager(shop: Shop) -> None:
    client_id = await begun(shop)
    await shop.do(lambda work: not_a_client(work, shop.ada, work.offers.open_of([client_id])[client_id].id))
    await shop.do(follow_tests)
    assert (await state(shop)).state is ChannelTestState.CANCELLED
    assert not [row for row in await shop.rows(RowKind.NOTICE) if row.payload["staff_id"] == shop.maria.id]


async def test_what_a_killed_command_left_behind_is_swept_after_half_an_hour(shop: Shop) -> None:
    left = ChannelTest(shop.ada.id, shop.channel_id, "dead", ChannelTestState.RUNNING, shop.time.now)
    await writes_in(shop, left)
    [client] = await shop.do(lambda work: work.clients.tests())
    await swept(shop)
    assert not await gone(shop, client.id)
    shop.time.now += HALF_AN_HOUR
    await shop.do(follow_tests)
    await swept(shop)
    assert await gone(shop, client.id)


async def test_only_a_real_update_turns_it_green(shop: Shop) -> None:
    await begun(shop)
    assert (await state(shop)).real_at is None
    await shop.writes()
    await shop.do(follow_tests)
    found = await state(shop)
    assert found.real_at is not None
    assert found.hops == (Hop.RECEIVED,)


async def test_it_ends_when_its_admin_leaves(shop: Shop) -> None:
    client_id = await begun(shop)
    await accept(shop, client_id, shop.ada)
    await shop.do(lambda work: remove_admin(work, shop))
    await shop.do(follow_tests)
    await swept(shop)
    assert await gone(shop, client_id)


def remove_admin(work: Work, shop: Shop) -> None:
    set_staff(work, SetStaff(shop.maria.id, admin=True))
    assert remove_staff(work, RemoveStaff(shop.ada.id)) == 0


async def test_only_admins_begin_one_and_only_a_running_one_ends(shop: Shop) -> None:
    for act in (lambda work: begin_test(work, shop.maria, shop.channel_id), lambda work: end_test(work, shop.ada)):
        with pytest.raises(SalesError) as refused:
            await shop.do(act)
        assert isinstance(refused.value, (Forbidden, NotFound))
