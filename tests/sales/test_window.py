"""How long staff may write freely: what comes too late is held, told of, and goes when the client has written."""

from dataclasses import replace

import pytest

from sales.errors import Forbidden, Invalid
from sales.ids import ClientId, MessageId, later
from sales.messages import Content, MessageStatus, TemplateUse
from sales.outbox import Refused, RowKind
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.amend import drop_the_rest
from sales.use_cases.held_texts import held_in
from sales.use_cases.row_payload import message_of
from sales.use_cases.saying import Saying, say
from sales.use_cases.settle import settle_rows
from sales.use_cases.team_lookup import client_or_fail
from sales.use_cases.window import drop_held, send_held, watch_windows
from tests.sales.outside import DAY, conversation, message_row, said, status, text, wrote
from tests.sales.shop import Shop


async def owned(shop: Shop) -> ClientId:
    """Anna's client, who has just written."""
    client_id = await shop.accepted()
    await shop.hears(wrote(shop, "Do you have shoes?", "2"))
    await shop.rows()
    return client_id


async def names(shop: Shop) -> list[str]:
    return [str(row.payload["name"]) for row in await shop.rows(RowKind.NOTICE)]


async def test_a_message_opens_the_window_and_an_older_one_shortens_nothing(shop: Shop) -> None:
    await owned(shop)
    await shop.hears(wrote(shop, "An older one", "3", at=later(shop.time.now, -7200)))
    found = await conversation(shop)
    assert found is not None
    assert found.window_until == later(shop.time.now, DAY)


async def test_a_channel_without_windows_never_shuts(shop: Shop) -> None:
    client_id = await shop.accepted()
    shop.time.move(30 * DAY)
    message = await shop.answers(client_id, text("Still there?"))
    assert message.status is MessageStatus.QUEUED


async def test_a_text_that_comes_too_late_is_held_and_its_author_told_at_once(shop: Shop) -> None:
    client_id = await owned(shop)
    shop.time.move(DAY + 1)
    message = await shop.answers(client_id, text("Yes we do"), 900)
    assert (message.status, message.problem) == (MessageStatus.FAILED, "window")
    rows = await shop.rows()
    assert [row for row in rows if row.kind is RowKind.MESSAGE] == []
    (notice,) = [row for row in rows if row.kind is RowKind.NOTICE]
    assert (notice.payload["name"], notice.payload["reply_to"]) == ("window_shut", 900)
    assert (await shop.client(client_id)).waiting_since is not None, "they have got no answer"


async def test_held_texts_go_in_order_when_the_client_has_written_again(shop: Shop) -> None:
    client_id = await owned(shop)
    shop.time.move(DAY + 1)
    first = await shop.answers(client_id, text("Yes we do"), 900)
    await shop.answers(client_id, text("In blue"), 901)
    await shop.rows()
    with pytest.raises(Invalid):
        await shop.do(lambda work: send_held(work, shop.anna, first.id))
    await shop.hears(wrote(shop, "Hello?", "3"))
    rows = await shop.rows(RowKind.NOTICE, RowKind.RELAY)
    assert [row.payload.get("name") for row in rows] == [None, "window_open"], "the question stands under their words"
    assert rows[1].payload["count"] == 2
    assert await shop.do(lambda work: send_held(work, shop.anna, first.id)) == 2
    sent = await shop.rows(RowKind.MESSAGE)
    kept = {int(one.id): one.content.text for one in await said(shop, client_id)}
    assert [kept[int(row.payload["message_id"] or 0)] for row in sent] == ["Yes we do", "In blue"]
    assert (await shop.client(client_id)).waiting_since is None


async def test_held_texts_can_be_given_up(shop: Shop) -> None:
    client_id = await owned(shop)
    shop.time.move(DAY + 1)
    first = await shop.answers(client_id, text("Yes we do"))
    await shop.do(lambda work: drop_held(work, shop.anna, first.id))
    assert (await said(shop, client_id))[-1].status is MessageStatus.DROPPED
    await shop.rows()
    await shop.hears(wrote(shop, "Hello?", "3"))
    assert "window_open" not in await names(shop)


async def test_one_that_shuts_while_a_text_is_on_its_way(shop: Shop) -> None:
    """The platform is right: what it refuses for the window is held like what we did not even try."""
    client_id = await owned(shop)
    first = await shop.answers(client_id, text("one"), 900)
    second = await shop.answers(client_id, text("two"), 901)
    assert await refused(shop) == first.id
    assert await refused(shop) == second.id
    found = await conversation(shop)
    assert found is not None
    assert found.is_shut(shop.time.now)
    third = await shop.answers(client_id, text("three"), 902)
    assert third.status is MessageStatus.FAILED
    shop.time.move(60)
    await shop.hears(wrote(shop, "Hello?", "3"))
    await shop.do(lambda work: send_held(work, shop.anna, first.id))
    sent = await shop.rows(RowKind.MESSAGE)
    assert [row.payload["message_id"] for row in sent] == [first.id, second.id, third.id]


async def test_a_refusal_that_comes_after_the_platform_took_it(shop: Shop) -> None:
    client_id = await owned(shop)
    message = await shop.answers(client_id, text("one"), 900)
    row_id = await message_row(shop, message)
    await shop.hears(status("o1", "sent", row_id=row_id))
    await shop.hears(status("o1", "failed", "window Re-engagement message"))
    assert await names(shop) == ["window_shut"]
    found = await conversation(shop)
    assert found is not None
    held = await shop.do(lambda work: held_in(work, client_id, found.id))
    assert [one.id for one in held] == [message.id]


async def refused(shop: Shop) -> MessageId:
    """The next one leaves, and comes too late. Returns which."""

    def refuse(work: Work) -> MessageId:
        (row,) = work.outbox.claim(f"channel:{shop.channel_id}", work.now, 1)
        settle_rows(work, [(row, Refused("window", "131047"))])
        return message_of(row)

    return await shop.do(refuse)


async def test_a_template_leaves_behind_a_text_that_came_too_late(shop: Shop) -> None:
    client_id = await owned(shop)
    await shop.answers(client_id, text("Yes"))
    shop.time.move(DAY + 10)
    hello = replace(text("Hello from the shop"), template=TemplateUse("hello", "en"))
    template = await says(shop, shop.anna, client_id, hello)
    await refused(shop)
    assert [row.payload["message_id"] for row in await shop.rows(RowKind.MESSAGE)] == [template]


async def says(shop: Shop, staff: Staff, client_id: ClientId, content: Content) -> MessageId:
    def put(work: Work) -> MessageId:
        (conversation,) = work.conversations.of_client(client_id)
        return say(work, staff, client_or_fail(work, client_id), conversation, Saying(content))

    return await shop.do(put)


async def test_a_refusal_from_before_the_client_wrote_again_leaves_the_window_open(shop: Shop) -> None:
    client_id = await owned(shop)
    shop.time.move(DAY - 60)
    message = await shop.answers(client_id, text("Yes"))
    row_id = await message_row(shop, message)
    await shop.hears(status("o1", "sent", row_id=row_id))
    shop.time.move(120)
    await shop.hears(wrote(shop, "I am here again", "9"))
    await shop.hears(status("o1", "failed", "window Re-engagement message"))
    found = await conversation(shop)
    assert found is not None
    assert not found.is_shut(shop.time.now)
    assert await names(shop) == ["window_open"], "that one may be sent again"


async def test_what_is_given_up_is_ones_own(shop: Shop) -> None:
    client_id = await owned(shop)
    own = await shop.answers(client_id, text("Yes"))
    others = await says(shop, shop.maria, client_id, text("From Maria"))
    await refused(shop)
    await shop.do(lambda work: drop_held(work, shop.anna, own.id))
    assert [row.payload["message_id"] for row in await shop.rows(RowKind.MESSAGE)] == [others]


async def test_what_is_dropped_behind_a_failed_one_is_its_authors_and_the_others_leave(shop: Shop) -> None:
    client_id = await owned(shop)
    failed = await shop.answers(client_id, text("one"), 900)
    own = await shop.answers(client_id, text("two"), 901)
    others = await says(shop, shop.maria, client_id, text("From Maria"))

    def refuse(work: Work) -> None:
        (row,) = work.outbox.claim(f"channel:{shop.channel_id}", work.now, 1)
        settle_rows(work, [(row, Refused("bad_request", "no"))])

    await shop.do(refuse)
    assert await shop.rows(RowKind.MESSAGE) == []
    await shop.do(lambda work: drop_the_rest(work, shop.anna, failed.id))
    statuses = {one.id: one.status for one in await said(shop, client_id)}
    assert (statuses[failed.id], statuses[own.id]) == (MessageStatus.DROPPED, MessageStatus.DROPPED)
    assert [row.payload["message_id"] for row in await shop.rows(RowKind.MESSAGE)] == [others]


async def test_the_owner_is_told_once_before_it_closes_and_the_header_at_its_steps(shop: Shop) -> None:
    await owned(shop)
    headers, told = [], []
    for hour in range(1, 26):
        shop.time.move(3600)
        while await shop.do(watch_windows) == 200:
            pass
        rows = await shop.rows(RowKind.HEADER, RowKind.NOTICE)
        headers += [hour for row in rows if row.kind is RowKind.HEADER]
        told += [hour for row in rows if row.payload.get("name") == "window_closes"]
    assert headers == [12, 21, 23, 24]
    assert told == [23]


async def test_nobody_is_told_of_a_window_after_the_last_word_was_ours(shop: Shop) -> None:
    client_id = await owned(shop)
    await shop.answers(client_id, text("Yes"))
    for _ in range(25):
        shop.time.move(3600)
        await shop.do(watch_windows)
    assert "window_closes" not in await names(shop)


async def test_a_clients_next_message_starts_it_anew(shop: Shop) -> None:
    await owned(shop)
    shop.time.move(20 * 3600)
    await shop.do(watch_windows)
    await shop.rows()
    await shop.hears(wrote(shop, "Hello?", "3"))
    assert await shop.rows(RowKind.HEADER) != [], "the header says so"
    shop.time.move(10 * 3600)
    assert await shop.do(watch_windows) == 0


async def test_only_who_may_write_decides_about_held_texts(shop: Shop) -> None:
    client_id = await owned(shop)
    shop.time.move(DAY + 1)
    message = await shop.answers(client_id, text("Yes we do"))
    with pytest.raises(Forbidden):
        await shop.do(lambda work: send_held(work, shop.ada, message.id))
    with pytest.raises(Forbidden):
        await shop.do(lambda work: drop_held(work, shop.ada, message.id))
