"""One line to one person: every name has words, and what each says."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from sales.clients import Client
from sales.errors import NotYours
from sales.ids import OfferId, PostId
from sales.offers import Offer, OfferState
from sales.outbox import Payload, Scalar
from sales.views.notices import NoticeView
from screens.desk import Desk
from screens.errors import refusal
from screens.language import Languages
from screens.notices import NOTICES, UnknownNotice, render_notice, send_notice
from screens.pages.registry import PAGES
from screens.post import BUTTON_BYTES, Post
from tests.screens.conftest import Phone
from tests.screens.loaded import desk, row
from tests.screens.people import ANNA, BORIS, MARIA, NOW, SHOP, place, said

ROOT = Path(__file__).parent.parent.parent
OWNED = replace(ANNA, owner_id=BORIS.id)
OFFER = Offer(OfferId(9), ANNA.id, SHOP.id, said("").conversation_id, OfferState.OPEN, NOW)
OWN_POST, CARD = PostId(55), PostId(66)


def notice(name: str, known: Client | None = OWNED, offer: Offer | None = None, **params: Scalar) -> Post:
    whole: Payload = {"staff_id": BORIS.id, "name": name, "message_id": 1, "channel_id": 3, **params}
    people = {"about": "Boris", "by": "Maria", "to": "Eva"}
    view = NoticeView(
        place(flat=True),
        whole,
        known,
        "Maria" if known is not None and known.owner_id is not None else None,
        said("Hello", author=BORIS),
        OWN_POST,
        SHOP,
        offer,
        "Anna K",
        CARD,
        people,
        NOW,
    )
    made = type("Titles", (), {"titles": {"telegram": "Telegram"}, "language": lambda self, staff: LANGUAGE})()
    return render_notice(cast(Desk, made), name, view)


LANGUAGE = Languages("en").of(None)


def labels(post: Post) -> list[str]:
    return [button.text for line in post.keyboard for button in line]


@pytest.mark.parametrize("name", sorted(NOTICES))
def test_every_notice_has_words_and_buttons_that_fit(name: str) -> None:
    shown = notice(name, offer=OFFER)
    assert len(shown.text) > 5
    assert "{" not in shown.text
    for line in shown.keyboard:
        for button in line:
            assert button.data is not None
            assert len(button.data.pack().encode()) <= BUTTON_BYTES
            assert button.text != "✅ Accept"


def named_in_source(function: str, place: int) -> Iterator[tuple[str, str]]:
    """String literals given as the ``place``-th argument of calls of ``function``."""
    for room in ("sales", "handlers", "bot", "web", "screens"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or len(node.args) <= place:
                    continue
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                argument = node.args[place]
                if called == function and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize(("function", "place"), [("notice", 1), ("tell", 2), ("_tell_author", 2)])
def test_every_notice_that_is_named_anywhere_has_its_words(function: str, place: int) -> None:
    missing = {f"{name} ({where})" for name, where in named_in_source(function, place) if name not in NOTICES}
    assert not missing, "add these to screens/notices.py"


def test_every_page_that_is_named_anywhere_is_registered() -> None:
    missing = {f"{name} ({where})" for name, where in named_in_source("screen", 1) if name not in PAGES}
    assert not missing, "add these to screens/pages/registry.py"


async def test_an_unknown_notice_fails_loudly(phone: Phone, tmp_path: Path) -> None:
    from sales import outbox

    made, _, _ = desk(phone.telegram, tmp_path)
    with pytest.raises(UnknownNotice):
        await send_notice(made, row(outbox.notice(BORIS.id, "no_such_notice")))


def test_a_failed_message_says_why_and_offers_what_to_do() -> None:
    shown = notice("failed", code="blocked", reason="Forbidden: bot was blocked by the user", held=2)
    assert shown.text == (
        "Not sent: the client has stopped the bot. Only they can start it again.\n2 later messages wait behind it."
    )
    assert labels(shown) == ["Retry", "Send the rest", "Drop the rest"]
    assert shown.reply_to == OWN_POST


def test_the_platforms_own_words_are_passed_on_when_we_have_none() -> None:
    assert notice("failed", code="bad_request", reason="Bad Request: X").text == (
        "Not sent: the platform refuses it: “Bad Request: X”"
    )


def test_a_stale_reply_asks() -> None:
    assert labels(notice("stale")) == ["Send still", "Drop"]


def test_a_refusal_names_the_owner_and_whom_to_ask() -> None:
    facts = refusal(NotYours(ANNA.id, "Anna", "Maria"))
    shown = notice("refused", OWNED, None, reply_to=77, **facts)
    assert shown.text == "Not sent: Anna belongs to Maria now."
    assert labels(shown) == ["Ask Maria", "See who may write"]
    assert shown.reply_to == 77


def test_a_transferred_client_opens_by_a_tap() -> None:
    shown = notice("transferred_to_you", about_known=ANNA.id, by=MARIA.id, sound=True)
    assert (shown.text, labels(shown), shown.sound) == ("Maria gives Anna K to you.", ["Open"], True)


def test_a_reminder_stands_under_the_card() -> None:
    shown = notice("remind_offer", known=ANNA, offer=OFFER)
    assert (shown.text, shown.reply_to) == ("Anna K still waits: 0:42.", CARD)


def test_a_manager_is_asked_whether_it_is_a_client() -> None:
    shown = notice("not_client_question", known=ANNA, offer=OFFER)
    assert shown.text == "Maria says Anna K on Telegram «Shop» is not a client."
    assert labels(shown) == ["Not a client", "It is a client"]


def test_a_phone_for_a_name_is_not_told_while_the_client_is_on_offer() -> None:
    stranger = replace(ANNA, name="+49 151 2345678")
    shown = notice("nobody_accepts", known=stranger, offer=replace(OFFER))
    assert "49" not in shown.text
