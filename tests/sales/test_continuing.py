"""A channel is lost: whoever writes to a client there may go on where else the client can be reached."""

import pytest

from sales.channels import ChannelState
from sales.clients import Conversation, Identity, IdentityKind
from sales.errors import Forbidden, Invalid, NotYours
from sales.ids import ChannelId, ClientId, Moment
from sales.incoming import ClientWrote, Incoming, Sender
from sales.messages import Content, MessageKind
from sales.outbox import Row, RowKind
from sales.use_cases.channel_problem import NoteChannelProblem, note_channel_problem
from sales.use_cases.channels import AddChannel, add_channel
from sales.use_cases.continuing import continue_on
from sales.use_cases.receive import receive
from tests.sales.shop import Shop

ANN = (Identity(IdentityKind.TELEGRAM, "111"), Identity(IdentityKind.PHONE, "+15551234567"))
YES = Content(MessageKind.TEXT, "Yes")


async def second_channel(shop: Shop) -> ChannelId:
    add = AddChannel("telegram", "Boutique", "601", {"token": "601:B"}, "@boutique_bot")
    return await shop.do(lambda work: add_channel(work, add))


async def writes_on(shop: Shop, channel_id: ChannelId, words: str, number: int) -> None:
    content = Content(MessageKind.TEXT, words)
    event = ClientWrote(f"on {channel_id}", str(number), Sender("Ann", ANN), content, Moment(shop.time.now))
    incoming = Incoming(channel_id, f"{channel_id}:{number}", event, b"{}")
    await shop.do(lambda work: receive(work, [incoming]))


async def known_on_both(shop: Shop) -> tuple[ClientId, ChannelId]:
    """Anna's client, who wrote to the other channel first, and to the shop last."""
    other = await second_channel(shop)
    client_id = await shop.accepted()
    shop.time.now = Moment(shop.time.now + 1000)
    await writes_on(shop, other, "Hello there", 1)
    shop.time.now = Moment(shop.time.now + 1000)
    await shop.writes("Blue shoes?", 2)
    await shop.rows()
    return client_id, other


async def lost(shop: Shop, problem: str = "logged_out") -> list[Row]:
    command = NoteChannelProblem(shop.channel_id, problem, broken=True)
    await shop.do(lambda work: note_channel_problem(work, command))
    return [row for row in await shop.rows(RowKind.NOTICE) if row.payload["name"] == "continue_elsewhere"]


async def goes_on(shop: Shop, client_id: ClientId, channel_id: ChannelId) -> None:
    conversation = await conversation_on(shop, client_id, channel_id)
    await shop.do(lambda work: continue_on(work, shop.anna, conversation.id))


async def conversation_on(shop: Shop, client_id: ClientId, channel_id: ChannelId) -> Conversation:
    found = await shop.do(lambda work: work.conversations.of_client(client_id))
    return next(one for one in found if one.channel_id == channel_id)


async def test_the_owner_is_offered_the_other_channel_and_goes_on_there(shop: Shop) -> None:
    client_id, other = await known_on_both(shop)
    [notice] = await lost(shop)
    assert (notice.payload["staff_id"], notice.payload["client_id"]) == (shop.anna.id, client_id)
    assert (notice.payload["channel_id"], notice.payload["lost"]) == (other, "Shop")
    await goes_on(shop, client_id, other)
    answer = await shop.answers(client_id, YES)
    assert answer.conversation_id == (await conversation_on(shop, client_id, other)).id


async def test_a_client_who_writes_elsewhere_again_is_answered_there(shop: Shop) -> None:
    client_id, other = await known_on_both(shop)
    await goes_on(shop, client_id, other)
    shop.time.now = Moment(shop.time.now + 1000)
    await shop.writes("Still here", 3)
    answer = await shop.answers(client_id, YES)
    assert answer.conversation_id == (await conversation_on(shop, client_id, shop.channel_id)).id


async def test_nothing_is_offered_where_no_other_channel_reaches_the_client(shop: Shop) -> None:
    await second_channel(shop)
    await shop.accepted()
    assert await lost(shop) == []


async def test_nothing_is_offered_for_a_trouble_that_passes(shop: Shop) -> None:
    await known_on_both(shop)
    assert await lost(shop, "token") == []


async def test_only_who_may_write_goes_on_and_only_where_it_works(shop: Shop) -> None:
    client_id, other = await known_on_both(shop)
    conversation = await conversation_on(shop, client_id, other)
    with pytest.raises(Forbidden):
        await shop.do(lambda work: continue_on(work, shop.ada, conversation.id))
    await shop.do(lambda work: work.channels.set_state(other, ChannelState.PAUSED))
    with pytest.raises(Invalid):
        await shop.do(lambda work: continue_on(work, shop.anna, conversation.id))
    await shop.do(lambda work: work.clients.hand_over(client_id, shop.anna.id, shop.maria.id))
    with pytest.raises(NotYours):
        await shop.do(lambda work: continue_on(work, shop.anna, conversation.id))
