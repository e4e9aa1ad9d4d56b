"""A file in place of another: what the owner sees, and edits that no longer fit into one post."""

from dataclasses import replace
from pathlib import Path

import pytest

from sales import outbox
from sales.ids import PostId
from sales.messages import Media, MediaState, MessageKind
from sales.outbox import Outcome, Retry, Sent
from sales.topics import CopyKind, MessageCopy
from sales.views.relays import ChangeView, Part
from screens.relay_edits import send_relay_edit
from tests.screens.conftest import Phone
from tests.screens.loaded import row
from tests.screens.people import ANNA, BORIS, NOW, place, said
from tests.screens.test_relays import Stage, a_file

FLAT = place(flat=True)


@pytest.fixture
def stage(phone: Phone, tmp_path: Path) -> Stage:
    return Stage(phone, tmp_path)


async def shown(stage: Stage, part: Part) -> MessageCopy:
    outcome = await stage.show(part)
    assert isinstance(outcome, Sent)
    post_id = PostId(int(outcome.external_ids[0]))
    return MessageCopy(BORIS.id, post_id, CopyKind.RELAY, ANNA.id, part.message.id, media=part.media is not None)


async def replaced(stage: Stage, part: Part, copy: MessageCopy, *, file: bool = True) -> Outcome:
    edited = replace(part, message=replace(part.message, edited_at=NOW))
    stage.given.view = ChangeView(FLAT, edited, ANNA, None, copy, replaced=file)
    return await send_relay_edit(stage.desk, row(outbox.relay_edit(BORIS.id, ANNA.id, 1)))


def kept(stage: Stage, name: str, size: int) -> Media:
    return stage.files.keep(name, size)


async def test_another_photo_takes_the_place_of_the_one_before(stage: Stage) -> None:
    copy = await shown(stage, a_file(MessageKind.PHOTO, kept(stage, "f1", 2000), "the old one"))
    outcome = await replaced(stage, a_file(MessageKind.PHOTO, kept(stage, "file2", 3000), "the new one"), copy)
    assert outcome == Sent((str(copy.post_id),))
    last = await stage.phone.chat.last()
    assert last.text == "Anna K: the new one\n✏️ edited"
    assert len(await stage.phone.chat.download(last)) == 3000


async def test_a_file_that_can_not_be_put_in_place_is_posted_below(stage: Stage) -> None:
    copy = await shown(stage, Part(said("only words"), None))
    outcome = await replaced(stage, a_file(MessageKind.PHOTO, kept(stage, "file2", 3000), "a picture"), copy)
    last = await stage.phone.chat.last()
    assert last.reply_to == copy.post_id
    assert len(await stage.phone.chat.download(last)) == 3000
    assert isinstance(outcome, Sent)
    assert outcome.facts == {"client_id": ANNA.id, "message_id": 1, "media": True}


async def test_a_new_file_is_waited_for(stage: Stage) -> None:
    part = a_file(MessageKind.PHOTO, kept(stage, "f1", 2000))
    copy = await shown(stage, part)
    assert part.media is not None
    coming = replace(part, media=replace(part.media, state=MediaState.WANTED, sha256=None))
    assert isinstance(await replaced(stage, coming, copy), Retry)


async def test_an_edit_that_grew_over_the_limit_loses_nothing(stage: Stage) -> None:
    copy = await shown(stage, Part(said("short"), None))
    words = "word " * 818 + "end."
    await replaced(stage, Part(said(words), None), copy, file=False)
    posts = [m for m in await stage.phone.chat.messages() if m.from_bot and m.message_id > copy.post_id]
    assert [piece for post in posts for piece in post.text.split()] == f"Anna K: {words}\n✏️ edited".split()
    assert posts[0].reply_to == copy.post_id
