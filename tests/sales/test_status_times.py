"""Since when a message of ours has its status: what the header's "read 12:05" speaks of."""

from sales.ids import Moment
from sales.messages import Content, Message, MessageKind, MessageStatus
from tests.sales.shop import Shop


async def test_each_status_counts_from_the_first_time_it_was_told(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, Content(MessageKind.TEXT, "Yes"))
    assert message.status_at is None
    sent = shop.time.move(10)
    await settled(shop, message, MessageStatus.SENT)
    read = shop.time.move(3600)
    await settled(shop, message, MessageStatus.READ)
    shop.time.move(60)
    assert await settled(shop, message, MessageStatus.READ) == read
    assert await settled(shop, message, MessageStatus.DELIVERED) == read, "a status never goes back"
    assert read > sent > message.said_at


async def test_one_that_is_tried_again_has_no_time_yet(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, Content(MessageKind.TEXT, "Yes"))
    assert await settled(shop, message, MessageStatus.FAILED) is not None
    await shop.do(lambda work: work.messages.requeue(message.id))
    found = await shop.do(lambda work: work.messages.get(message.id))
    assert found is not None
    assert found.status_at is None


async def settled(shop: Shop, message: Message, status: MessageStatus) -> Moment | None:
    await shop.do(lambda work: work.messages.settle(message.id, status, None, None))
    found = await shop.do(lambda work: work.messages.get(message.id))
    assert found is not None
    return found.status_at
