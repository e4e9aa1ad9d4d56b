"""A missed call is shown like a message, but the platform knows no message of its id."""

from sales.ids import MessageId, PostId
from sales.incoming import ClientWrote
from sales.messages import Content, MessageKind
from sales.ports import Work
from sales.use_cases.saying import Saying, say
from sales.use_cases.team_lookup import client_or_fail
from sales.views.outgoing import outgoing_message
from tests.sales.outside import ANN, said, text
from tests.sales.shop import Shop


async def test_an_answer_to_a_call_leaves_as_no_reply(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.hears(ClientWrote("111", "call:AB", ANN, Content(MessageKind.CALL), shop.time.now))
    call = (await said(shop, client_id))[-1]

    def answer(work: Work) -> MessageId:
        conversation = work.conversations.of_client(client_id)[0]
        words = Saying(text("You called?"), PostId(900), None, None, call.id)
        return say(work, shop.anna, client_or_fail(work, client_id), conversation, words)

    out = await shop.do(outgoing_message(await shop.do(answer)))
    assert out is not None
    assert out.reply_to is None
