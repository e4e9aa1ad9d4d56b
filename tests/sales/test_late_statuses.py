"""What a platform tells of our messages late, twice, or before its own answer."""

from sales.ids import ClientId, Moment
from sales.messages import Message, MessageStatus
from sales.outbox import Row, Sent
from sales.ports import Work
from sales.use_cases.amend import retry_message
from sales.use_cases.settle import settle_rows
from tests.sales.outside import said, status, text, wrote
from tests.sales.shop import Shop


async def test_what_failed_is_not_sent_again_by_a_late_status(shop: Shop) -> None:
    client_id, row = await under_way(shop)
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("o1",)))]))
    await shop.hears(status("o1", "failed", "window too late"))
    await shop.hears(status("o1", "sent"))
    await fails(shop, client_id)


async def test_what_failed_before_the_answer_was_taken_in_stays_failed(shop: Shop) -> None:
    client_id, row = await under_way(shop)
    await shop.hears(status("o1", "failed", "window too late", row_id=row.id))
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("o1",)))]))
    await fails(shop, client_id)


async def test_what_failed_and_arrived_all_the_same_is_delivered(shop: Shop) -> None:
    client_id, row = await under_way(shop)
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("o1",)))]))
    await shop.hears(status("o1", "failed", "window too late"))
    await shop.hears(status("o1", "delivered"))
    assert (await newest(shop, client_id)).status is MessageStatus.DELIVERED


async def test_what_fails_again_before_its_second_answer_was_taken_in_stays_failed(shop: Shop) -> None:
    client_id, row = await under_way(shop)
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("o1",)))]))
    await shop.hears(status("o1", "failed", "undeliverable not now"))
    message = await newest(shop, client_id)
    await shop.do(lambda work: retry_message(work, shop.anna, message.id))
    again = await leaving(shop, message)
    await shop.hears(status("o2", "failed", "window too late", row_id=again.id))
    await shop.do(lambda work: settle_rows(work, [(again, Sent(("o2",)))]))
    await fails(shop, client_id)


async def under_way(shop: Shop) -> tuple[ClientId, Row]:
    """Anna's answer has left, and nobody has said yet how it fared."""
    client_id = await shop.accepted()
    await shop.hears(wrote(shop, "Do you have shoes?", "2"))
    await shop.rows()
    return client_id, await leaving(shop, await shop.answers(client_id, text("Yes")))


async def leaving(shop: Shop, message: Message) -> Row:
    def claim(work: Work) -> Row:
        rows = work.outbox.claim(f"channel:{shop.channel_id}", Moment(work.now + 10_000), 9)
        (found,) = (row for row in rows if row.payload.get("message_id") == message.id)
        return found

    return await shop.do(claim)


async def newest(shop: Shop, client_id: ClientId) -> Message:
    return (await said(shop, client_id))[-1]


async def fails(shop: Shop, client_id: ClientId) -> None:
    message = await newest(shop, client_id)
    assert (message.status, message.problem) == (MessageStatus.FAILED, "window too late")
