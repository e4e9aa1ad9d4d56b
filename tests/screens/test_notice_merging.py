"""Questions and lines about two clients who may be one person."""

from dataclasses import replace
from typing import cast

import pytest

from sales.ids import ClientId
from sales.outbox import Payload, Scalar
from sales.views.merging import Pair, Side
from sales.views.notices import NoticeView
from screens.desk import Desk
from screens.language import Languages
from screens.notices import render_notice
from screens.post import Post
from tests.screens.people import ANNA, BORIS, NOW, SHOP, place

BRANCH = replace(SHOP, kind="whatsapp_cloud", name="Branch")
DORA = replace(ANNA, id=ClientId(12), name="Dora")
PAIR = Pair(Side(ANNA, "Boris", [SHOP]), Side(DORA, "", [BRANCH]), open=True, decides=True)
LANGUAGE = Languages("en").of(None)


def notice(name: str, pair: Pair | None, **params: Scalar) -> Post:
    whole: Payload = {"staff_id": BORIS.id, "name": name, **params}
    people = {"by": "Maria"}
    view = NoticeView(place(), whole, ANNA, None, None, None, None, None, "Anna", None, people, NOW, pair)
    titles = {"telegram": "Telegram bot", "whatsapp_cloud": "WhatsApp"}
    made = type("Titles", (), {"titles": titles, "language": lambda self, staff: LANGUAGE})()
    return render_notice(cast(Desk, made), name, view)


def labels(post: Post) -> list[str]:
    return [button.text for line in post.keyboard for button in line]


def test_joining_says_who_and_where_and_managers_may_undo() -> None:
    shown = notice("clients_joined", PAIR, merge_id=7)
    assert shown.text == "Anna K on Telegram bot «Shop» and Dora on WhatsApp «Branch» are the same person: joined."
    assert labels(shown) == ["Undo"]
    assert not labels(notice("clients_joined", replace(PAIR, decides=False), merge_id=7))
    assert not labels(notice("clients_joined", replace(PAIR, open=False), merge_id=7))


def test_a_managers_word_names_the_owner() -> None:
    shown = notice("clients_joined", PAIR, merge_id=7, by=2)
    assert shown.text.startswith("Maria says that Anna K on")
    assert shown.text.endswith("The client belongs to Boris now.")


def test_with_one_owner_a_question_has_one_yes() -> None:
    shown = notice("merge_question", replace(PAIR, why="contact"), proposal_id=3)
    assert "Anna K on Telegram bot «Shop» (owner Boris) and Dora on WhatsApp «Branch» (no owner)" in shown.text
    assert "only likely" in shown.text
    assert labels(shown) == ["The same person", "Not the same person"]


def test_with_two_owners_the_manager_chooses_who_keeps_the_client() -> None:
    both = replace(PAIR, other=replace(PAIR.other, owner="Eva"), why="identity")
    shown = notice("merge_question", both, proposal_id=3)
    assert labels(shown) == [
        "The same: Boris keeps the client",
        "The same: Eva keeps the client",
        "Not the same person",
    ]


def test_a_question_that_is_decided_has_no_buttons() -> None:
    shown = notice("merge_question", replace(PAIR, open=False), proposal_id=3)
    assert "decided already" in shown.text
    assert not labels(shown)


def test_a_question_that_others_decide_names_nobody() -> None:
    shown = notice("merge_question", replace(PAIR, decides=False), proposal_id=3)
    assert shown.text == "Two clients may be the same person. Others decide it."
    assert not labels(shown)


def test_admins_learn_which_manager_is_missing_and_nothing_of_the_clients() -> None:
    shown = notice("merge_undecidable", replace(PAIR, decides=False), proposal_id=3)
    assert "a manager on Telegram bot «Shop», WhatsApp «Branch»" in shown.text
    assert "Anna" not in shown.text
    assert "Dora" not in shown.text
    assert labels(shown) == ["Ask now"]
    assert not labels(notice("merge_undecidable", replace(PAIR, open=False), proposal_id=3))


@pytest.mark.parametrize("name", ["clients_distinct", "clients_parted"])
def test_owners_are_told_that_they_are_two(name: str) -> None:
    shown = notice(name, PAIR, proposal_id=3, merge_id=7)
    assert "Maria says that Anna K" in shown.text
    assert "Dora" in shown.text
    assert not labels(shown)
