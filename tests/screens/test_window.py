"""How long a client may be written to, in the header; and the steps of a template, as they are read."""

import json
from dataclasses import replace
from typing import cast

import pytest

from sales.channels import Channel
from sales.ids import Moment, StaffId
from sales.messages import Content, MessageKind, Referral
from sales.outbox import Scalar
from sales.ports.channels import Template, TemplateVariable
from sales.ports.people import Dialog
from sales.templates import to_text
from sales.views.notices import NoticeView
from screens.contents import summary, unsupported
from screens.desk import Desk
from screens.headers import render_header
from screens.language import Languages
from screens.notices import render_notice
from screens.post import Post
from tests.screens.people import ANNA, BORIS, NOW, SHOP, place, said
from tests.screens.test_headers import VIEW

LANGUAGE = Languages("en").of(None)
HOUR = 3_600_000
WABA = replace(SHOP, kind="whatsapp_cloud")
ACCOUNT = replace(SHOP, kind="telegram_business")
TEMPLATE = Template(
    "order_ready",
    "en",
    "UTILITY",
    "Hello {{1}}, order {{2}} is ready.",
    footer="Shop",
    variables=(TemplateVariable("body.1", "Ann"), TemplateVariable("body.2")),
    buttons=("Track",),
)
FORM = {"mark": "7", "client": "11", "page": "0", "choices": json.dumps([["order_ready", "en"]] * 9)}


def office() -> Desk:
    titles = {"telegram": "Telegram", "whatsapp_cloud": "WhatsApp"}
    made = type("Titles", (), {"titles": titles, "language": lambda self, staff: LANGUAGE})()
    return cast(Desk, made)


def notice(name: str, data: dict[str, str] | None = None, channel: Channel = WABA, **params: Scalar) -> Post:
    whole = {"staff_id": BORIS.id, "name": name, "message_id": 1, **params}
    form = Dialog(StaffId(1), "template", data, None) if data is not None else None
    view = NoticeView(
        place(flat=True),
        whole,
        ANNA,
        None,
        said("Hi"),
        None,
        channel,
        None,
        None,
        None,
        {"to": "Maria"},
        NOW,
        form=form,
    )
    return render_notice(office(), name, view)


def labels(post: Post) -> list[str]:
    return [button.text for line in post.keyboard for button in line]


def header(until: int | None, channel: Channel = WABA) -> Post:
    moment = Moment(NOW + until) if until is not None else None
    return render_header(office(), LANGUAGE, replace(VIEW, window_until=moment, channel=channel))


def test_the_header_says_how_long_they_may_be_written_to() -> None:
    shown = header(23 * HOUR)
    assert "can write for 23 h, until " in shown.text
    assert "Use a template" not in labels(shown)
    assert "can write" not in header(None).text


@pytest.mark.parametrize(
    ("channel", "words", "button"),
    [(WABA, "only a template reaches them", True), (ACCOUNT, "write from the account itself", False)],
)
def test_the_header_says_when_it_is_over(channel: Channel, words: str, button: bool) -> None:
    shown = header(-1, channel)
    assert words in shown.text
    assert ("Use a template" in labels(shown)) is button


def test_what_is_held_says_why_and_what_can_be_done() -> None:
    shown = notice("window_shut")
    assert shown.text.startswith("Not sent: Anna K wrote more than 24 h ago.")
    assert labels(shown) == ["Use a template", "Drop"]
    account = notice("window_shut", channel=ACCOUNT)
    assert "Write from the account itself." in account.text
    assert labels(account) == ["Drop"]
    assert "has not written to you yet" in notice("window_shut", never=True).text


def test_what_was_held_may_go() -> None:
    assert labels(notice("window_open", count=2)) == ["Send now", "Drop"]


def test_a_list_of_templates_has_pages() -> None:
    first = notice("template_list", FORM, form=7)
    assert first.text == "Which template for Anna K?"
    assert labels(first) == ["order_ready · en"] * 8 + ["›", "Cancel"]
    assert labels(notice("template_list", FORM | {"page": "1"}, form=7)) == ["order_ready · en", "‹", "Cancel"]


def test_each_blank_is_asked_for_with_its_example() -> None:
    data = FORM | {"template": to_text(TEMPLATE), "values": "{}"}
    assert notice("template_blank", data, form=7).text == (
        "Hello {{1}}, order {{2}} is ready.\n\nShop\n\nWhat goes into {{1}}?\nFor example: Ann"
    )
    half = data | {"values": json.dumps({"body.1": "Bob"})}
    assert notice("template_blank", half, form=7).text == (
        "Hello Bob, order {{2}} is ready.\n\nShop\n\nWhat goes into {{2}}?"
    )


def test_the_preview_is_what_the_client_will_read() -> None:
    data = FORM | {"template": to_text(TEMPLATE), "values": json.dumps({"body.1": "Bob", "body.2": "7"})}
    shown = notice("template_preview", data, form=7)
    assert shown.text == "Anna K will read:\n\nHello Bob, order 7 is ready.\n\nShop\n\n[ Track ]"
    assert labels(shown) == ["Send", "Cancel"]


@pytest.mark.parametrize("name", ["template_list", "template_blank", "template_preview", "first_channel", "first_text"])
def test_a_step_of_an_older_form_says_so(name: str) -> None:
    assert "form is over" in notice(name, FORM, form=6).text
    assert "form is over" in notice(name, form=7).text


def test_anothers_client_is_told_by_the_owners_name_alone() -> None:
    shown = notice("write_anothers", asked=11)
    assert shown.text == "Maria's client."
    assert labels(shown) == ["Ask Maria", "Ask a manager"]


def test_a_missed_call_and_an_advertisement_have_words() -> None:
    assert unsupported(LANGUAGE, Content(MessageKind.CALL)) == "📞 missed call"
    advertised = Content(MessageKind.TEXT, "Hello", referral=Referral(headline="Blue shoes"))
    assert summary(LANGUAGE, advertised) == "Hello\n📣 from the ad «Blue shoes»"


def test_texts_stay_within_a_post() -> None:
    long = replace(TEMPLATE, body="x" * 9000, variables=())
    data = FORM | {"template": to_text(long), "values": "{}"}
    assert len(notice("template_preview", data, form=7).text) < 4096
