"""Messages in a staff chat: every kind, in the topic and in the flat chat."""

from dataclasses import replace
from pathlib import Path

import pytest

from sales.ids import MediaId, PostId
from sales.messages import (
    Content,
    Direction,
    Entity,
    Location,
    Media,
    MediaState,
    Message,
    MessageKind,
    RemoteFile,
    SharedContact,
)
from sales.outbox import Blocked, Dropped, Outcome, Retry, RowKind, Sent
from sales.staff import Staff
from sales.views.places import Place
from sales.views.relays import Part, RelayView
from screens.failures import TryLater
from screens.post import Post
from screens.relays import send_relay
from screens.utf16 import units
from tests.screens.conftest import Phone
from tests.screens.loaded import desk, relay
from tests.screens.people import ANNA, BORIS, MARIA, message, place, said

FLAT = place(flat=True)


class Stage:
    """Shows messages to Boris and reads what he sees."""

    def __init__(self, phone: Phone, root: Path) -> None:
        self.phone = phone
        self.desk, self.given, self.files = desk(phone.telegram, root)

    async def show(
        self,
        *parts: Message | Part,
        where: Place = FLAT,
        author: Staff | None = None,
        reply_to: PostId | None = None,
        **row: bool,
    ) -> Outcome:
        whole = tuple(part if isinstance(part, Part) else Part(part, None) for part in parts)
        self.given.view = RelayView(where, whole, ANNA, author, reply_to)
        return await send_relay(self.desk, relay(**row))


@pytest.fixture
def stage(phone: Phone, tmp_path: Path) -> Stage:
    return Stage(phone, tmp_path)


def a_file(kind: MessageKind, media: Media, text: str = "", number: int = 1) -> Part:
    return Part(replace(message(Content(kind, text, file=media.remote), number), media_id=media.id), media)


async def test_in_a_topic_a_clients_words_stand_by_themselves(stage: Stage) -> None:
    thread = await stage.phone.telegram.create_topic(BORIS.telegram_id, "Anna K")
    outcome = await stage.show(said("Hello <3 *_["), where=place(thread_id=thread))
    shown = await stage.phone.chat.last()
    assert (shown.text, shown.entities, shown.thread_id, shown.silent) == ("Hello <3 *_[", [], thread, True)
    assert outcome == Sent((str(shown.message_id),), {"thread": thread})


async def test_in_the_flat_chat_the_clients_name_stands_in_front_and_formatting_moves_along(stage: Stage) -> None:
    await stage.show(said("👍 blue", entities=(Entity("italic", 3, 4), Entity("url", 0, 2))))
    shown = await stage.phone.chat.last()
    assert shown.text == "Anna K: 👍 blue"
    assert shown.entities == [
        {"type": "bold", "offset": 0, "length": 7},
        {"type": "italic", "offset": 11, "length": 4},
    ]


async def test_a_colleagues_words_name_the_colleague(stage: Stage) -> None:
    await stage.show(said("One moment", author=MARIA), author=MARIA)
    assert (await stage.phone.chat.last()).text == "Anna K · Maria (manager): One moment"


async def test_ones_own_words_from_before_say_so(stage: Stage) -> None:
    await stage.show(said("Hi", author=BORIS), author=BORIS)
    assert (await stage.phone.chat.last()).text == "Anna K · You: Hi"


async def test_a_note_is_marked_as_one(stage: Stage) -> None:
    note = replace(said("Difficult", author=MARIA), direction=Direction.NOTE)
    await stage.show(note, author=MARIA)
    assert (await stage.phone.chat.last()).text == "Anna K · 📝 note by Maria: Difficult"


async def test_a_test_client_is_marked_in_every_message(stage: Stage) -> None:
    stage.given.view = RelayView(FLAT, (Part(said("Hi"), None),), replace(ANNA, test_for=BORIS.id), None, None)
    await send_relay(stage.desk, relay())
    assert (await stage.phone.chat.last()).text == "🧪 TEST Anna K: Hi"


async def test_a_relay_rings_only_when_it_is_to(stage: Stage) -> None:
    await stage.show(said("Hi"), sound=True)
    assert not (await stage.phone.chat.last()).silent


async def test_an_answer_is_shown_as_one(stage: Stage) -> None:
    first = await stage.phone.telegram.send(FLAT, Post("question"))
    await stage.show(said("answer"), reply_to=first)
    assert (await stage.phone.chat.last()).reply_to == first


async def test_an_answer_to_a_post_that_is_gone_is_still_shown(stage: Stage) -> None:
    await stage.show(said("answer"), reply_to=PostId(4242))
    assert (await stage.phone.chat.last()).text == "Anna K: answer"


async def test_what_may_come_twice_says_so(stage: Stage) -> None:
    await stage.show(said("Hi"), uncertain=True)
    assert (await stage.phone.chat.last()).text == "Anna K: Hi\n↻ may be shown twice"


async def test_a_text_of_4096_characters_loses_nothing_to_the_name_in_front(stage: Stage) -> None:
    outcome = await stage.show(said("x" * 4000 + " " + "y" * 95))
    posts = [m.text for m in await stage.phone.chat.messages() if m.from_bot]
    assert posts == ["Anna K: " + "x" * 4000, "y" * 95]  # Telegram trims the space between
    assert isinstance(outcome, Sent)
    assert len(outcome.external_ids) == 1
    assert outcome.facts["extra"]


@pytest.mark.parametrize(
    ("kind", "shown_as"),
    [
        (MessageKind.PHOTO, "photo"),
        (MessageKind.VIDEO, "video"),
        (MessageKind.VOICE, "voice"),
        (MessageKind.AUDIO, "audio"),
        (MessageKind.DOCUMENT, "document"),
        (MessageKind.ANIMATION, "animation"),
    ],
)
async def test_files_carry_the_name_and_the_words_as_their_caption(
    stage: Stage, kind: MessageKind, shown_as: str
) -> None:
    media = stage.files.keep("f1", 5000)
    await stage.show(a_file(kind, media, "look"))
    shown = await stage.phone.chat.last()
    assert shown.media is not None
    assert (shown.media.kind, shown.text) == (shown_as, "Anna K: look")
    assert await stage.phone.chat.download(shown) == (stage.files.root / "f1").read_bytes()


async def test_a_files_own_name_is_kept(stage: Stage) -> None:
    await stage.show(a_file(MessageKind.DOCUMENT, stage.files.keep("f1", file_name="Прайс 2026.pdf")))
    shown = await stage.phone.chat.last()
    assert shown.media is not None
    assert (shown.media.name, shown.text) == ("Прайс 2026.pdf", "Anna K")


@pytest.mark.parametrize("kind", [MessageKind.STICKER, MessageKind.VIDEO_NOTE])
async def test_what_carries_no_words_has_the_name_on_a_button(stage: Stage, kind: MessageKind) -> None:
    await stage.show(a_file(kind, stage.files.keep("f1")))
    shown = await stage.phone.chat.last()
    assert shown.media is not None
    assert (shown.media.kind, shown.labels) == (str(kind), ["Anna K"])


async def test_places_and_contacts_are_shown_as_such(stage: Stage) -> None:
    await stage.show(message(Content(MessageKind.LOCATION, location=Location(52.5, 13.4))))
    assert "location" in (await stage.phone.chat.last()).content
    await stage.show(message(Content(MessageKind.LOCATION, location=Location(52.5, 13.4, "Shop", "Street 1"))))
    assert "venue" in (await stage.phone.chat.last()).content
    await stage.show(message(Content(MessageKind.CONTACT, contact=SharedContact("+491512345678", "Eva", "M"))))
    assert (await stage.phone.chat.last()).content["contact"]["first_name"] == "Eva"


async def test_what_has_no_counterpart_is_shown_as_what_it_is(stage: Stage) -> None:
    await stage.show(message(Content(MessageKind.UNSUPPORTED, label="poll")))
    assert (await stage.phone.chat.last()).text == "Anna K: 📊 Poll: not supported here"


async def test_a_long_caption_stands_whole_under_its_file(stage: Stage) -> None:
    await stage.show(a_file(MessageKind.PHOTO, stage.files.keep("f1"), "y" * 1024))
    photo, words = [m for m in await stage.phone.chat.messages() if m.from_bot]
    assert photo.media is not None
    assert (photo.text, words.text) == ("", "Anna K: " + "y" * 1024)


async def test_an_album_stays_together_with_one_post_per_part(stage: Stage) -> None:
    parts = [
        a_file(MessageKind.PHOTO, stage.files.keep("f1"), "first", 1),
        a_file(MessageKind.VIDEO, stage.files.keep("f22"), "", 2),
        a_file(MessageKind.PHOTO, stage.files.keep("f333"), "third", 3),
    ]
    outcome = await stage.show(*parts)
    shown = [m for m in await stage.phone.chat.messages() if m.from_bot]
    assert [m.text for m in shown] == ["Anna K: first", "", "third"]
    assert len({m.album for m in shown}) == 1
    assert isinstance(outcome, Sent)
    assert outcome.external_ids == tuple(str(m.message_id) for m in shown)


async def test_an_album_with_a_missing_part_says_which(stage: Stage) -> None:
    big = Media(MediaId(9), MediaState.TOO_BIG, RemoteFile("channel:3", "x", 31_000_000))
    parts = [a_file(MessageKind.PHOTO, stage.files.keep("f1"), "", 1), a_file(MessageKind.VIDEO, big, "see", 2)]
    outcome = await stage.show(*parts)
    shown = [m for m in await stage.phone.chat.messages() if m.from_bot]
    assert shown[1].text.startswith("Anna K: 🎬 video, 31.0 MB: too big to be fetched.")
    assert shown[1].text.endswith("\nsee")
    assert isinstance(outcome, Sent)
    assert len(outcome.external_ids) == 2


async def test_a_file_that_telegram_refuses_as_a_picture_goes_as_a_document(stage: Stage) -> None:
    await stage.phone.control.fault("sendPhoto", "fail", code=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
    await stage.show(a_file(MessageKind.PHOTO, stage.files.keep("f1"), "look"))
    shown = await stage.phone.chat.last()
    assert shown.media is not None
    assert (shown.media.kind, shown.text) == ("document", "Anna K: look")


async def test_a_picture_over_ten_megabytes_goes_as_a_document(stage: Stage) -> None:
    await stage.show(a_file(MessageKind.PHOTO, stage.files.keep("f1", 11_000_000)))
    shown = await stage.phone.chat.last()
    assert shown.media is not None
    assert shown.media.kind == "document"


async def test_a_file_still_on_its_way_is_waited_for_but_not_for_ever(stage: Stage) -> None:
    wanted = Media(MediaId(9), MediaState.WANTED, RemoteFile("channel:3", "x", 500))
    assert isinstance(await stage.show(a_file(MessageKind.PHOTO, wanted)), Retry)
    stage.given.view = RelayView(FLAT, (a_file(MessageKind.PHOTO, wanted),), ANNA, None, None)
    assert isinstance(await send_relay(stage.desk, relay(attempts=30)), Sent)
    assert (await stage.phone.chat.last()).text == "Anna K: 📷 photo, 500 B: not loaded yet."


async def test_parts_already_posted_are_not_posted_again_when_the_rest_fails(stage: Stage) -> None:
    document = a_file(MessageKind.DOCUMENT, stage.files.keep("f22"), "", 2)
    parts = [a_file(MessageKind.PHOTO, stage.files.keep("f1"), "", 1), document]
    await stage.phone.control.fault("sendDocument", "fail", code=429, description="Too Many", retry_after=1)
    with pytest.raises(TryLater):
        await stage.show(*parts)
    outcome = await stage.show(*parts)
    assert isinstance(outcome, Sent)
    assert len(outcome.external_ids) == 2
    assert len([m for m in await stage.phone.chat.messages() if m.from_bot]) == 2


async def test_without_a_topic_the_topic_comes_first(stage: Stage) -> None:
    outcome = await stage.show(said("Hi"), where=place())
    assert isinstance(outcome, Blocked)
    assert (outcome.first.kind, outcome.first.stream) == (RowKind.TOPIC, relay().stream)


async def test_whoever_lost_the_view_is_shown_nothing(stage: Stage) -> None:
    stage.given.view = None
    assert isinstance(await send_relay(stage.desk, relay()), Dropped)
    assert not [m for m in await stage.phone.chat.messages() if m.from_bot]


@pytest.mark.parametrize("text", ["שלום, יש נעליים כחולות?", "مرحبا 👋 42", "🏳️‍🌈" * 900])
async def test_any_script_passes_unharmed(stage: Stage, text: str) -> None:
    await stage.show(said(text, entities=(Entity("bold", 0, units(text)),)))
    posts = [m.text for m in await stage.phone.chat.messages() if m.from_bot]
    assert "".join(posts) == f"Anna K: {text}"
