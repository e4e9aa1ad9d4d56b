"""What a change on the team does to what people see: cards, views, the line, managers; and what a removal leaves."""

from dataclasses import replace

import pytest

from sales.errors import Forbidden, Invalid, LastAdmin, NotFound
from sales.ids import ChannelId, OutboxId, StaffId
from sales.messages import MessageStatus
from sales.outbox import RowKind, RowState
from sales.ports import Work
from sales.staff import Role
from sales.use_cases.channels import remove_channel
from sales.use_cases.repair import retry_row
from sales.use_cases.team import (
    RemoveStaff,
    SetChannelRole,
    SetStaff,
    remove_staff,
    set_channel_role,
    set_staff,
)
from tests.sales.shop import Shop


async def concerning(shop: Shop, kind: RowKind, staff_id: StaffId) -> int:
    """How many rows of this kind are on their way to somebody."""
    return sum(row.payload.get("staff_id") == staff_id for row in await shop.rows(kind))


async def test_a_rep_who_loses_the_role_loses_cards_and_gets_them_back_with_it(shop: Shop) -> None:
    await shop.writes("Hello")
    assert await concerning(shop, RowKind.CARD, shop.anna.id) == 1
    await shop.do(lambda work: set_staff(work, SetStaff(shop.anna.id, role=None)))
    assert await concerning(shop, RowKind.CARD, shop.anna.id) == 1
    await shop.do(lambda work: set_staff(work, SetStaff(shop.anna.id, role=Role.REP)))
    assert await concerning(shop, RowKind.CARD, shop.anna.id) == 1


async def test_switching_off_new_clients_takes_cards_away_but_no_clients(shop: Shop) -> None:
    await shop.accepted()
    await shop.writes("Hi", number=2, address="222")
    await shop.rows()
    await shop.do(lambda work: set_staff(work, SetStaff(shop.anna.id, receives_new_clients=False)))
    kinds = {row.kind for row in await shop.rows() if row.payload.get("staff_id") == shop.anna.id}
    assert kinds == {RowKind.CARD}


async def test_an_owner_without_access_loses_the_view_and_managers_are_asked(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.rows()
    command = SetChannelRole(shop.anna.id, shop.channel_id, no_access=True)
    await shop.do(lambda work: set_channel_role(work, command))
    rows = await shop.rows()
    mine = {row.kind for row in rows if row.payload.get("staff_id") == shop.anna.id}
    assert RowKind.WITHDRAW in mine
    notices = {(row.payload["staff_id"], row.payload["name"]) for row in rows if row.kind is RowKind.NOTICE}
    assert (shop.maria.id, "owner_may_not_write") in notices
    assert (await shop.client(client_id)).owner_id == shop.anna.id


async def test_a_removal_asks_first_who_gets_the_clients(shop: Shop) -> None:
    client_id = await shop.accepted()
    with pytest.raises(Invalid, match="who_gets_clients"):
        await shop.do(lambda work: remove_staff(work, RemoveStaff(shop.anna.id)))
    assert (await shop.client(client_id)).owner_id == shop.anna.id


async def test_clients_are_given_on_and_the_heir_is_told_once(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.rows()
    moved = await shop.do(lambda work: remove_staff(work, RemoveStaff(shop.anna.id, give_to=shop.maria.id)))
    rows = await shop.rows()
    assert moved == 1
    assert (await shop.client(client_id)).owner_id == shop.maria.id
    assert any(row.kind is RowKind.WITHDRAW and row.payload["staff_id"] == shop.anna.id for row in rows)
    assert [row.payload["count"] for row in rows if row.payload.get("name") == "clients_given"] == [1]


async def test_a_waiting_client_of_whoever_leaves_is_offered_again(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.do(lambda work: remove_staff(work, RemoveStaff(shop.anna.id, offer_again=True)))
    assert (await shop.client(client_id)).owner_id is None
    assert client_id in await shop.do(lambda work: work.offers.open_of([client_id]))


async def test_clients_are_not_given_to_somebody_who_may_not_write(shop: Shop) -> None:
    await shop.accepted()
    await shop.do(lambda work: set_staff(work, SetStaff(shop.maria.id, role=Role.QUALITY_CONTROL)))
    with pytest.raises(Invalid, match="heir_may_not_write"):
        await shop.do(lambda work: remove_staff(work, RemoveStaff(shop.anna.id, give_to=shop.maria.id)))


async def test_only_admins_change_the_team_and_the_last_one_stays(shop: Shop) -> None:
    with pytest.raises(Forbidden):
        await shop.do(lambda work: set_staff(work, SetStaff(shop.anna.id, admin=True, by_id=shop.maria.id)))
    with pytest.raises(LastAdmin):
        await shop.do(lambda work: set_staff(work, SetStaff(shop.ada.id, admin=False, by_id=shop.ada.id)))


async def test_a_removed_channel_withdraws_its_offers(shop: Shop) -> None:
    client_id = await shop.writes("Hello")
    await shop.do(lambda work: remove_channel(work, ChannelId(shop.channel_id)))
    assert not await shop.do(lambda work: work.offers.open_of([client_id]))


async def test_a_row_that_was_given_up_leaves_again_when_told(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.rows()
    content = replace((await shop.do(lambda work: work.messages.of_client(client_id, 1)))[0].content, text="Yes")
    message = await shop.answers(client_id, content)

    def give_up(work: Work) -> OutboxId:
        (row,) = work.outbox.claim(f"channel:{shop.channel_id}", work.now, 10)
        work.outbox.finish(row.id, RowState.DEAD, "gave_up")
        work.messages.settle(message.id, MessageStatus.FAILED, None, "gave_up")
        return row.id

    dead = await shop.do(give_up)
    await shop.do(lambda work: retry_row(work, dead))
    assert [row.payload["message_id"] for row in await shop.rows(RowKind.MESSAGE)] == [message.id]
    with pytest.raises(NotFound, match="row in the outbox"):
        await shop.do(lambda work: retry_row(work, dead))
