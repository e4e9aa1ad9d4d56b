"""Linking a phone: the page follows what the gateway says, and ends by itself; whoever has the code has the account."""

from dataclasses import replace

from sales.ids import Moment, OutboxId, PostId
from sales.outbox import STAFF_LANE, Row, RowKind, Sent
from sales.ports.channels import Link, LinkState
from sales.ports.people import Dialog
from sales.use_cases.channel_form import LINK_FORM, open_form
from sales.use_cases.channel_problem import NoteChannelProblem, note_channel_problem
from sales.use_cases.channels import remove_channel
from sales.use_cases.phone_link import LINK_SECONDS, begin_link, end_links, link_page_sent, note_link
from tests.sales.shop import Shop

FIRST, SECOND = PostId(70), PostId(71)


async def begun(shop: Shop, *, setup: bool = False) -> None:
    """The page stands as post 70."""
    await shop.do(lambda work: begin_link(work, shop.ada, shop.channel_id, None, setup=setup))
    await stands(shop, FIRST)
    await shop.rows()


async def stands(shop: Shop, post: PostId) -> None:
    [asked] = [row for row in await shop.rows(RowKind.SCREEN) if row.payload["name"] == "channel_phone"][:1]
    payload, now = asked.payload, shop.time.now
    row = Row(OutboxId(1), STAFF_LANE, "s", RowKind.SCREEN, payload, 1, None, 1, False, now, now)
    await shop.do(lambda work: link_page_sent(work, row, Sent((str(post),), {"post_id": post})))


async def says(shop: Shop, state: LinkState, picture: bytes | None = None, account: str | None = None) -> None:
    link = Link(state, picture, account)
    await shop.do(lambda work: note_link(work, shop.ada.id, shop.channel_id, link))


async def form(shop: Shop) -> Dialog | None:
    return await shop.do(lambda work: open_form(work, shop.ada.id, LINK_FORM))


async def left(shop: Shop) -> list[tuple[str, object, object]]:
    """What leaves: posts taken away, and pages with the post that they are edited into."""
    rows = await shop.rows(RowKind.SCREEN, RowKind.ERASE)
    return [(str(row.kind), row.payload.get("name"), row.payload.get("post_id")) for row in rows]


async def test_the_page_is_edited_only_when_something_has_changed(shop: Shop) -> None:
    await begun(shop)
    await says(shop, LinkState.SCAN, b"one")
    assert await left(shop) == [("screen", "channel_phone", FIRST)]
    await says(shop, LinkState.SCAN, b"one")
    assert await left(shop) == []
    await says(shop, LinkState.SCAN, b"two")
    assert await left(shop) == [("screen", "channel_phone", FIRST)]


async def test_a_page_that_had_to_be_posted_anew_replaces_the_old_one(shop: Shop) -> None:
    await begun(shop)
    await says(shop, LinkState.SCAN, b"one")
    await stands(shop, SECOND)
    assert ("erase", None, FIRST) in await left(shop)
    found = await form(shop)
    assert found is not None
    assert found.data["page"] == str(SECOND)


async def test_a_code_that_nobody_uses_is_taken_away_after_some_minutes(shop: Shop) -> None:
    await begun(shop)
    await shop.do(end_links)
    assert await left(shop) == []
    shop.time.now = Moment(shop.time.now + LINK_SECONDS * 1000)
    await shop.do(end_links)
    assert await left(shop) == [("erase", None, FIRST), ("screen", "channel_phone", None)]
    assert await form(shop) is None


async def test_a_linked_phone_gives_its_number_and_the_set_up_goes_on(shop: Shop) -> None:
    await begun(shop, setup=True)
    await says(shop, LinkState.WORKING, account="+15551234567")
    assert await left(shop) == [("erase", None, FIRST), ("screen", "channel_name", None)]
    assert (await shop.channel()).account == "+15551234567"


async def test_a_channel_that_had_lost_its_phone_works_again(shop: Shop) -> None:
    lost = NoteChannelProblem(shop.channel_id, "logged_out", broken=True)
    await shop.do(lambda work: note_channel_problem(work, lost))
    await begun(shop)
    await says(shop, LinkState.WORKING)
    channel = await shop.channel()
    assert (channel.state, channel.problem) == ("active", None)


async def test_who_is_no_admin_any_more_links_nothing(shop: Shop) -> None:
    await begun(shop, setup=True)
    await shop.do(lambda work: work.staff.save(replace(shop.ada, admin=False)))
    await says(shop, LinkState.WORKING, account="+15551234567")
    assert await form(shop) is None
    assert (await shop.channel()).account == "@shop_bot"


async def test_a_channel_that_was_disconnected_meanwhile_is_linked_to_nothing(shop: Shop) -> None:
    await begun(shop, setup=True)
    await shop.do(lambda work: remove_channel(work, shop.channel_id))
    await says(shop, LinkState.WORKING)
    assert await form(shop) is None
