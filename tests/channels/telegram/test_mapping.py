"""What Telegram sends, recorded, and what we make of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from channels.telegram.contents import UNSUPPORTED_LABELS
from channels.telegram.mapping import parse_update
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId
from sales.incoming import ClientEdited, ClientReach, ClientReacted, ClientWrote, Event, Ignored, Incoming, Malformed
from sales.messages import Content, Entity, Location, MessageKind, RemoteFile

UPDATES = Path(__file__).parent / "updates"
NAMES = sorted(path.stem for path in UPDATES.glob("*.json"))
HELD = "channel:7"


def event(name: str) -> Event:
    read = parse_update(ChannelId(7), (UPDATES / f"{name}.json").read_bytes())
    assert isinstance(read, Incoming), read
    return read.event


def wrote(name: str) -> ClientWrote:
    found = event(name)
    assert isinstance(found, ClientWrote), found
    return found


def said(name: str) -> Content:
    return wrote(name).content


def test_a_text_keeps_its_words_its_formatting_and_who_said_it() -> None:
    message = wrote("text")
    assert (message.address, message.external_id, message.said_at) == ("111", "5", 1763800000000)
    assert message.sender.name == "Ann Kay"
    assert message.sender.username == "ann"
    assert message.sender.identities == (Identity(IdentityKind.TELEGRAM, "111"),)
    link = Entity("text_link", 17, 5, "https://shop.example/shoes")
    assert message.content == Content(MessageKind.TEXT, "Do you have blue shoes?", (Entity("bold", 12, 4), link))


def test_formatting_that_only_this_bot_could_send_leaves_its_words() -> None:
    assert said("text_mention") == Content(MessageKind.TEXT, "Ask Bob")


def test_what_no_database_takes_is_replaced_and_offsets_stay_right() -> None:
    content = said("text_unstorable")
    assert content.text == "a\ufffdb\ufffdc😀 bold"
    bold = content.entities[0]
    units = content.text.encode("utf-16-le")
    assert units[bold.offset * 2 : (bold.offset + bold.length) * 2].decode("utf-16-le") == "bold"
    document = said("document").file
    assert document is not None
    assert document.file_name == "order\ufffd.pdf"


FILES = {
    "photo": (MessageKind.PHOTO, RemoteFile(HELD, "large", 184213, "image/jpeg", None, None, 1280, 960)),
    "live_photo": (MessageKind.VIDEO, RemoteFile(HELD, "live", 900000, "video/mp4", None, 2, 1280, 960)),
    "video": (MessageKind.VIDEO, RemoteFile(HELD, "vid", 1048576, "video/mp4", "shoes.mp4", 12, 1280, 720)),
    "video_note": (MessageKind.VIDEO_NOTE, RemoteFile(HELD, "round", 400000, "video/mp4", None, 7, 384, 384)),
    "voice": (MessageKind.VOICE, RemoteFile(HELD, "voi", 12000, "audio/ogg", None, 3)),
    "audio": (MessageKind.AUDIO, RemoteFile(HELD, "aud", 4000000, "audio/mpeg", "song.mp3", 180)),
    "document_over_2_gb": (MessageKind.DOCUMENT, RemoteFile(HELD, "doc", 3221225472, None, "film.mkv")),
    "sticker": (MessageKind.STICKER, RemoteFile(HELD, "sti", None, "image/webp", None, None, 512, 512)),
    "sticker_animated": (
        MessageKind.STICKER,
        RemoteFile(HELD, "sti", None, "application/x-tgsticker", None, None, 512, 512),
    ),
    "animation": (MessageKind.ANIMATION, RemoteFile(HELD, "gif", None, "video/mp4", None, 2, 320, 240)),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_so_that_it_can_be_fetched(name: str) -> None:
    content = said(name)
    assert content.file is not None
    assert content.file.unique_id
    assert (content.kind, replace(content.file, unique_id=None)) == FILES[name]


def test_captions_come_with_their_formatting() -> None:
    assert (said("photo").text, said("photo").entities) == ("Like this", (Entity("italic", 0, 4),))
    assert said("live_photo").text == "Look"


def test_a_sticker_says_which_emoji_it_stands_for() -> None:
    assert said("sticker").label == "👍"


def test_parts_of_an_album_belong_together() -> None:
    assert wrote("album_part").album == "13370000000001"


def test_a_reply_names_what_it_answers() -> None:
    assert wrote("reply").reply_to == "3"


def test_a_place_may_have_a_name() -> None:
    assert said("location").location == Location(55.75, 37.61)
    assert said("venue").location == Location(55.75, 37.61, "Shop", "Main St 1")


def test_only_ones_own_contact_card_is_ones_number() -> None:
    own, other = wrote("contact_own"), wrote("contact_other")
    assert own.sender.identities[1:] == (Identity(IdentityKind.PHONE, "+79001234567"),)
    assert other.sender.identities[1:] == ()
    assert other.content.contact is not None
    assert other.content.contact.phone == "+79000000001"


UNSUPPORTED = {
    "poll": "Which size?\n• 39\n• 40",
    "dice": "🎲 4",
    "game": "Lumberjack",
    "story": "",
    "paid_media": "Buy",
    "giveaway": "",
    "checklist": "To pack\n• Shoes\n• Socks",
    "invoice": "Shoes",
    "gift": "",
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_what_has_no_counterpart_is_kept_as_what_it_is(name: str) -> None:
    assert said(name) == Content(MessageKind.UNSUPPORTED, UNSUPPORTED[name], label=name)
    assert name in UNSUPPORTED_LABELS


def test_a_kind_nobody_knows_yet_is_shown_as_unknown() -> None:
    assert said("unknown_kind") == Content(MessageKind.UNSUPPORTED, "From 2027", label="unknown")


IGNORED = {
    "service_pinned": "service",
    "start": "start",
    "start_link": "start_link",
    "from_a_bot": "bot",
    "in_a_group": "group",
    "group_without_sender": "group",
    "channel_post": "channel_post",
    "callback": "callback_query",
    "reaction_custom": "custom_reaction",
    "reaction_in_a_group": "group",
    "added_to_a_group": "group",
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_no_client_says_is_ignored_and_counted(name: str) -> None:
    assert event(name) == Ignored(IGNORED[name])


def test_words_behind_start_are_words() -> None:
    assert said("start_and_words").text == "/start selling me shoes please"


def test_everybody_has_a_name() -> None:
    assert wrote("no_name").sender.name == "No name"
    assert wrote("username_only").sender.name == "ann"


def test_an_edit_carries_the_whole_message() -> None:
    edited = event("edited")
    assert edited == ClientEdited("111", "5", Content(MessageKind.TEXT, "Do you have red shoes?"), edited.edited_at)  # type: ignore[union-attr]  # compared just now
    caption = event("edited_caption")
    assert isinstance(caption, ClientEdited)
    assert (caption.content.text, caption.edited_at) == ("Like that", 1763800060000)


def test_reactions_come_and_go() -> None:
    assert event("reaction") == ClientReacted("111", "9", "👍")
    assert event("reaction_removed") == ClientReacted("111", "9", None)


def test_a_reaction_that_cannot_be_shown_takes_the_former_one_away() -> None:
    assert event("reaction_custom_instead") == ClientReacted("111", "9", None)
    assert event("reaction_unknown_type") == ClientReacted("111", "9", "👍")


def test_stopping_the_bot_and_starting_it_again() -> None:
    assert event("blocked") == ClientReach("111", False)
    assert event("unblocked") == ClientReach("111", True)


MALFORMED = {
    "malformed_unknown_update": "update: of no known kind",
    "malformed_no_kind": "update: of no known kind",
    "malformed_message_is_text": "update.message: not an object",
    "malformed_no_sender": "update.message.from: not an object",
    "malformed_id_is_text": "update.message.message_id: not a whole number",
    "malformed_id_is_true": "update.message.message_id: not a whole number",
    "malformed_huge_id": "update.message.chat.id: out of range",
    "malformed_no_photo_sizes": "update.message.photo: empty",
    "malformed_entity": "update.message.entities[0].offset: negative",
    "malformed_text_is_number": "update.message.text: not a text",
    "malformed_location": "update.message.location.latitude: not an angle",
    "malformed_not_an_object": "update: not an object",
    "malformed_cut_off": "update: not JSON",
    "malformed_no_update_id": "update.update_id: not a whole number",
    "malformed_deep": "update: not JSON",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_cannot_be_read_is_kept_and_says_where_it_is_wrong(name: str) -> None:
    raw = (UPDATES / f"{name}.json").read_bytes()
    read = parse_update(ChannelId(7), raw)
    assert isinstance(read, Malformed)
    assert (read.problem, read.raw, read.channel_id) == (MALFORMED[name], raw, 7)
    assert read.update_id


def test_every_recorded_update_is_looked_at() -> None:
    looked_at = {*FILES, *UNSUPPORTED, *IGNORED, *MALFORMED}
    text = Path(__file__).read_text()
    assert [name for name in NAMES if name not in looked_at and f'"{name}"' not in text] == []
