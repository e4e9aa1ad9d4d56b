"""A file that can't be fetched for a while holds up neither the words nor what the client says after it."""

from sales.ids import MediaId, OutboxId
from sales.outbox import Retry, Row, RowKind, Sent
from sales.ports import Work
from sales.use_cases.settle import settle_rows
from tests.sales.shop import Shop, photo

CHANNEL = "channel:1"


async def fetching(shop: Shop) -> Row:
    """Anna owns the client, who has just sent a photo: its fetch is under way."""
    await shop.accepted()
    await shop.rows()
    await shop.writes(photo("slow", CHANNEL, "look"), number=2)

    def claim(work: Work) -> Row:
        return work.outbox.claim(f"files:{CHANNEL}", work.now, 1)[0]

    return await shop.do(claim)


async def fails(shop: Shop, row: Row) -> Row:
    await shop.do(lambda work: settle_rows(work, [(row, Retry("503", 1.0))]))
    shop.time.move(2)
    return await shop.do(lambda work: work.outbox.claim(row.lane, work.now, 1)[0])


async def shown(shop: Shop) -> list[object]:
    """The messages whose relays may leave now."""

    def claim(work: Work) -> list[Row]:
        rows = list(work.outbox.claim("staff", work.now, 100))
        work.outbox.finish_sent([OutboxId(row.id) for row in rows])
        return rows

    found = []
    while rows := await shop.do(claim):
        found += [row.payload["message_id"] for row in rows if row.kind is RowKind.RELAY]
    return found


async def test_it_is_waited_for_a_moment_and_then_shown_without(shop: Shop) -> None:
    row = await fetching(shop)
    await shop.writes("are you there?", number=3)
    row = await fails(shop, row)
    assert await shown(shop) == []
    shop.time.move(30)
    await fails(shop, row)
    assert len(await shown(shop)) == 2


async def test_it_is_shown_when_it_comes_after_all(shop: Shop) -> None:
    row = await fetching(shop)
    shop.time.move(30)
    row = await fails(shop, row)
    await shown(shop)
    done = Sent(facts={"sha256": "f" * 64, "size": 3})
    await shop.do(lambda work: settle_rows(work, [(row, done)]))
    (edit,) = await shop.rows(RowKind.RELAY_EDIT)
    assert edit.payload["late_file"]
    media = await shop.do(lambda work: work.messages.of_media(MediaId(int(row.payload["media_id"] or 0))))
    assert media is not None
    assert edit.payload["message_id"] == media.id


async def test_one_that_comes_in_time_is_shown_once(shop: Shop) -> None:
    row = await fetching(shop)
    await shop.do(lambda work: settle_rows(work, [(row, Sent(facts={"sha256": "f" * 64, "size": 3}))]))
    assert await shop.rows(RowKind.RELAY_EDIT) == []
