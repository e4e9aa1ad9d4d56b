"""What each person sees, from the first message on: real use cases on SQLite, the stand-in over HTTP."""

import pytest

from sales import outbox
from sales.errors import OfferTaken
from sales.ids import MessageId, PostId
from sales.incoming import ClientDeleted, ClientEdited, ClientReacted
from sales.messages import Content, MessageKind
from sales.outbox import Dropped, Refused, Retry, RowKind
from sales.staff import Role
from sales.use_cases.accept import accept_offer, not_a_client
from sales.use_cases.duty import set_duty
from sales.use_cases.handing import open_transferred, transfer
from sales.use_cases.talk import StaffPost, staff_wrote
from sales.use_cases.watching import watch
from tests.screens.office import ANNA, Office

MODES = pytest.mark.parametrize("topics", [True, False], ids=["topics", "flat"])


async def bots(talk) -> list[str]:  # type: ignore[no-untyped-def]  # a Talk
    return [m.text for m in await talk.messages() if m.from_bot and not m.service]


async def test_start_brings_the_menu_and_the_welcome_into_the_inbox(office: Office) -> None:
    _, boris = await office.hire(7001, "Boris", Role.REP)
    assert [topic.name for topic in await boris.topics()] == ["Inbox"]
    shown = await boris.last()
    assert shown.text.startswith("Hello, Boris.\nYou are a sales rep here.")
    assert shown.thread_id == (await boris.topics())[0].id
    menu = await boris.menu()
    assert "off" in menu
    assert "invite" not in menu


async def test_each_roles_menu_lists_its_own(office: Office) -> None:
    _, admin = await office.hire(7001, "Ada", None, admin=True)
    _, quality = await office.hire(7002, "Quinn", Role.QUALITY_CONTROL)
    assert "invite" in await admin.menu()
    assert "transfer" not in await quality.menu()
    assert "chats" in await quality.menu()


@MODES
async def test_everyone_eligible_gets_a_card_and_more_words_edit_it(office: Office, topics: bool) -> None:
    await office.topics(topics)
    _, boris = await office.hire(7001, "Boris", Role.REP)
    _, eva = await office.hire(7002, "Eva", Role.REP)
    await office.writes("Do you have blue shoes?")
    await office.deliver()
    await office.writes("Size 39 please")
    await office.deliver()
    for talk in (boris, eva):
        cards = [m for m in await talk.messages() if "New client ·" in m.text]
        assert len(cards) == 1
        assert cards[0].labels == ["✅ Accept", "Not a client"]
        assert cards[0].text.endswith("\n\nDo you have blue shoes?\nSize 39 please")
        assert "anna_k" not in cards[0].text
        assert not cards[0].silent


@MODES
async def test_accept_opens_the_conversation_for_one_and_shrinks_the_card_of_the_others(
    office: Office, topics: bool
) -> None:
    await office.topics(topics)
    boris_id, boris = await office.hire(7001, "Boris", Role.REP)
    eva_id, eva = await office.hire(7002, "Eva", Role.REP)
    client_id = await office.writes("Do you have blue shoes?")
    await office.deliver()
    office.watch.advance(48)
    offer = (await office.do(lambda work: work.offers.open_of([client_id])))[client_id]
    await office.do(lambda work: accept_offer(work, boris_id, offer.id))
    with pytest.raises(OfferTaken):
        await office.do(lambda work: accept_offer(work, eva_id, offer.id))
    await office.deliver()
    assert "Anna K · taken by Boris after" in (await eva.last()).text
    assert all("blue shoes" not in text for text in await bots(eva))
    header = next(m for m in await boris.messages() if m.text.startswith("Anna K · lead"))
    assert header.labels == ["Stage", "Transfer", "Note", "Close", "History", "No reply needed"]
    assert "@anna_k" in header.text
    assert header.pinned is topics
    relayed = await boris.last()
    if topics:
        assert [topic.name for topic in await boris.topics()] == ["Inbox", "Anna K · Telegram"]
        assert (relayed.text, relayed.thread_id) == ("Do you have blue shoes?", header.thread_id)
    else:
        assert relayed.text == "Anna K: Do you have blue shoes?"


async def accepted(office: Office, text: str = "Hello"):  # type: ignore[no-untyped-def]  # a client of Boris's
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    client_id = await office.writes(text)
    offer = (await office.do(lambda work: work.offers.open_of([client_id])))[client_id]
    await office.do(lambda work: accept_offer(work, boris, offer.id))
    await office.deliver()
    return boris, talk, client_id


async def test_later_words_edits_deletions_and_reactions_follow(office: Office) -> None:
    _, talk, _ = await accepted(office)
    await office.writes("Size 38")
    await office.deliver()
    second = str(office.received)
    edited = Content(MessageKind.TEXT, "Size 39")
    await office.happens(ClientEdited(ANNA, second, edited, office.watch.now))
    await office.deliver()
    assert (await talk.last()).text == "Size 39\n✏️ edited"
    await office.happens(ClientReacted(ANNA, second, "🔥"))
    await office.happens(ClientDeleted(ANNA, (second,)))
    await office.deliver()
    last = await talk.last()
    assert last.text == "Size 39\n🗑 deleted by the client"
    assert last.emojis == ["🔥"]


async def test_a_lost_topic_is_made_again_and_nothing_is_missing(office: Office) -> None:
    _, talk, _ = await accepted(office)
    lost = (await talk.topics())[-1]
    await talk.delete_topic(lost.id)
    await office.writes("Are you there?")
    await office.deliver()
    again = (await talk.topics())[-1]
    assert (again.name, again.id != lost.id) == ("Anna K · Telegram", True)
    there = [m.text for m in await talk.messages() if m.thread_id == again.id and not m.service]
    assert "Are you there?" in there
    assert any(text.startswith("Anna K · lead") for text in there)


async def test_a_chat_whose_topics_keep_failing_goes_flat_and_nothing_is_missing(office: Office) -> None:
    boris, talk, _ = await accepted(office)
    await talk.break_topics("main_chat")
    await office.writes("Are you there?")
    await office.deliver()
    assert (await office.again(boris)).flat
    assert "Anna K: Are you there?" in await bots(talk)


async def test_switching_topics_off_loses_nothing(office: Office) -> None:
    _, talk, _ = await accepted(office)
    await office.topics(False)
    await office.writes("Still here")
    await office.deliver()
    assert "Anna K: Still here" in await bots(talk)


@MODES
async def test_a_transfer_takes_the_view_away_and_opens_it_by_a_tap(office: Office, topics: bool) -> None:
    await office.topics(topics)
    boris, talk, client_id = await accepted(office, "my secret")
    eva, hers = await office.hire(7002, "Eva", Role.REP)
    await office.do(lambda work: transfer(work, boris, client_id, eva.id))
    await office.deliver()
    assert all("my secret" not in text for text in await bots(talk))
    given = await hers.last()
    assert (given.text, given.labels) == ("Boris gives Anna K to you.", ["Open"])
    await office.do(lambda work: open_transferred(work, eva, client_id))
    await office.deliver()
    assert any("my secret" in text for text in await bots(hers))


async def test_what_a_manager_writes_is_shown_to_the_owner_with_their_name(office: Office) -> None:
    _, talk, client_id = await accepted(office)
    maria, _ = await office.hire(7002, "Maria", Role.MANAGER)
    copies = await office.do(lambda work: work.topics.get(maria.id, client_id))
    assert copies is None
    await office.do(lambda work: watch(work, maria, client_id))
    await office.deliver()
    topic = await office.do(lambda work: work.topics.get(maria.id, client_id))
    assert topic is not None
    post = StaffPost(PostId(9001), Content(MessageKind.TEXT, "I'll help"), topic.thread_id)
    await office.do(lambda work: staff_wrote(work, maria, post))
    await office.deliver()
    assert "Maria (manager): I'll help" in await bots(talk)


async def test_whoever_goes_off_duty_loses_the_open_cards(office: Office) -> None:
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    await office.hire(7002, "Eva", Role.REP)
    await office.writes("secret words")
    await office.deliver()
    await office.do(lambda work: set_duty(work, boris, False))
    await office.deliver()
    assert (await talk.last()).text == "Anna K · no longer offered to you"


async def test_not_a_client_hides_the_reps_card_and_asks_the_manager(office: Office) -> None:
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    _, managers = await office.hire(7002, "Maria", Role.MANAGER)
    client_id = await office.writes("Buy our ads")
    await office.deliver()
    offer = (await office.do(lambda work: work.offers.open_of([client_id])))[client_id]
    await office.do(lambda work: not_a_client(work, boris, offer.id))
    await office.deliver()
    assert (await talk.last()).text.startswith("Anna K · not a client, you say")
    assert (await managers.last()).labels == ["Not a client", "It is a client"]


async def test_a_row_whose_view_is_gone_is_dropped(office: Office) -> None:
    boris, _ = await office.hire(7001, "Boris", Role.REP)
    client_id = await office.writes("Hello")
    await office.do(
        lambda work: work.outbox.put(
            [outbox.relay(boris.id, client_id, MessageId(1), True), outbox.header(boris.id, client_id)]
        )
    )
    await office.deliver()
    kinds = {row.kind: outcome for row, outcome in office.settled}
    assert isinstance(kinds[RowKind.RELAY], Dropped)
    assert isinstance(kinds[RowKind.HEADER], Dropped)


async def test_a_blocked_bot_ends_with_the_person_off_the_line(office: Office) -> None:
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    await talk.block()
    await office.writes("Hello")
    await office.deliver()
    assert any(isinstance(outcome, Refused) and outcome.code == "blocked" for _, outcome in office.settled)
    assert not (await office.again(boris)).reachable


async def test_a_429_delays_and_loses_nothing(office: Office) -> None:
    _, talk = await office.hire(7001, "Boris", Role.REP)
    await office.control.fault("sendMessage", "fail", code=429, description="Too Many Requests", retry_after=3)
    await office.writes("Hello")
    await office.deliver()
    assert any(isinstance(outcome, Retry) and outcome.freeze == "staff" for _, outcome in office.settled)
    assert "New client" in (await talk.last()).text


async def test_a_token_that_was_pasted_is_erased(office: Office) -> None:
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    pasted = await talk.write("600:SECRET")
    await office.do(lambda work: work.outbox.put([outbox.erase(boris.id, PostId(pasted.message_id))]))
    await office.deliver()
    assert (await talk.seen(pasted)).deleted


async def test_why_tells_how_a_client_came_to_whom(office: Office) -> None:
    boris, talk, client_id = await accepted(office)
    await office.do(lambda work: work.outbox.put([outbox.screen(boris.id, "why", str(client_id))]))
    await office.deliver()
    shown = (await talk.last()).text
    assert shown.startswith("Why Anna K went to whom\n")
    assert "Boris accepted the offer first" in shown


async def test_why_tells_a_stranger_to_the_client_nothing(office: Office) -> None:
    _, _, client_id = await accepted(office)
    eva, hers = await office.hire(7002, "Eva", Role.REP)
    await office.do(lambda work: work.outbox.put([outbox.screen(eva.id, "why", str(client_id))]))
    await office.deliver()
    assert (await hers.last()).text == "This client is not yours to see."


async def test_help_turns_the_page_in_place(office: Office) -> None:
    boris, talk = await office.hire(7001, "Boris", Role.REP)
    welcome = await talk.last()
    post_id = PostId(welcome.message_id)
    await office.do(lambda work: work.outbox.put([outbox.screen(boris.id, "help", "", post_id)]))
    await office.deliver()
    assert (await talk.seen(welcome)).text.startswith("What I can do\n")


async def test_a_client_known_by_phone_alone_shows_none_before_accept(office: Office) -> None:
    _, talk = await office.hire(7001, "Boris", Role.REP)
    await office.writes("Hi", name="+49 151 2345678", address="5552")
    await office.deliver()
    assert "Client · waits" in (await talk.last()).text
