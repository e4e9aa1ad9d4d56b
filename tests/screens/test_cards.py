"""The offer card, as everyone eligible reads it."""

from dataclasses import replace
from datetime import UTC
from typing import cast

import pytest

from sales.ids import Moment, OfferId, PostId
from sales.messages import Content, MessageKind, RemoteFile, SharedContact
from sales.views.cards import CardFace, CardView
from sales.views.names import safe_name
from screens.cards import render_card
from screens.desk import Desk
from screens.language import Language, Languages
from screens.post import Post
from screens.utf16 import units
from tests.screens.people import ANNA, MARIA, NOW, SHOP, message, place, said

PHOTO = Content(MessageKind.PHOTO, file=RemoteFile("channel:3", "x"))
VIEW = CardView(
    place(client=None),
    OfferId(9),
    CardFace.OPEN,
    None,
    "Anna K",
    False,
    SHOP,
    Moment(NOW - 42_000),
    NOW,
    (said("Do you have blue shoes?"), said("Size 39 please", 2), message(PHOTO, 3)),
)
CLOSED = replace(VIEW, face=CardFace.TAKEN, words=(), post_id=PostId(5), taken_by="Boris", seconds=48)


def card(view: CardView) -> Post:
    desk = cast(Desk, type("Titles", (), {"titles": {"telegram": "Telegram"}})())
    return render_card(desk, Languages("en", UTC).of(None) if view else Language("en"), view)


def labels(post: Post) -> list[str]:
    return [button.text for row in post.keyboard for button in row]


def test_an_open_card_says_who_waits_and_what_they_wrote() -> None:
    shown = card(VIEW)
    assert shown.text == (
        "New client · Telegram «Shop»\nAnna K · waits 0:42\n\nDo you have blue shoes?\nSize 39 please\n📷 photo"
    )
    assert labels(shown) == ["✅ Accept", "Not a client"]
    assert shown.sound


def test_a_taken_card_is_one_line_without_content() -> None:
    shown = card(CLOSED)
    assert (shown.text, shown.keyboard) == ("Anna K · taken by Boris after 48 s", ())


@pytest.mark.parametrize(
    ("face", "line"),
    [
        (CardFace.ASSIGNED, "Anna K · given to Boris"),
        (CardFace.WITHDRAWN, "Anna K · withdrawn"),
        (CardFace.NO_CLIENT, "Anna K · not a client"),
        (CardFace.PUT_ASIDE, "Anna K · not a client, you say: a manager is asked"),
        (CardFace.GONE, "Anna K · no longer offered to you"),
    ],
)
def test_every_end_of_an_offer_is_one_line(face: CardFace, line: str) -> None:
    assert card(replace(CLOSED, face=face)).text == line


def test_the_winner_reads_that_it_is_theirs() -> None:
    assert card(replace(CLOSED, taken_by_reader=True)).text == "Anna K · taken by you after 48 s"


def test_a_test_is_plainly_marked_open_and_closed() -> None:
    assert card(replace(VIEW, test=True)).text.startswith("🧪 TEST · inside only\nNew client")
    assert card(replace(CLOSED, test=True)).text == "🧪 TEST Anna K · taken by Boris after 48 s"


@pytest.mark.parametrize("name", ["<3", "*_[", "`code` [x](y)", "{0} {name}", "שלום", "👩‍👩‍👧 Família"])
def test_a_name_breaks_nothing(name: str) -> None:
    shown = card(replace(VIEW, name=name))
    assert f"\n{name} · waits 0:42\n" in shown.text
    bold = shown.entities[0]
    utf16 = shown.text.encode("utf-16-le")
    assert utf16[bold.offset * 2 : (bold.offset + bold.length) * 2].decode("utf-16-le") == name


@pytest.mark.parametrize("name", ["+49 151 2345678", "4915112345678", "@anna_k", ""])
def test_a_name_that_is_only_a_phone_or_username_is_not_shown(name: str) -> None:
    assert safe_name(replace(ANNA, name=name, username="anna_k")) is None
    assert "Client · waits" in card(replace(VIEW, name=None)).text


def test_a_shared_contact_does_not_show_its_number() -> None:
    contact = Content(MessageKind.CONTACT, contact=SharedContact("+49151234567", "Anna"))
    shown = card(replace(VIEW, words=(message(contact),)))
    assert shown.text.endswith("👤 contact")
    assert "49151" not in shown.text


def test_the_newest_words_are_kept_when_there_are_too_many() -> None:
    words = tuple(said(f"{number} " + "x" * 900, number) for number in range(10))
    shown = card(replace(VIEW, words=words))
    assert units(shown.text) <= 4096
    assert "\n9 xxx" in shown.text
    assert "\n… 7 earlier\n" in shown.text
    assert "\n0 xxx" not in shown.text


def test_one_endless_message_is_cut() -> None:
    shown = card(replace(VIEW, words=(said("👍" * 4097),)))
    assert units(shown.text) <= 4096
    assert shown.text.endswith("👍…")


def test_deleted_words_are_not_shown_and_a_managers_are_named() -> None:
    gone = replace(said("secret"), deleted_at=NOW)
    wrote = said("One moment", 2, author=MARIA)
    shown = card(replace(VIEW, words=(gone, wrote), authors={MARIA.id: "Maria"}))
    assert shown.text.endswith("\n\n🗑 deleted\n↪ Maria: One moment")
