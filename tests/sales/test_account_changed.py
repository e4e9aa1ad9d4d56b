"""An account tells how it fares: admins hear of it once, and once again when all is well."""

from sales.channels import ChannelState
from sales.incoming import AccountChanged
from sales.messages import MessageStatus
from sales.outbox import RowKind
from tests.sales.outside import client_of, outside, said, status, text
from tests.sales.shop import Shop


async def told(shop: Shop) -> list[tuple[object, object]]:
    rows = await shop.rows(RowKind.NOTICE)
    return [(row.payload["staff_id"], row.payload["name"]) for row in rows]


async def test_admins_are_told_once_and_again_when_it_is_well(shop: Shop) -> None:
    for problem in ("disconnected", "disconnected", None, None):
        await shop.hears(AccountChanged(problem))
    assert await told(shop) == [(shop.ada.id, "channel_broken"), (shop.ada.id, "channel_well")]
    assert (await shop.channel()).problem is None


async def test_what_the_account_broke_it_mends_itself(shop: Shop) -> None:
    await shop.hears(AccountChanged("disconnected", broken=True))
    assert (await shop.channel()).state is ChannelState.BROKEN
    await shop.hears(AccountChanged(None))
    assert (await shop.channel()).state is ChannelState.ACTIVE
    assert await told(shop) == [(shop.ada.id, "channel_broken"), (shop.ada.id, "channel_well")]


async def test_a_token_is_for_a_person_to_renew(shop: Shop) -> None:
    await shop.hears(AccountChanged("token", broken=True))
    await shop.hears(AccountChanged(None))
    assert (await shop.channel()).state is ChannelState.BROKEN


async def test_what_failed_outside_holds_up_nobody(shop: Shop) -> None:
    await shop.accepted()
    await shop.hears(outside(shop, "From the phone", "o1"))
    client_id = await client_of(shop)
    await shop.answers(client_id, text("From Dibs"))
    await shop.hears(status("o1", "failed", "blocked x"))
    assert [one.status for one in await said(shop, client_id)][1] is MessageStatus.FAILED
    assert len(await shop.rows(RowKind.MESSAGE)) == 1
