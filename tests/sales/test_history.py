"""What was said before a channel was connected: kept in its place, and nobody is asked for anything."""

from dataclasses import replace

from sales.clients import Identity, IdentityKind
from sales.ids import Moment, later
from sales.incoming import ClientMoved, Incoming
from sales.messages import Content, MessageKind, Referral
from sales.outbox import RowKind
from sales.use_cases.accept import accept_offer
from sales.use_cases.receive import receive
from tests.sales.outside import ANN, DAY, client_of, conversation, outside, said, wrote
from tests.sales.shop import Shop


async def test_history_asks_nobody_for_anything(shop: Shop) -> None:
    old = later(shop.time.now, -3 * DAY)
    await shop.hears(wrote(shop, "Old question", "1", at=old, history=True))
    await shop.hears(outside(shop, "Old answer", "2", at=later(old, 60), history=True))
    client_id = await client_of(shop)
    client = await shop.client(client_id)
    assert (client.waiting_since, client.last_message_at) == (None, old)
    assert await shop.do(lambda work: work.offers.open_of([client_id])) == {}
    assert await shop.rows() == []
    kept = await conversation(shop)
    assert kept is not None
    assert kept.is_shut(shop.time.now)


async def test_history_stands_where_it_was_said_however_late_it_comes(shop: Shop) -> None:
    client_id = await shop.accepted("Now")
    for number, minutes in (("h3", 30), ("h1", 90), ("h2", 60)):
        at = later(shop.time.now, -60 * minutes)
        await shop.hears(wrote(shop, f"{minutes} minutes ago", number, at=at, history=True))
    messages = await said(shop, client_id)
    assert [one.content.text for one in messages] == ["90 minutes ago", "60 minutes ago", "30 minutes ago", "Now"]
    before = await shop.do(lambda work: work.messages.of_client(client_id, 2, messages[2].id))
    assert [one.content.text for one in before] == ["90 minutes ago", "60 minutes ago"]
    heard = await conversation(shop)
    assert heard is not None
    assert await shop.do(lambda work: work.messages.last_heard(heard.id)) == messages[-1].external_id


async def test_recent_history_says_that_the_client_may_be_written_to(shop: Shop) -> None:
    at = later(shop.time.now, -3600)
    await shop.hears(wrote(shop, "An hour ago", "1", at=at, history=True))
    kept = await conversation(shop)
    assert kept is not None
    assert kept.window_until == later(at, DAY)


async def test_a_closed_client_stays_closed(shop: Shop) -> None:
    client_id = await shop.accepted()
    closed = Moment(shop.time.now)
    client = await shop.client(client_id)
    await shop.do(lambda work: work.clients.save(replace(client, closed_at=closed, waiting_since=None)))
    await shop.hears(wrote(shop, "Old", "9", at=later(shop.time.now, -60), history=True))
    assert (await shop.client(client_id)).closed_at == closed


async def test_history_and_live_words_in_one_batch(shop: Shop) -> None:
    events = [
        wrote(shop, "Old", "1", at=later(shop.time.now, -7200), history=True),
        wrote(shop, "New", "2"),
        wrote(shop, "New", "2"),
    ]
    batch = [Incoming(shop.channel_id, f"u{place}", event, b"{}") for place, event in enumerate(events)]
    await shop.do(lambda work: receive(work, batch))
    client_id = await client_of(shop)
    assert [one.content.text for one in await said(shop, client_id)] == ["Old", "New"]
    assert client_id in await shop.do(lambda work: work.offers.open_of([client_id]))


async def test_a_conversation_is_found_under_its_former_address(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.hears(wrote(shop, "It is me", "2", address="US.1", aliases=("111",)))
    moved = await conversation(shop, "US.1")
    assert moved is not None
    assert moved.client_id == client_id
    assert await conversation(shop, "111") is None
    assert [one.content.text for one in await said(shop, client_id)] == ["Hello", "It is me"]


async def test_a_client_who_moves_keeps_their_conversation(shop: Shop) -> None:
    client_id = await shop.accepted()
    new = Identity(IdentityKind.PHONE, "+4930123456")
    await shop.hears(ClientMoved("111", "222", (new,), ANN.identities))
    moved = await conversation(shop, "222")
    assert moved is not None
    assert moved.client_id == client_id
    assert new in await shop.do(lambda work: work.clients.identities(client_id))
    assert [row.payload["name"] for row in await shop.rows(RowKind.NOTICE)].count("client_moved") == 1


async def test_two_conversations_stay_two_when_one_moves_to_the_other(shop: Shop) -> None:
    await shop.writes("Hello", 1, "111")
    await shop.writes("Hello", 2, "222")
    await shop.hears(ClientMoved("111", "222", ()))
    assert await client_of(shop, "111") != await client_of(shop, "222")


async def test_the_advertisement_that_brought_a_client_is_noted_in_the_crm(shop: Shop) -> None:
    referral = Referral("https://fb.me/x", "77", "Blue shoes", click_id="clid-1")
    client_id = await shop.writes(Content(MessageKind.TEXT, "Hello", referral=referral))
    assert await shop.rows(RowKind.CRM_NOTE) == [], "there is no lead to note it on yet"
    offers = await shop.do(lambda work: work.offers.open_of([client_id]))
    await shop.do(lambda work: accept_offer(work, shop.anna, offers[client_id].id))
    rows = await shop.rows(RowKind.CRM_ACCEPT, RowKind.CRM_NOTE)
    assert [row.kind for row in rows] == [RowKind.CRM_ACCEPT, RowKind.CRM_NOTE]
    note = str(rows[1].payload["text"])
    assert "Blue shoes" in note
    assert "ctwa_clid: clid-1" in note
    again = replace(referral, headline="Red shoes")
    await shop.writes(Content(MessageKind.TEXT, "And these?", referral=again), 2)
    (second,) = await shop.rows(RowKind.CRM_NOTE)
    assert "Red shoes" in str(second.payload["text"])


async def test_a_missed_call_is_offered_like_a_message(shop: Shop) -> None:
    client_id = await shop.writes(Content(MessageKind.CALL))
    assert client_id in await shop.do(lambda work: work.offers.open_of([client_id]))
    assert (await shop.client(client_id)).waiting_since == shop.time.now
