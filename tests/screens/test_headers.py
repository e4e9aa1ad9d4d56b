"""The client's card at the top of a topic, and in the flat chat."""

from dataclasses import replace
from pathlib import Path

import pytest

from sales import outbox
from sales.ids import PostId
from sales.messages import MessageStatus
from sales.outbox import Blocked, Dropped, Outcome, Sent
from sales.topics import Topic, TopicState
from sales.views.headers import HeaderView
from screens.headers import render_header, send_header
from screens.post import Post
from tests.screens.conftest import Phone
from tests.screens.loaded import desk, row
from tests.screens.people import ANNA, BORIS, NOW, SHOP, place, said

OWNED = replace(ANNA, owner_id=BORIS.id, waiting_since=None, username="anna_k")
TOPIC = Topic(BORIS.id, ANNA.id, TopicState.OPEN, 7)
READ = replace(said("Yes", author=BORIS), status=MessageStatus.READ)
VIEW = HeaderView(
    place(flat=True),
    TOPIC,
    OWNED,
    "Boris",
    True,
    SHOP,
    None,
    "4711",
    "Initial contact",
    False,
    READ,
    "+491512345678",
    True,
    NOW,
)
ROW = row(outbox.header(BORIS.id, ANNA.id))


class Top:
    def __init__(self, phone: Phone, root: Path) -> None:
        self.phone = phone
        self.desk, self.given, _ = desk(phone.telegram, root)

    def render(self, view: HeaderView) -> Post:
        return render_header(self.desk, self.desk.language(BORIS), view)

    async def send(self, view: HeaderView | None) -> Outcome:
        self.given.view = view
        return await send_header(self.desk, ROW)


@pytest.fixture
def top(phone: Phone, tmp_path: Path) -> Top:
    return Top(phone, tmp_path)


def labels(post: Post) -> list[str]:
    return [button.text for line in post.keyboard for button in line]


def test_it_says_who_the_lead_and_how_far_the_last_answer_came(top: Top) -> None:
    shown = top.render(VIEW)
    first, second, third = shown.text.split("\n")
    assert first == "Anna K · lead #4711 · Initial contact"
    assert second.startswith("Telegram «Shop» · read ")
    assert third == "@anna_k · +491512345678"
    assert labels(shown) == ["Stage", "Transfer", "Note", "Close", "History"]


def test_a_closed_conversation_can_be_reopened(top: Top) -> None:
    shown = top.render(replace(VIEW, client=replace(OWNED, closed_at=NOW)))
    assert shown.text.split("\n")[1] == "Telegram «Shop» · closed"
    assert "Reopen" in labels(shown)
    assert "Close" not in labels(shown)


def test_who_only_looks_gets_no_buttons_to_act(top: Top) -> None:
    shown = top.render(replace(VIEW, writes=False, owned_by_reader=False))
    assert labels(shown) == ["History"]
    assert "Boris's client" in shown.text


def test_a_client_who_cannot_be_reached_is_said_to_be(top: Top) -> None:
    assert "stopped the bot" in top.render(replace(VIEW, unreachable="blocked")).text


async def test_it_is_pinned_in_its_topic_and_edited_ever_after(top: Top) -> None:
    thread = await top.phone.telegram.create_topic(BORIS.telegram_id, "Anna K")
    where = place(thread_id=thread)
    outcome = await top.send(replace(VIEW, place=where))
    shown = [m for m in await top.phone.chat.messages() if m.text.startswith("Anna K")][-1]
    assert (shown.pinned, shown.thread_id) == (True, thread)
    facts = {"post_id": shown.message_id, "client_id": ANNA.id, "thread": thread}
    assert outcome == Sent((str(shown.message_id),), facts)
    there = replace(TOPIC, thread_id=thread, header_post=PostId(shown.message_id))
    assert await top.send(replace(VIEW, place=where, topic=there, stage="Won")) == Sent()
    assert (await top.phone.chat.seen(shown)).text.startswith("Anna K · lead #4711 · Won")


async def test_in_the_flat_chat_it_is_not_pinned(top: Top) -> None:
    await top.send(VIEW)
    assert not (await top.phone.chat.last()).pinned


async def test_it_is_posted_anew_when_the_reader_deleted_it(top: Top) -> None:
    outcome = await top.send(replace(VIEW, topic=replace(TOPIC, header_post=PostId(4242))))
    assert isinstance(outcome, Sent)
    assert outcome.facts["post_id"] == (await top.phone.chat.last()).message_id


async def test_it_waits_for_its_topic_and_goes_with_the_view(top: Top) -> None:
    assert isinstance(await top.send(replace(VIEW, place=place())), Blocked)
    assert isinstance(await top.send(None), Dropped)
