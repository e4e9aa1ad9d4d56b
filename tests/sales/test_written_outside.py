"""Our side writes on the phone or in the account itself: kept, shown, never sent; and our own words come back."""

from dataclasses import replace

from sales.ids import Moment, OutboxId, PostId, later
from sales.messages import Direction, MessageStatus
from sales.offers import OfferState
from sales.outbox import RowKind
from sales.ports import Work
from sales.use_cases.talk import StaffPost, staff_wrote
from tests.sales.outside import client_of, conversation, message_row, outside, said, status, text, wrote
from tests.sales.shop import Shop, photo


async def test_it_is_shown_to_the_owner_and_the_client_waits_no_longer(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.rows()
    await shop.hears(outside(shop, "We open at ten", "o1"))
    kept = (await said(shop, client_id))[-1]
    assert (kept.direction, kept.status, kept.author_id) == (Direction.OUT, MessageStatus.SENT, None)
    assert (await shop.client(client_id)).waiting_since is None
    rows = await shop.rows(RowKind.RELAY, RowKind.MESSAGE)
    assert [(row.kind, row.payload["staff_id"], row.payload["sound"]) for row in rows] == [
        (RowKind.RELAY, shop.anna.id, False)
    ]


async def test_an_open_offer_stays_open_and_its_cards_say_what_was_written(shop: Shop) -> None:
    client_id = await shop.writes("Hello")
    await shop.rows()
    await shop.hears(outside(shop, "We open at ten", "o1"))
    offer = (await shop.do(lambda work: work.offers.open_of([client_id])))[client_id]
    assert offer.state is OfferState.OPEN
    assert {row.payload["staff_id"] for row in await shop.rows(RowKind.CARD)} == {shop.anna.id}
    assert (await shop.client(client_id)).waiting_since is None


async def test_whom_we_wrote_to_first_is_offered_when_they_answer(shop: Shop) -> None:
    await shop.hears(outside(shop, "Good morning", "o1"))
    client_id = await client_of(shop)
    kept = await conversation(shop)
    assert kept is not None
    assert kept.is_shut(shop.time.now), "nothing may be written freely before they answer"
    assert await shop.do(lambda work: work.offers.open_of([client_id])) == {}
    assert (await shop.client(client_id)).waiting_since is None
    await shop.hears(wrote(shop, "Good morning!", "1"))
    assert client_id in await shop.do(lambda work: work.offers.open_of([client_id]))


async def test_what_was_written_before_the_clients_newest_word_answers_nothing(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.hears(outside(shop, "Late to arrive", "o1", at=later(shop.time.now, -60)))
    assert (await shop.client(client_id)).waiting_since is not None


async def test_the_same_message_told_again_changes_nothing(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.hears(outside(shop, "We open at ten", "o1"))
    await shop.rows()
    await shop.hears(outside(shop, "We open at ten", "o1"))
    assert len(await said(shop, client_id)) == 2
    assert await shop.rows(RowKind.RELAY) == []


async def test_a_row_whose_answer_was_lost_is_settled_by_its_echo(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    row_id = await message_row(shop, message)
    await shop.hears(outside(shop, "Yes", "o1", row_id=row_id))
    kept = await said(shop, client_id)
    assert [(one.content.text, one.external_id) for one in kept] == [("Hello", "1"), ("Yes", "o1")]
    assert kept[-1].status is MessageStatus.SENT
    assert kept[-1].author_id == shop.anna.id
    assert await shop.do(lambda work: work.outbox.get(row_id)) is None, "it is not sent again"


async def test_a_status_that_names_the_row_settles_it_too(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    row_id = await message_row(shop, message)
    await shop.hears(status("o1", "delivered", row_id=row_id))
    kept = (await said(shop, client_id))[-1]
    assert (kept.external_id, kept.status) == ("o1", MessageStatus.DELIVERED)
    assert await shop.do(lambda work: work.outbox.get(row_id)) is None


async def test_parts_that_leave_one_by_one_are_settled_in_their_order(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.answers(client_id, text("Look"), 900)

    def two(work: Work) -> None:
        for post in (901, 902):
            staff_wrote(work, shop.anna, StaffPost(PostId(post), photo(str(post), "staff"), 77, album="a"))

    await shop.rows()
    await shop.do(two)
    (row,) = await rows_of(shop)
    await shop.hears(status("x", "sent", row_id=row))
    assert await shop.do(lambda work: work.outbox.get(row)) is not None, "the second has to follow"
    await shop.hears(status("y", "sent", row_id=row))
    assert [one.external_id for one in (await said(shop, client_id))[-2:]] == ["x", "y"]
    assert await shop.do(lambda work: work.outbox.get(row)) is None


async def rows_of(shop: Shop) -> list[OutboxId]:
    """What waits to leave by the channel."""
    later_on = Moment(shop.time.now + 10_000)

    def claim(work: Work) -> list[OutboxId]:
        for media_id in range(1, 9):
            work.outbox.media_settled(media_id)
        return [row.id for row in work.outbox.claim(f"channel:{shop.channel_id}", later_on, 9)]

    return await shop.do(claim)


async def test_a_row_of_another_channel_or_one_that_never_was_settles_nothing(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    await shop.hears(status("o1", "sent", row_id=OutboxId(9999)))
    crm = await shop.do(lambda work: work.outbox.claim("staff", work.now, 1))
    await shop.hears(status("o1", "sent", row_id=crm[0].id))
    found = await shop.do(lambda work: work.messages.get(message.id))
    assert found is not None
    assert found.status is MessageStatus.QUEUED


async def test_an_echo_that_came_without_the_row_leaves_its_id_where_it_is(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    await shop.hears(outside(shop, "Yes", "o1"))
    await shop.do(lambda work: work.messages.settle(message.id, MessageStatus.SENT, "o1", None))
    found = await shop.do(lambda work: work.messages.get(message.id))
    assert found is not None
    assert (found.status, found.external_id) == (MessageStatus.SENT, None)


async def test_statuses_never_go_back(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    await shop.do(lambda work: work.messages.settle(message.id, MessageStatus.SENT, "o1", None))
    for what in ("read", "delivered", "sent", "failed", "read"):
        await shop.hears(status("o1", what, "undeliverable x" if what == "failed" else None))
    kept = (await said(shop, client_id))[-1]
    assert (kept.status, kept.problem) == (MessageStatus.READ, None)
    assert await told(shop, "failed") == 0


async def test_one_that_fails_later_is_told_once_and_holds_what_follows(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, text("Yes"))
    await shop.rows()
    await shop.do(lambda work: work.messages.settle(message.id, MessageStatus.SENT, "o1", None))
    await shop.answers(client_id, text("And more"), 901)
    for _ in range(2):
        await shop.hears(status("o1", "failed", "blocked the client is gone"))
    rows = await shop.rows()
    (notice,) = [row for row in rows if row.payload.get("name") == "failed"]
    assert (notice.payload["code"], notice.payload["reason"], notice.payload["held"]) == (
        "blocked",
        "the client is gone",
        1,
    )
    assert [row for row in rows if row.kind is RowKind.MESSAGE] == []


async def told(shop: Shop, name: str) -> int:
    return len([row for row in await shop.rows(RowKind.NOTICE) if row.payload["name"] == name])


async def test_a_message_that_comes_twice_is_relayed_once(shop: Shop) -> None:
    await shop.accepted()
    await shop.rows()
    event = wrote(shop, "Are you there?", "2")
    await shop.hears(event)
    assert len(await shop.rows(RowKind.RELAY)) == 1
    client_id = await client_of(shop)
    await shop.do(
        lambda work: work.clients.save(replace(work.clients.get_many([client_id])[client_id], waiting_since=None))
    )
    await shop.hears(event)
    assert await shop.rows(RowKind.RELAY) == []
    assert (await shop.client(client_id)).waiting_since is None


async def test_what_dibs_itself_said_comes_back_and_answers_nobody(shop: Shop) -> None:
    """“That file is too big” leaves by a row that is no message, and may be settled when its echo comes."""
    client_id = await shop.accepted()
    before = await said(shop, client_id)
    await shop.hears(outside(shop, "That file is too big", "own1", row_id=OutboxId(4711)))
    assert (await shop.client(client_id)).waiting_since is not None
    assert await said(shop, client_id) == before
