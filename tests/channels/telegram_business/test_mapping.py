"""What Telegram tells a bot about the accounts it is connected to, recorded, and what we make of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from channels.reading import Node
from channels.telegram_business.connections import Connection, Connections, from_text, to_text
from channels.telegram_business.mapping import parse, read_connection
from sales.clients import Identity, IdentityKind
from sales.ids import ChannelId, Moment
from sales.incoming import (
    AccountChanged,
    ClientDeleted,
    ClientEdited,
    ClientWrote,
    Event,
    Ignored,
    Incoming,
    Malformed,
    Sender,
    WrittenOutside,
)
from sales.messages import Content, MessageKind, RemoteFile

UPDATES = Path(__file__).parent / "updates"
NAMES = sorted(path.stem for path in UPDATES.glob("*.json"))
BROKEN = [name for name in NAMES if name.startswith("malformed")]
NOW = Connection("bc_AAE", 900, 1763800000, enabled=True, may_reply=True, may_read=True, may_delete=True, name="Owner")
AGAIN = Connection("bc_BBF", 900, 1763810000, enabled=True, may_reply=True)
KNOWN = Connections((NOW,))
CLIENT = Sender("Client", (Identity(IdentityKind.TELEGRAM, "555"),))
DAY = 24 * 3600
SAID = Moment(1763800010_000)


def raw(name: str) -> bytes:
    return (UPDATES / f"{name}.json").read_bytes()


def event(name: str, known: Connections = KNOWN) -> Event:
    read = parse(ChannelId(7), raw(name), known)
    assert isinstance(read, Incoming), read
    return read.event


def text(words: str) -> Content:
    return Content(MessageKind.TEXT, words)


def test_a_client_writes_to_the_account() -> None:
    found = ClientWrote("bc_AAE/555", "31", CLIENT, text("Hello"), SAID, window=DAY)
    assert event("a8_wrote") == found
    assert event("a8_wrote", Connections()) == found


def test_the_owner_writes_and_the_receiver_is_the_client() -> None:
    said = text("I am here myself")
    assert event("owner_wrote") == WrittenOutside("bc_AAE/555", "33", CLIENT, said, SAID, reply_to="31", window=DAY)
    greeting = event("greeting")
    assert isinstance(greeting, WrittenOutside)
    assert (greeting.content.text, greeting.automatic) == ("Welcome! We answer soon.", True)


def test_who_wrote_is_clear_before_the_connection_is_known() -> None:
    assert isinstance(event("owner_wrote", Connections()), WrittenOutside)
    assert isinstance(event("a8_wrote", Connections()), ClientWrote)


def test_edits_and_deletions_of_either_side() -> None:
    assert event("a8_edited") == ClientEdited("bc_AAE/555", "31", text("Hello!"), Moment(1763800020_000))
    assert event("owner_edited") == ClientEdited("bc_AAE/555", "33", text("I was here myself"), Moment(1763800040_000))
    assert event("a8_deleted") == ClientDeleted("bc_AAE/555", ("31", "32"))


def test_files_are_this_channels_and_albums_stay_together() -> None:
    photo = event("photo_of_album")
    assert isinstance(photo, ClientWrote)
    assert (photo.album, photo.content.file and photo.content.file.source) == ("77", "large")
    voice = event("owner_sent_voice")
    assert isinstance(voice, WrittenOutside)
    assert voice.content.file == RemoteFile("channel:7", "v", 4000, "audio/ogg", duration=4, unique_id="uv")


def test_only_the_clients_own_card_vouches_for_a_number() -> None:
    own, given = event("contact_own"), event("owner_sent_their_contact")
    assert isinstance(own, ClientWrote)
    assert Identity(IdentityKind.PHONE, "+4915112345678") in own.sender.identities
    assert isinstance(given, WrittenOutside)
    assert given.receiver == CLIENT


def test_odd_names_and_contents_are_kept() -> None:
    named = event("username_only")
    assert isinstance(named, ClientWrote)
    assert (named.sender.name, named.sender.username) == ("cli", "cli")
    start, unknown = event("start_is_a_word_here"), event("unknown_content")
    assert isinstance(start, ClientWrote)
    assert start.content == text("/start")
    assert isinstance(unknown, ClientWrote)
    assert unknown.content == Content(MessageKind.UNSUPPORTED, label="unknown")
    assert isinstance(event("unknown_fields"), ClientWrote)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sent_by_bot", "sent_by_bot"),
        ("edited_by_bot", "sent_by_bot"),
        ("login_code", "telegram"),
        ("saved_messages", "saved_messages"),
        ("from_a_bot", "bot"),
        ("service", "service"),
        ("to_the_bot", "bot_chat"),
        ("bot_stopped", "bot_chat"),
        ("poll", "poll"),
    ],
)
def test_what_is_no_clients_is_ignored_by_name(name: str, why: str) -> None:
    assert event(name) == Ignored(why)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a8_connected", None),
        ("disconnected", "disconnected"),
        ("connected_without_reply", "no_right"),
        ("connected_without_rights", "no_right"),
        ("connected_again", None),
    ],
)
def test_connections_tell_whether_the_account_works(name: str, problem: str | None) -> None:
    assert event(name, Connections()) == AccountChanged(problem)


def test_one_account_that_is_disconnected_is_told_of_though_another_works() -> None:
    other = Connection("bc_other", 901, 1763800000, enabled=True, may_reply=True)
    assert event("disconnected", Connections((NOW, other))) == AccountChanged("disconnected")
    assert event("a8_connected", Connections((NOW, replace(other, may_reply=False)))) == AccountChanged("no_right")


def test_rights_that_are_missing_are_not_given() -> None:
    node = Node(json.loads(raw("connected_without_reply"))["business_connection"], "connection")
    assert read_connection(node) == Connection("bc_AAE", 900, 1763800000, enabled=True, may_read=True, name="Owner")


def test_an_account_that_is_connected_again_goes_on_with_its_conversations() -> None:
    known = Connections((replace(NOW, enabled=False), AGAIN))
    late = event("a8_wrote", known)
    assert isinstance(late, ClientWrote)
    assert (late.address, late.aliases) == ("bc_BBF/555", ("bc_AAE/555",))
    edited, deleted = event("a8_edited", known), event("a8_deleted", known)
    assert isinstance(edited, ClientEdited)
    assert isinstance(deleted, ClientDeleted)
    assert edited.aliases == deleted.aliases == ("bc_AAE/555",)
    assert event("disconnected", known) == AccountChanged(None)


def test_several_accounts_stay_apart() -> None:
    known = Connections((NOW, Connection("bc_other", 901, 1763810000, enabled=True)))
    assert known.current("bc_AAE") == NOW
    assert known.former("bc_AAE") == ()
    assert [account.owner for account in known.accounts] == [900, 901]


def test_what_was_told_is_kept_word_by_word() -> None:
    known = Connections((NOW, AGAIN))
    assert from_text(to_text(known)) == known
    assert from_text(None) == Connections()
    assert known.with_(replace(NOW, enabled=False)).all == (AGAIN, replace(NOW, enabled=False))


@pytest.mark.parametrize("name", BROKEN)
def test_what_telegram_never_sends_is_kept_for_a_person(name: str) -> None:
    read = parse(ChannelId(7), raw(name), KNOWN)
    assert isinstance(read, Malformed)
    assert read.raw == raw(name)
    assert "x" not in read.problem.split()


def test_every_recorded_update_is_looked_at() -> None:
    for name in set(NAMES) - set(BROKEN):
        assert isinstance(event(name), Event), name
