"""Edits, deletions, reactions and withdrawals of what stands in a staff chat."""

from dataclasses import replace
from pathlib import Path

import pytest

from sales import outbox
from sales.ids import Moment, PostId
from sales.messages import Content, Location, Message, MessageKind
from sales.outbox import Dropped, Outcome, Retry, Sent
from sales.topics import CopyKind, MessageCopy
from sales.views.places import Place
from sales.views.reactions import ReactionView
from sales.views.relays import ChangeView, Part
from sales.views.withdrawals import WithdrawalView
from screens.reactions import send_reaction
from screens.relay_edits import send_relay_edit
from screens.withdraw import send_withdrawal
from tests.screens.conftest import Phone
from tests.screens.loaded import row
from tests.screens.people import ANNA, BORIS, NOW, message, place, said
from tests.screens.test_relays import Stage, a_file

FLAT = place(flat=True)
CHAT = BORIS.telegram_id


@pytest.fixture
def stage(phone: Phone, tmp_path: Path) -> Stage:
    return Stage(phone, tmp_path)


async def shown(stage: Stage, part: Message | Part) -> MessageCopy:
    """Relay it, and remember the post as storage would."""
    outcome = await stage.show(part)
    assert isinstance(outcome, Sent)
    media = isinstance(part, Part)
    one = part.message if isinstance(part, Part) else part
    return MessageCopy(BORIS.id, PostId(int(outcome.external_ids[0])), CopyKind.RELAY, ANNA.id, one.id, media=media)


async def change(stage: Stage, part: Message | Part, copy: MessageCopy) -> Outcome:
    whole = part if isinstance(part, Part) else Part(part, None)
    stage.given.view = ChangeView(FLAT, whole, ANNA, None, copy)
    return await send_relay_edit(stage.desk, row(outbox.relay_edit(BORIS.id, ANNA.id, 1)))


async def test_an_edit_changes_the_post_and_marks_it(stage: Stage) -> None:
    copy = await shown(stage, said("Size 38"))
    await change(stage, replace(said("Size 39"), edited_at=NOW), copy)
    assert (await stage.phone.chat.last()).text == "Anna K: Size 39\n✏️ edited"


async def test_a_deletion_keeps_the_words_and_says_who_deleted(stage: Stage) -> None:
    copy = await shown(stage, said("Size 38"))
    await change(stage, replace(said("Size 38"), deleted_at=NOW), copy)
    assert (await stage.phone.chat.last()).text == "Anna K: Size 38\n🗑 deleted by the client"


async def test_a_caption_is_edited_under_its_file(stage: Stage) -> None:
    part = a_file(MessageKind.PHOTO, stage.files.keep("f1"), "old")
    copy = await shown(stage, part)
    newer = replace(part, message=replace(part.message, content=replace(part.message.content, text="new")))
    await change(stage, replace(newer, message=replace(newer.message, edited_at=NOW)), copy)
    last = await stage.phone.chat.last()
    assert last.media is not None
    assert last.text == "Anna K: new\n✏️ edited"


async def test_the_deletion_of_what_has_no_words_is_a_reply(stage: Stage) -> None:
    place_ = message(Content(MessageKind.LOCATION, location=Location(52.5, 13.4)))
    copy = await shown(stage, place_)
    await change(stage, replace(place_, deleted_at=NOW), copy)
    last = await stage.phone.chat.last()
    assert (last.text, last.reply_to) == ("Anna K: 🗑 deleted by the client: 📍 location", copy.post_id)


async def test_an_edit_of_a_post_the_reader_deleted_is_posted_anew(stage: Stage) -> None:
    copy = await shown(stage, said("Size 38"))
    await stage.phone.telegram.delete(CHAT, [copy.post_id])
    await change(stage, replace(said("Size 39"), edited_at=NOW), copy)
    assert (await stage.phone.chat.last()).text == "Anna K: Size 39\n✏️ edited"


async def test_ones_own_post_is_left_alone(stage: Stage) -> None:
    copy = replace(await shown(stage, said("Hi")), kind=CopyKind.OWN)
    assert isinstance(await change(stage, replace(said("Hi"), deleted_at=NOW), copy), Dropped)


async def react(stage: Stage, copy: MessageCopy, emoji: str | None) -> Outcome:
    stage.given.view = ReactionView(FLAT, ANNA, copy.post_id, emoji)
    return await send_reaction(stage.desk, row(outbox.reaction(BORIS.id, ANNA.id, 1)))


async def test_a_clients_reaction_is_the_bots_and_goes_when_it_is_taken_back(stage: Stage) -> None:
    copy = await shown(stage, said("Hi"))
    await react(stage, copy, "👍")
    assert (await stage.phone.chat.last()).emojis == ["👍"]
    await react(stage, copy, None)
    assert (await stage.phone.chat.last()).emojis == []


async def test_a_reaction_telegram_does_not_have_is_a_line(stage: Stage) -> None:
    copy = await shown(stage, said("Hi"))
    await react(stage, copy, "🧦")
    last = await stage.phone.chat.last()
    assert (last.text, last.reply_to) == ("Anna K reacted with 🧦", copy.post_id)


async def withdraw(stage: Stage, where: Place, copies: list[MessageCopy], now: Moment = NOW) -> Outcome:
    stage.given.view = WithdrawalView(where, copies, None, "Maria", now)
    return await send_withdrawal(stage.desk, row(outbox.withdraw(BORIS.id, ANNA.id)))


async def test_a_topic_goes_with_all_that_stands_in_it(stage: Stage) -> None:
    thread = await stage.phone.telegram.create_topic(CHAT, "Anna K")
    await stage.show(said("secret"), where=place(thread_id=thread))
    assert await withdraw(stage, place(thread_id=thread), []) == Sent((), {"left": 0})
    assert await stage.phone.chat.topics() == []
    assert all(m.text != "secret" for m in await stage.phone.chat.messages())


async def test_a_topic_that_is_gone_already_is_withdrawn(stage: Stage) -> None:
    thread = await stage.phone.telegram.create_topic(CHAT, "Anna K")
    await stage.phone.chat.delete_topic(thread)
    assert await withdraw(stage, place(thread_id=thread), []) == Sent((), {"left": 0})


async def test_young_posts_of_the_flat_chat_are_deleted(stage: Stage) -> None:
    copies = [replace(await shown(stage, said(text)), posted_at=NOW) for text in ("one", "two")]
    assert await withdraw(stage, FLAT, copies) == Sent((), {"left": 0})
    assert not [m for m in await stage.phone.chat.messages() if m.from_bot]


async def test_older_posts_are_emptied_and_what_cannot_be_is_counted(stage: Stage) -> None:
    old = Moment(NOW - 3 * 86_400_000)
    parts: list[Message | Part] = [said("secret"), a_file(MessageKind.PHOTO, stage.files.keep("f1"), "secret too")]
    copies = [replace(await shown(stage, part), posted_at=old) for part in parts]
    own = await stage.phone.chat.write("my own words")
    copies.append(MessageCopy(BORIS.id, PostId(own.message_id), CopyKind.OWN, ANNA.id, posted_at=old))
    assert await withdraw(stage, FLAT, copies) == Sent((), {"left": 1})
    texts = [m.text for m in await stage.phone.chat.messages() if m.from_bot]
    assert texts == ["Conversation moved to Maria"] * 2
    blank = await stage.phone.chat.seen(copies[1].post_id)
    assert (await stage.phone.chat.download(blank)).startswith(b"\x89PNG\r\n")


async def test_many_older_posts_are_emptied_a_few_at_a_time(stage: Stage) -> None:
    old = Moment(NOW - 3 * 86_400_000)
    copies = [replace(await shown(stage, said(f"secret {n}")), posted_at=old) for n in range(12)]
    assert isinstance(await withdraw(stage, FLAT, copies), Retry)
    assert await withdraw(stage, FLAT, copies[10:]) == Sent((), {"left": 0})
    assert {m.text for m in await stage.phone.chat.messages() if m.from_bot} == {"Conversation moved to Maria"}
