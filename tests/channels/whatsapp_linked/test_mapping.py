"""What WAHA sends, recorded, and what we make of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from channels.whatsapp_linked.contents import NOT_LOADED, UNSUPPORTED_LABELS
from channels.whatsapp_linked.envelopes import Eyes
from channels.whatsapp_linked.mapping import parse_event
from channels.whatsapp_linked.names import OwnIds
from channels.whatsapp_linked.states import PROBLEMS
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId, MessageId, Moment, OutboxId
from sales.incoming import (
    AccountChanged,
    ClientDeleted,
    ClientEdited,
    ClientReacted,
    ClientWrote,
    Delivered,
    Event,
    Ignored,
    Incoming,
    Malformed,
    WrittenOutside,
)
from sales.messages import Content, Location, MessageKind
from screens.contents import LABELS
from screens.notice_messages import REASONS
from screens.notice_team import PROBLEMS as PROBLEM_WORDS

EVENTS = Path(__file__).parent / "events"
NAMES = sorted(path.stem for path in EVENTS.glob("*.json"))
OWN = OwnIds("our-hmac-key")
EYES = Eyes(ChannelId(7), "default", OWN)
ANN = "79161112233@c.us"
ANN_LID = "555000111@lid"


def read(name: str, eyes: Eyes = EYES) -> Incoming | Malformed:
    return parse_event(eyes, (EVENTS / f"{name}.json").read_bytes())


def event(name: str, eyes: Eyes = EYES) -> Event:
    found = read(name, eyes)
    assert isinstance(found, Incoming), found
    return found.event


def change(name: str) -> Event:
    """But for what the client is known by."""
    found = event(name)
    assert isinstance(found, ClientEdited | ClientDeleted | ClientReacted | Delivered)
    return replace(found, known_by=())


@pytest.mark.parametrize("name", ["ack", "reaction", "edited_by_us", "revoked_webjs"])
def test_a_change_tells_everything_that_the_client_is_known_by(name: str) -> None:
    """Their chat may be filed under any of it."""
    found = event(name)
    assert isinstance(found, ClientEdited | ClientDeleted | ClientReacted | Delivered)
    assert IdentityKind.WA_ID in [identity.kind for identity in found.known_by]


def wrote(name: str, eyes: Eyes = EYES) -> ClientWrote:
    found = event(name, eyes)
    assert isinstance(found, ClientWrote), found
    return found


def said(name: str) -> Content:
    return wrote(name).content


def test_a_text_is_filed_under_the_phone_and_known_by_everything() -> None:
    message = wrote("text")
    assert (message.address, message.aliases) == (ANN, (ANN_LID,))
    assert (message.external_id, message.said_at) == ("3AAAAAAAAAAAAAAAAAAA", 1667561485000)
    assert message.content == Content(MessageKind.TEXT, "Hi there!")
    assert message.sender.name == "Ann"
    assert message.sender.identities == (
        Identity(IdentityKind.PHONE, "+79161112233"),
        Identity(IdentityKind.WA_ID, "79161112233"),
        Identity(IdentityKind.LID, "555000111"),
    )
    assert not message.history


def test_one_who_writes_by_a_hidden_number_is_filed_under_the_phone_where_it_is_told() -> None:
    message = wrote("text_by_lid")
    assert (message.address, message.aliases) == (ANN, (ANN_LID,))
    assert message.sender.identities == wrote("text").sender.identities


def test_a_hidden_number_without_a_phone_is_what_there_is() -> None:
    message = wrote("text_by_unknown_lid")
    assert (message.address, message.aliases) == ("555000222@lid", ())
    assert message.sender.identities == (Identity(IdentityKind.LID, "555000222"),)
    assert message.sender.name == "No name"


def test_a_hidden_number_whose_phone_was_learnt_is_filed_under_it() -> None:
    eyes = Eyes(ChannelId(7), "default", OWN, {"555000222@lid": "4915112345678@c.us"})
    message = wrote("text_by_unknown_lid", eyes)
    assert (message.address, message.aliases) == ("4915112345678@c.us", ("555000222@lid",))
    assert message.sender.name == "+4915112345678"


@pytest.mark.parametrize("name", ["text_noweb", "text_webjs"])
def test_every_engine_tells_the_name(name: str) -> None:
    assert wrote(name).sender.name == "Ann"


def test_a_bare_id_is_the_same_message() -> None:
    assert (wrote("text_bare_id").address, wrote("text_bare_id").external_id) == (ANN, "3AAAAAAAAAAAAAAAAAAA")


def test_a_message_has_one_identity_however_it_comes() -> None:
    names = ("text", "text_by_lid", "text_bare_id")
    assert {read(name).update_id for name in names} == {"msg:in:3AAAAAAAAAAAAAAAAAAA"}
    assert read("from_phone").update_id == "msg:out:3ABBBBBBBBBBBBBBBBBB"
    assert read("ack").update_id == "event:evt_01jnqz3f7h8m9k2p4r6s8t0v2w"


def test_what_was_said_before_the_connection_is_history() -> None:
    said_at = wrote("text").said_at
    assert wrote("text", Eyes(ChannelId(7), "default", OWN, since=Moment(said_at + 1000))).history
    same_second = Moment(said_at + 999)
    assert not wrote("text", Eyes(ChannelId(7), "default", OWN, since=same_second)).history


def test_an_answer_says_what_it_answers() -> None:
    assert wrote("reply").reply_to == "3EB0AAAAAAAAAAAAAAAAAA"


def test_what_no_database_takes_is_replaced() -> None:
    assert said("text_unstorable").text == "a\ufffdb"


def test_what_was_typed_on_the_phone_is_written_outside() -> None:
    found = event("from_phone")
    assert isinstance(found, WrittenOutside)
    assert (found.address, found.external_id, found.row_id) == (ANN, "3ABBBBBBBBBBBBBBBBBB", None)
    assert found.content.text == "Hi there!"
    assert found.receiver.name == "+79161112233"


def test_the_documented_message_is_read() -> None:
    found = event("message")
    assert isinstance(found, WrittenOutside)
    assert (found.address, found.reply_to) == ("11111111111@c.us", "AAAA")


def test_an_echo_of_ours_names_the_row_it_left_with() -> None:
    found = event("own_echo")
    assert isinstance(found, WrittenOutside)
    assert found.row_id == 4711


def test_an_echo_of_a_file_of_ours_is_passed_over() -> None:
    assert event("own_file_echo") == Ignored("own_echo")


FILES = {
    "photo": (MessageKind.PHOTO, "Look", "image/jpeg", None),
    "photo_bare": (MessageKind.PHOTO, "", "image/jpeg", None),
    "video": (MessageKind.VIDEO, "", "video/mp4", None),
    "gif": (MessageKind.ANIMATION, "", "video/mp4", None),
    "video_note": (MessageKind.VIDEO_NOTE, "", "video/mp4", None),
    "voice": (MessageKind.VOICE, "", "audio/ogg; codecs=opus", None),
    "voice_bare": (MessageKind.VOICE, "", "audio/ogg; codecs=opus", None),
    "audio": (MessageKind.AUDIO, "", "audio/mpeg", None),
    "document": (MessageKind.DOCUMENT, "The offer", "application/pdf", "example.pdf"),
    "sticker": (MessageKind.STICKER, "", "image/webp", None),
    "sticker_webjs": (MessageKind.STICKER, "", "image/webp", None),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file(name: str) -> None:
    content = said(name)
    assert content.file is not None
    assert (content.kind, content.text, content.file.mime, content.file.file_name) == FILES[name]
    assert content.file.source.endswith("#false_79161112233@c.us_3AAAAAAAAAAAAAAAAAAA")
    assert (content.file.held_by, content.file.unique_id) == ("channel:7", "3AAAAAAAAAAAAAAAAAAA")


@pytest.mark.parametrize(("name", "words"), [("media_null", "A caption"), ("media_error", "")])
def test_a_file_that_the_gateway_did_not_load_is_shown_as_such(name: str, words: str) -> None:
    assert said(name) == Content(MessageKind.UNSUPPORTED, words, label=NOT_LOADED)


def test_places_come_as_texts_or_numbers() -> None:
    assert said("location") == Content(MessageKind.LOCATION, location=Location(55.75, 37.61, "Office", "Main 1"))
    assert said("location_numbers") == Content(MessageKind.LOCATION, location=Location(-33.5, -70.0, "Here"))


def test_contacts_keep_their_cards() -> None:
    contact = said("contact").contact
    assert contact is not None
    assert (contact.first_name, contact.phone) == ("Jane Doe", "+911111111111")
    assert said("contacts").text == "Bob +4915112345678"


@pytest.mark.parametrize(("name", "label"), [("poll", "poll"), ("unknown_kind", "unknown"), ("empty", "unknown")])
def test_what_has_no_counterpart_is_kept_and_named(name: str, label: str) -> None:
    content = said(name)
    assert (content.kind, content.label) == (MessageKind.UNSUPPORTED, label)


IGNORED = {
    "service": "service",
    "group": "group",
    "newsletter": "newsletter",
    "status_story": "status",
    "broadcast": "broadcast",
    "to_myself": "myself",
    "other_session": "other_session",
    "ack_pending": "pending",
    "ack_of_theirs": "own_ack",
    "ack_in_a_group": "group",
    "ack_group_event": "message.ack.group",
    "reaction_ours": "own_reaction",
    "call_in_a_group": "group",
    "status_starting": "starting",
    "unasked": "presence.update",
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_no_business_of_ours(name: str) -> None:
    assert event(name) == Ignored(IGNORED[name])


@pytest.mark.parametrize(
    ("name", "status"),
    [("ack_server", "sent"), ("ack_device", "delivered"), ("ack_played", "read"), ("ack_error", "failed")],
)
def test_ticks_say_how_far_a_message_of_ours_has_come(name: str, status: str) -> None:
    found = event(name)
    assert isinstance(found, Delivered)
    assert (found.address, found.status, found.row_id) == (ANN, status, 4711)
    assert (found.problem is not None) == (status == "failed")


def test_the_documented_ack_is_read() -> None:
    assert change("ack") == Delivered("11111111111@c.us", "4CC5EDD64BC22EBA6D639F2AF571346C", "read")


def test_reactions() -> None:
    assert change("reaction") == ClientReacted("79111111@c.us", "1111", "🙏")
    assert change("reaction_removed") == ClientReacted(ANN, "3EB0AA", None)


def test_edits_name_the_message_by_its_bare_id() -> None:
    new = Content(MessageKind.TEXT, "New body")
    assert change("edited") == ClientEdited("1231243123@c.us", "AAAAAAAAAAAAAAAA", new, Moment(1741249702485))
    better = Content(MessageKind.TEXT, "Better")
    assert change("edited_by_us") == ClientEdited(ANN, "3EB0AAAA", better, Moment(1710481112000))


def test_deletions() -> None:
    assert change("revoked") == ClientDeleted("1231243123@c.us", ("AAAAAAAAAAAAAAAA",))
    assert change("revoked_webjs") == ClientDeleted(ANN, ("3AAA",))


def test_a_call_is_a_message() -> None:
    call = wrote("call")
    assert call.content == Content(MessageKind.CALL)
    assert (call.address, call.external_id) == (ANN, "call:ABCDEFGABCDEFGABCDEFGABCDEFG")
    assert read("call").update_id == "call:ABCDEFGABCDEFGABCDEFGABCDEFG"


@pytest.mark.parametrize(
    ("name", "problem", "broken"),
    [
        ("status_working", None, False),
        ("status_scan", "unlinked", False),
        ("status_failed", "failed", False),
        ("status_stopped", "stopped", False),
        ("status_passkey", "passkey", False),
        ("status_logged_out", "logged_out", True),
        ("status_banned", "banned", True),
    ],
)
def test_the_state_of_the_session(name: str, problem: str | None, broken: bool) -> None:
    assert event(name) == AccountChanged(problem, broken)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("malformed")])
def test_what_cannot_be_read_is_kept(name: str) -> None:
    found = read(name)
    assert isinstance(found, Malformed), found
    assert found.raw == (EVENTS / f"{name}.json").read_bytes()
    assert found.problem
    assert found.update_id


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("malformed")])
def test_everything_else_is_understood(name: str) -> None:
    assert isinstance(read(name), Incoming)


def test_everything_has_words() -> None:
    assert set(UNSUPPORTED_LABELS) <= set(LABELS), "add these to screens/contents.py"
    assert set(PROBLEM_WORDS) >= PROBLEMS, "add these to screens/notice_team.py"
    assert "restricted" in REASONS, "add it to screens/notice_messages.py"


def test_own_ids_are_known_again_and_nobody_elses() -> None:
    made = OWN.make(OutboxId(70_000_000_000), MessageId(99_999_999))
    assert OWN.row_of(made) == 70_000_000_000
    assert OwnIds("another key").row_of(made) is None
    assert OWN.row_of("3EB0" + "A" * 18) is None
    assert json.dumps(made).isascii()
