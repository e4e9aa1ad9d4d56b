"""What staff write arrives at the client, and what goes wrong is told apart. Against the stand-in, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.adapter import TelegramAdapter
from channels.telegram.calls import albums
from channels.telegram.capabilities import ALBUM, MEGABYTE
from playground.telegram.control import BotAccount, Control, Talk
from sales.ids import MessageId, Moment, StaffId
from sales.messages import Content, Entity, Location, MessageKind, MessageStatus, SharedContact
from sales.outbox import Dropped, Refused, Retry, Row, RowKind, Sent, Unknown
from storage.media_files import MediaFiles
from tests.channels.books import Books, remote, row

TEXT = Content(MessageKind.TEXT, "Yes, in blue", (Entity("bold", 8, 4), Entity("text_mention", 0, 3)))


async def stored(store: MediaFiles, data: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield data

    return (await store.put(stream(), 100 * MEGABYTE)).sha256


def message(message_id: MessageId) -> Row:
    return row(RowKind.MESSAGE, message_id=message_id)


async def send(adapter: TelegramAdapter, message_id: MessageId) -> Sent:
    outcome = await adapter.send(message(message_id))
    assert isinstance(outcome, Sent), outcome
    return outcome


async def sent_text(adapter: TelegramAdapter, books: Books, content: Content = TEXT) -> MessageId:
    """A message that has arrived and is settled."""
    message_id = books.written(content)
    sent = await send(adapter, message_id)
    books.messages.settle(message_id, MessageStatus.SENT, sent.external_ids[0], None)
    return message_id


async def test_a_text_arrives_with_its_formatting(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    sent = await send(adapter, books.written(TEXT))
    seen = await chat.last()
    assert (seen.text, sent.external_ids) == ("Yes, in blue", (str(seen.message_id),))
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in seen.entities] == [("bold", 8, 4)]


@pytest.mark.parametrize("name", ["<3 *_[ `", "שלום abc", "\ufffd", "👩\u200d👩\u200d👧"])
async def test_no_text_is_read_as_markup(adapter: TelegramAdapter, books: Books, chat: Talk, name: str) -> None:
    await send(adapter, books.written(Content(MessageKind.TEXT, name)))
    assert (await chat.last()).text == name


CAPTIONED = ["photo", "video", "voice", "audio", "document", "animation"]


@pytest.mark.parametrize("kind", [*CAPTIONED, "video_note", "sticker"])
async def test_every_kind_of_file_arrives_whole(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk, kind: str
) -> None:
    data = kind.encode() * 50_000
    caption = "See *this*" if kind in CAPTIONED else ""
    content = Content(MessageKind(kind), caption, file=remote(duration=3, width=240, height=240))
    await send(adapter, books.written(content, await stored(store, data), len(data)))
    seen = await chat.last()
    assert seen.media is not None
    assert (seen.media.kind, seen.text, await chat.download(seen)) == (kind, caption, data)


async def test_a_document_keeps_its_name(adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk) -> None:
    content = Content(MessageKind.DOCUMENT, file=remote(file_name='price "list" ü.pdf'))
    await send(adapter, books.written(content, await stored(store, b"pdf"), 3))
    media = (await chat.last()).media
    assert media is not None
    assert media.name.endswith(".pdf")


async def test_a_photo_over_the_limit_goes_as_a_file(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk
) -> None:
    data = bytes(11 * MEGABYTE)
    content = Content(MessageKind.PHOTO, "Big", file=remote())
    await send(adapter, books.written(content, await stored(store, data), len(data)))
    media = (await chat.last()).media
    assert media is not None
    assert media.kind == "document"


async def test_places_and_contacts(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    await send(adapter, books.written(Content(MessageKind.LOCATION, location=Location(55.5, 37.5))))
    assert (await chat.last()).content["location"]["latitude"] == 55.5
    await send(adapter, books.written(Content(MessageKind.LOCATION, location=Location(55.5, 37.5, "Shop", "Main 1"))))
    assert (await chat.last()).content["venue"]["title"] == "Shop"
    contact = SharedContact("+79001234567", "Bob", "Bee")
    await send(adapter, books.written(Content(MessageKind.CONTACT, contact=contact)))
    assert (await chat.last()).content["contact"]["phone_number"] == "+79001234567"


async def test_a_reply_is_shown_as_one(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    asked = await chat.write("Blue?")
    question = books.written(TEXT, status=MessageStatus.RECEIVED, external_id=str(asked.message_id))
    await send(adapter, books.written(TEXT, reply_to=question))
    assert (await chat.last()).reply_to == asked.message_id


async def test_a_reply_to_what_is_gone_arrives_all_the_same(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    question = books.written(TEXT, status=MessageStatus.RECEIVED, external_id="4711")
    await send(adapter, books.written(TEXT, reply_to=question))
    seen = await chat.last()
    assert (seen.text, seen.reply_to) == ("Yes, in blue", None)


async def album(books: Books, store: MediaFiles, *kinds: str) -> list[MessageId]:
    found = []
    for kind in kinds:
        content = Content(MessageKind(kind), f"a {kind}", file=remote())
        found.append(books.written(content, await stored(store, kind.encode()), len(kind), album="a"))
    return found


async def test_an_album_arrives_together(adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk) -> None:
    parts = await album(books, store, "photo", "video", "photo")
    sent = await send(adapter, parts[0])
    seen = (await chat.messages())[-3:]
    assert len({part.album for part in seen if part.album}) == 1
    assert [part.media.kind for part in seen if part.media] == ["photo", "video", "photo"]
    assert [part.text for part in seen] == ["a photo", "a video", "a photo"]
    assert sent.external_ids == tuple(str(part.message_id) for part in seen)


async def test_what_telegram_keeps_apart_is_sent_in_order(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk
) -> None:
    parts = await album(books, store, "photo", "photo", "document", "audio", "audio")
    sent = await send(adapter, parts[0])
    seen = (await chat.messages())[-5:]
    assert [part.media.kind for part in seen if part.media] == ["photo", "photo", "document", "audio", "audio"]
    known = [books.messages.kept[part].external_id for part in parts[:3]]
    assert [*known, *sent.external_ids] == [str(part.message_id) for part in seen]


async def test_a_repeat_sends_only_what_is_missing(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, telegram: Control, chat: Talk
) -> None:
    parts = await album(books, store, "photo", "photo", "document")
    await telegram.fault("sendDocument", "fail", code=429, description="Too Many Requests", retry_after=3)
    assert await adapter.send(message(parts[0])) == Retry("Too Many Requests: retry after 3", 3.0, "channel:7")
    await send(adapter, parts[0])
    assert [part.media.kind for part in await chat.messages() if part.media] == ["photo", "photo", "document"]


async def test_parts_deleted_in_time_never_leave(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk
) -> None:
    parts = await album(books, store, "photo", "photo", "photo")
    books.messages.kept[parts[1]] = replace(books.messages.kept[parts[1]], deleted_at=Moment(5))
    sent = await send(adapter, parts[0])
    assert len(sent.external_ids) == len([part for part in await chat.messages() if part.media]) == 2
    assert books.messages.kept[parts[1]].status is MessageStatus.DROPPED
    only = books.written(TEXT, deleted_at=Moment(5))
    assert isinstance(await adapter.send(message(only)), Dropped)


async def test_a_file_on_its_way_is_waited_for(adapter: TelegramAdapter, books: Books) -> None:
    outcome = await adapter.send(message(books.written(Content(MessageKind.PHOTO, file=remote()))))
    assert isinstance(outcome, Retry)


async def test_a_file_that_was_tidied_away_is_gone(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    outcome = await adapter.send(message(books.written(Content(MessageKind.PHOTO, file=remote()), "0" * 64, 5)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "gone"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content(MessageKind.TEXT, "x" * 4097), "too_long"),
        (Content(MessageKind.UNSUPPORTED, label="poll"), "unsupported"),
        (Content(MessageKind.TEXT, ""), "bad_request"),
    ],
)
async def test_what_telegram_does_not_take(
    adapter: TelegramAdapter, books: Books, chat: Talk, content: Content, code: str
) -> None:
    outcome = await adapter.send(message(books.written(content)))
    assert isinstance(outcome, Refused)
    assert outcome.code == code


async def test_the_longest_text_arrives(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    await send(adapter, books.written(Content(MessageKind.TEXT, "я" * 4096)))
    assert len((await chat.last()).text) == 4096


async def test_long_captions_and_big_files_are_refused(
    adapter: TelegramAdapter, books: Books, store: MediaFiles
) -> None:
    long = books.written(Content(MessageKind.PHOTO, "x" * 1025, file=remote()), await stored(store, b"x"), 1)
    big = books.written(Content(MessageKind.VIDEO, file=remote()), "0" * 64, 51 * MEGABYTE)
    outcomes = [await adapter.send(message(long)), await adapter.send(message(big))]
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Refused)] == ["too_long", "too_big"]


async def test_edits_of_words_captions_and_files(
    adapter: TelegramAdapter, books: Books, store: MediaFiles, chat: Talk
) -> None:
    text = await sent_text(adapter, books)
    books.edited(text, Content(MessageKind.TEXT, "No, in red"))
    assert await adapter.send(row(RowKind.EDIT, message_id=text)) == Sent()
    assert (await chat.last()).text == "No, in red"

    old = Content(MessageKind.PHOTO, "Old", file=remote("old"))
    photo = books.written(old, await stored(store, b"old"), 3)
    books.messages.settle(photo, MessageStatus.SENT, (await send(adapter, photo)).external_ids[0], None)
    books.edited(photo, replace(old, text="New"))
    assert await adapter.send(row(RowKind.EDIT, message_id=photo)) == Sent()
    assert (await chat.last()).text == "New"

    books.edited(photo, replace(old, text="New", file=remote("new")))
    media_id = books.messages.kept[photo].media_id
    assert media_id is not None
    books.media[media_id] = replace(books.media[media_id], sha256=await stored(store, b"new"))
    assert await adapter.send(row(RowKind.EDIT, message_id=photo)) == Sent()
    assert await chat.download(await chat.last()) == b"new"


async def test_an_edit_that_changes_nothing_has_arrived(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    text = await sent_text(adapter, books)
    assert await adapter.send(row(RowKind.EDIT, message_id=text)) == Sent()


async def test_an_edit_of_what_never_left_is_dropped(adapter: TelegramAdapter, books: Books) -> None:
    assert isinstance(await adapter.send(row(RowKind.EDIT, message_id=books.written(TEXT))), Dropped)


async def test_a_deletion_takes_the_message_away_and_may_be_repeated(
    adapter: TelegramAdapter, books: Books, chat: Talk
) -> None:
    text = await sent_text(adapter, books)
    for _ in range(2):
        assert await adapter.send(row(RowKind.DELETE, message_id=text)) == Sent()
    assert "Yes, in blue" not in [seen.text for seen in await chat.messages()]


async def test_after_48_hours_nothing_can_be_taken_back(
    adapter: TelegramAdapter, books: Books, telegram: Control, chat: Talk
) -> None:
    text = await sent_text(adapter, books)
    await telegram.advance(49 * 3600)
    outcome = await adapter.send(row(RowKind.DELETE, message_id=text))
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_old"


async def test_reactions_of_staff(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    asked = await chat.write("Thanks!")
    thanks = books.written(TEXT, external_id=str(asked.message_id), staff_reaction="❤\ufe0f")
    assert await adapter.send(row(RowKind.REACT, message_id=thanks)) == Sent()
    assert (await chat.seen(asked)).emojis == ["❤"]
    books.messages.kept[thanks] = replace(books.messages.kept[thanks], staff_reaction=None)
    assert await adapter.send(row(RowKind.REACT, message_id=thanks)) == Sent()
    assert (await chat.seen(asked)).emojis == []
    books.messages.kept[thanks] = replace(books.messages.kept[thanks], staff_reaction="🚗")
    outcome = await adapter.send(row(RowKind.REACT, message_id=thanks))
    assert isinstance(outcome, Refused)
    assert outcome.code == "unsupported"


async def test_what_dibs_itself_says(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    asked = await chat.write("my film")
    film = books.written(TEXT, status=MessageStatus.RECEIVED, external_id=str(asked.message_id))
    outcome = await adapter.send(row(RowKind.TEXT, name="file_too_big", reply_to=film))
    assert isinstance(outcome, Sent)
    seen = await chat.last()
    assert (seen.reply_to, "too big" in seen.text) == (asked.message_id, True)
    assert isinstance(await adapter.send(row(RowKind.TEXT, name="nothing known")), Dropped)


async def test_nothing_for_a_test_client_reaches_telegram(
    adapter: TelegramAdapter, books: Books, telegram: Control
) -> None:
    books.client = replace(books.client, test_for=StaffId(1))
    await telegram.clear_calls()
    message_id = await sent_text(adapter, books)
    for kind in (RowKind.EDIT, RowKind.DELETE, RowKind.REACT):
        assert isinstance(await adapter.send(row(kind, message_id=message_id)), Sent)
    assert isinstance(await adapter.send(row(RowKind.TEXT, name="file_too_big")), Sent)
    assert await telegram.calls() == []


async def test_a_blocked_bot(adapter: TelegramAdapter, books: Books, chat: Talk) -> None:
    await chat.block()
    outcome = await adapter.send(message(books.written(TEXT)))
    assert outcome == Refused("blocked", "Forbidden: bot was blocked by the user")


async def test_a_stranger_cannot_be_written_to(adapter: TelegramAdapter, books: Books) -> None:
    books.conversation = replace(books.conversation, address="999")
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused)
    assert outcome.code in ("chat_not_found", "blocked")


async def test_a_revoked_token(
    adapter: TelegramAdapter, books: Books, telegram: Control, bot: BotAccount, chat: Talk
) -> None:
    await telegram.set_bot(bot, revoked=True)
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "token"


@pytest.mark.parametrize("fault", [{"action": "drop"}, {"action": "garbage"}, {"action": "fail", "code": 500}])
async def test_a_lost_answer_is_not_taken_for_a_failure(
    adapter: TelegramAdapter, books: Books, telegram: Control, chat: Talk, fault: dict[str, Any]
) -> None:
    await telegram.fault("sendMessage", **fault)
    assert isinstance(await adapter.send(message(books.written(TEXT))), Unknown)


async def test_a_lost_answer_to_what_may_be_repeated_is_a_retry(
    adapter: TelegramAdapter, books: Books, telegram: Control, chat: Talk
) -> None:
    text = await sent_text(adapter, books)
    await telegram.fault("deleteMessage", "drop")
    assert isinstance(await adapter.send(row(RowKind.DELETE, message_id=text)), Retry)


async def test_a_telegram_that_is_not_there_is_asked_again(adapter: TelegramAdapter, books: Books) -> None:
    adapter._bot._base_url = "http://127.0.0.1:9/bot100:AAA"
    assert isinstance(await adapter.send(message(books.written(TEXT))), Retry)


async def test_a_flood_freezes_the_lane(adapter: TelegramAdapter, books: Books, telegram: Control, chat: Talk) -> None:
    await telegram.options(limits=True, chat_burst=2)
    outcomes = [await adapter.send(message(books.written(TEXT))) for _ in range(4)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Retry)]
    assert refused
    assert all(outcome.freeze == "channel:7" and (outcome.after or 0) >= 1 for outcome in refused)


@given(st.lists(st.sampled_from(list(MessageKind)), min_size=1, max_size=40))
def test_albums_keep_every_part_in_order_and_never_mix(kinds: list[MessageKind]) -> None:
    runs = albums(kinds)
    assert [place for run in runs for place in run] == list(range(len(kinds)))
    assert all(1 <= len(run) <= ALBUM for run in runs)
    for run in runs:
        together = {kinds[place] for place in run}
        assert len(run) == 1 or len(together) == 1 or together == {MessageKind.PHOTO, MessageKind.VIDEO}
    assert all(before.stop == after.start for before, after in pairwise(runs))
