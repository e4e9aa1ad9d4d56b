"""A platform repeats the edits that we made there: what staff have written since stands."""

from sales.ids import ClientId, Moment, PostId
from sales.incoming import ClientEdited
from sales.messages import Content, Entity, Message, MessageKind
from sales.outbox import Sent
from sales.use_cases.amend import staff_edited
from sales.use_cases.settle import settle_rows
from sales.views.outgoing import outgoing_change
from tests.sales.outside import said, text
from tests.sales.shop import Shop, photo

POST = 900


async def leaves(shop: Shop, sent: Sent) -> None:
    """What waits for the channel goes, and is settled."""
    rows = await shop.do(lambda work: work.outbox.claim(f"channel:{shop.channel_id}", work.now, 9))
    await shop.do(lambda work: settle_rows(work, [(row, sent) for row in rows]))


async def edits(shop: Shop, content: Content) -> None:
    shop.time.move(1)
    assert await shop.do(lambda work: staff_edited(work, shop.anna, PostId(POST), content))


async def told(shop: Shop, content: Content) -> None:
    await shop.hears(ClientEdited("111", "own1", content, Moment(shop.time.now)))


async def answered(shop: Shop, content: Content) -> tuple[ClientId, Message]:
    """Anna's answer has left as ``own1``."""
    client_id = await shop.accepted()
    await shop.rows()
    message = await shop.answers(client_id, content, POST)
    await shop.do(lambda work: work.outbox.media_settled(message.media_id or 0))
    await leaves(shop, Sent(("own1",)))
    return client_id, message


async def test_a_newer_edit_leaves_although_the_one_before_is_repeated(shop: Shop) -> None:
    _, message = await answered(shop, text("At 10"))
    await edits(shop, text("At 11"))
    await leaves(shop, Sent())
    await edits(shop, text("At 12"))
    await told(shop, text("At 11"))
    out = await shop.do(outgoing_change(message.id))
    assert out is not None
    assert out.parts[0].content.text == "At 12"


async def test_formatting_is_not_taken_for_other_words(shop: Shop) -> None:
    client_id, _ = await answered(shop, text("At 10"))
    bold = Content(MessageKind.TEXT, "now bold", (Entity("bold", 4, 4),))
    await edits(shop, bold)
    await told(shop, text("now *bold*"))
    assert (await said(shop, client_id))[-1].content == bold


async def test_what_is_changed_on_the_phone_is_shown(shop: Shop) -> None:
    client_id, _ = await answered(shop, text("At 10"))
    await told(shop, text("At 9, sorry"))
    assert (await said(shop, client_id))[-1].content.text == "At 9, sorry"


async def test_another_picture_under_the_same_words_is_shown(shop: Shop) -> None:
    client_id, _ = await answered(shop, photo("first", "staff", "look"))
    await told(shop, photo("second", f"channel:{shop.channel_id}", "look"))
    file = (await said(shop, client_id))[-1].content.file
    assert file is not None
    assert file.source == "second"
