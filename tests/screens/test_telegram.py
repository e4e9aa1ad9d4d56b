"""The staff bot's calls against the stand-in: where a post lands, and what errors come to."""

import pytest

from sales.ids import PostId, StaffId
from sales.messages import Entity
from sales.outbox import Refused, Retry
from screens.buttons import Accept
from screens.failures import AnswerLost, PostGone, Refusal, ThreadLost, TryLater
from screens.post import Button, Post
from tests.screens.conftest import Phone
from tests.screens.people import BORIS, place

FLAT = place(flat=True)


async def test_a_post_arrives_with_its_formatting_and_buttons(phone: Phone) -> None:
    keyboard = ((Button("✅ Accept", Accept(offer=9), style="success"),),)
    await phone.telegram.send(FLAT, Post("👍 <3 *_[", (Entity("bold", 3, 2),), keyboard))
    shown = await phone.chat.last()
    assert (shown.text, shown.labels, shown.silent) == ("👍 <3 *_[", ["✅ Accept"], True)
    assert shown.entities == [{"type": "bold", "offset": 3, "length": 2}]


async def test_only_a_post_with_sound_rings(phone: Phone) -> None:
    await phone.telegram.send(FLAT, Post("quiet"))
    await phone.telegram.send(FLAT, Post("loud", sound=True))
    assert not (await phone.chat.last()).silent
    assert await phone.chat.sounded() == 1


async def test_4097_characters_are_cut_not_refused(phone: Phone) -> None:
    await phone.telegram.send(FLAT, Post("x" * 4097))
    assert (await phone.chat.last()).text == "x" * 4095 + "…"


async def test_a_post_stands_in_its_topic(phone: Phone) -> None:
    thread = await phone.telegram.create_topic(BORIS.telegram_id, "Anna K · Telegram")
    await phone.telegram.send(place(thread_id=thread), Post("hello"))
    assert (await phone.chat.last()).thread_id == thread


async def test_a_topic_that_is_gone_is_reported_lost(phone: Phone) -> None:
    thread = await phone.telegram.create_topic(BORIS.telegram_id, "Anna K")
    await phone.chat.delete_topic(thread)
    with pytest.raises(ThreadLost) as lost:
        await phone.telegram.send(place(thread_id=thread), Post("hello"))
    assert lost.value.staff_id == StaffId(1)


async def test_what_lands_in_the_main_chat_is_taken_back_and_the_topic_reported_lost(phone: Phone) -> None:
    thread = await phone.telegram.create_topic(BORIS.telegram_id, "Anna K")
    await phone.chat.break_topics("main_chat")
    with pytest.raises(ThreadLost):
        await phone.telegram.send(place(thread_id=thread), Post("secret"))
    assert all(message.text != "secret" for message in await phone.chat.messages())


async def test_an_edit_that_changes_nothing_is_fine(phone: Phone) -> None:
    post_id = await phone.telegram.send(FLAT, Post("same"))
    await phone.telegram.edit(BORIS.telegram_id, post_id, Post("same"))
    await phone.telegram.edit(BORIS.telegram_id, post_id, Post("other"))
    assert (await phone.chat.last()).text == "other"


async def test_an_edit_of_a_post_that_is_gone_says_so(phone: Phone) -> None:
    with pytest.raises(PostGone):
        await phone.telegram.edit(BORIS.telegram_id, PostId(99999), Post("x"))


async def test_a_blocked_bot_is_refused_for_good(phone: Phone) -> None:
    await phone.chat.block()
    with pytest.raises(Refusal) as refusal:
        await phone.telegram.send(FLAT, Post("x"))
    assert refusal.value.outcome() == Refused("blocked", "Forbidden: bot was blocked by the user")


async def test_a_429_freezes_the_lane_for_as_long_as_telegram_says(phone: Phone) -> None:
    await phone.control.fault("sendMessage", "fail", code=429, description="Too Many Requests", retry_after=7)
    with pytest.raises(TryLater) as later:
        await phone.telegram.send(FLAT, Post("x"))
    outcome = later.value.outcome()
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.freeze) == (7, "staff")


async def test_a_lost_answer_to_a_send_is_unknown_but_to_an_edit_just_a_retry(phone: Phone) -> None:
    post_id = await phone.telegram.send(FLAT, Post("first"))
    await phone.control.fault("sendMessage", "drop")
    await phone.control.fault("editMessageText", "drop")
    with pytest.raises(AnswerLost):
        await phone.telegram.send(FLAT, Post("second"))
    with pytest.raises(TryLater):
        await phone.telegram.edit(BORIS.telegram_id, post_id, Post("changed"))


async def test_a_server_that_is_not_there_is_tried_later(phone: Phone, telegram_server: object) -> None:
    from screens.telegram import StaffTelegram, staff_bot

    nowhere = StaffTelegram(staff_bot("500:STAFF", "http://127.0.0.1:9"))
    with pytest.raises(TryLater):
        await nowhere.send(FLAT, Post("x"))
    await nowhere.bot.session.close()


@pytest.mark.parametrize(("code", "kind"), [(500, TryLater), (502, AnswerLost), (504, AnswerLost), (401, TryLater)])
async def test_errors_of_the_server_are_never_final(phone: Phone, code: int, kind: type[Exception]) -> None:
    await phone.control.fault("sendMessage", "fail", code=code, description="Oops")
    with pytest.raises(kind):
        await phone.telegram.send(FLAT, Post("x"))
