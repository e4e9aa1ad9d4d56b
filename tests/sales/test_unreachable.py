"""A 403 says that somebody has blocked the bot; not when it is older than their coming back."""

from sales.outbox import Refused, Row, RowKind
from sales.ports import Work
from sales.use_cases.duty import start
from sales.use_cases.settle import settle_rows
from tests.sales.shop import Shop

FORBIDDEN = Refused("blocked", "Forbidden: bot was blocked by the user")


async def under_way(shop: Shop) -> Row:
    """A card for Anna whose answer is still to come."""
    await shop.writes("Hello")
    claimed = await shop.do(lambda work: work.outbox.claim("staff", work.now, 100))
    return next(row for row in claimed if row.kind is RowKind.CARD and row.payload["staff_id"] == shop.anna.id)


async def is_reachable(shop: Shop) -> bool:
    anna = await shop.do(lambda work: work.staff.get(shop.anna.id))
    assert anna is not None
    return anna.reachable


async def presses_start(shop: Shop) -> None:
    def press(work: Work) -> None:
        anna = work.staff.get(shop.anna.id)
        assert anna is not None
        start(work, anna)

    await shop.do(press)


async def test_who_blocked_the_bot_is_off_the_line_until_start(shop: Shop) -> None:
    row = await under_way(shop)
    await shop.do(lambda work: settle_rows(work, [(row, FORBIDDEN)]))
    assert not await is_reachable(shop)
    await presses_start(shop)
    assert await is_reachable(shop)


async def test_a_refusal_that_was_under_way_when_they_came_back_says_nothing(shop: Shop) -> None:
    row = await under_way(shop)
    shop.time.move(1)
    await presses_start(shop)
    await shop.do(lambda work: settle_rows(work, [(row, FORBIDDEN)]))
    assert await is_reachable(shop)
