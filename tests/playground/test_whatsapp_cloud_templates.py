"""Templates: what is compared with what was approved, what the person reads, lists in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from .whatsapp_cloud_stage import ANN, Stage, stage


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        await running.ann.write("hello")
        await running.control.settled()
        yield running


POSITIONAL = [
    {"type": "HEADER", "format": "IMAGE"},
    {"type": "BODY", "text": "Hi {{1}}, it costs {{2}}"},
    {"type": "FOOTER", "text": "Acme"},
    {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://x.example/{{1}}"}]},
]


def template(*components: dict[str, Any], name: str = "offer", language: str = "en_US") -> dict[str, Any]:
    return {"name": name, "language": {"code": language}, "components": list(components)}


def texts(kind: str, *values: str) -> dict[str, Any]:
    return {"type": kind, "parameters": [{"type": "text", "text": value} for value in values]}


HEADER = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://x.example/a.jpg"}}]}
BUTTON = texts("button", "77") | {"sub_type": "url", "index": "0"}


async def test_a_template_reaches_outside_the_window(cloud: Stage) -> None:
    await cloud.control.template(cloud.number.business, "offer", components=POSITIONAL)
    await cloud.control.advance(25 * 3600)
    answer = await cloud.send("template", template(HEADER, texts("body", "Ann", "$5"), BUTTON))
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    await cloud.control.settled()
    seen = await cloud.ann.last()
    assert (seen.text, seen.content["footer"], seen.buttons) == ("Hi Ann, it costs $5", "Acme", ["Track"])
    assert seen.content["buttons"][0]["url"] == "https://x.example/77"
    assert cloud.webhook.statuses()[-1]["pricing"]["billable"] is True


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (template(name="other"), 132001),
        (template(language="de"), 132001),
        (template(HEADER, texts("body", "Ann"), BUTTON), 132000),
        (template(texts("body", "Ann", "$5"), BUTTON), 132012),
        (template(HEADER, texts("body", "Ann", "")), 100),
        (template(HEADER, texts("body", "Ann", "a\nb"), BUTTON), 132018),
        (template(HEADER, texts("body", "Ann", "$5")), 131008),
        (template(HEADER, texts("body", "Ann", "a" * 1024), BUTTON), 132005),
    ],
)
async def test_templates_are_compared_with_what_was_approved(cloud: Stage, sent: dict[str, Any], code: int) -> None:
    await cloud.control.template(cloud.number.business, "offer", components=POSITIONAL)
    assert (await cloud.refused("template", sent))[0] == code


async def test_templates_that_may_not_be_sent(cloud: Stage) -> None:
    business = cloud.number.business
    await cloud.control.template(business, "plain", "Hello", category="MARKETING")
    plain = template(name="plain")
    for status, code in (("PAUSED", 132015), ("DISABLED", 132016), ("REJECTED", 132001)):
        await cloud.control.template_status(business, "plain", status)
        assert (await cloud.refused("template", plain))[0] == code
    await cloud.control.template_status(business, "plain", "APPROVED")
    await cloud.ann.stop_marketing()
    await cloud.sent("template", plain)
    assert (await cloud.ann.last()).error == 131050
    await cloud.control.template(business, "code", "{{1}}", category="AUTHENTICATION")
    user = cloud.webhook.values()[0]["contacts"][0]["user_id"]
    one_time = template(texts("body", "123"), name="code")
    assert (await cloud.refused("template", one_time, to=None, recipient=user))[0] == 131062
    await cloud.sent("template", one_time, to=ANN)


async def test_templates_are_listed_in_pages(cloud: Stage) -> None:
    business = cloud.number.business
    for at in range(5):
        await cloud.control.template(business, f"t{at}", "Hi {{name}}", parameter_format="NAMED")
    await cloud.control.template(business, "bad", "no", status="REJECTED")
    place, query = f"{business.id}/message_templates", {"status": "APPROVED", "limit": "2", "fields": "name,status"}
    names, page = [], (await cloud.http.get(place, params=query)).json()
    while True:
        names += [item["name"] for item in page["data"]]
        if "next" not in page["paging"]:
            break
        page = (await cloud.http.get(page["paging"]["next"])).json()
    assert names == ["t0", "t1", "t2", "t3", "t4"]
    assert page["data"][0].keys() == {"name", "status", "id"}
    named = {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Ann"}]}
    await cloud.sent("template", template(named, name="t0"))
    assert (await cloud.ann.last()).text == "Hi Ann"
    assert (await cloud.refused("template", template(texts("body", "Ann"), name="t0")))[0] == 100


async def test_a_code_to_copy(cloud: Stage) -> None:
    buttons = {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "A1"}]}
    components = [{"type": "BODY", "text": "Yours:"}, buttons]
    await cloud.control.template(cloud.number.business, "coupon", components=components)
    code = {"type": "coupon_code", "coupon_code": "SPRING"}
    button = {"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [code]}
    await cloud.sent("template", template(button, name="coupon"))
    assert (await cloud.ann.last()).content["buttons"][0]["code"] == "SPRING"
    assert (await cloud.refused("template", template(name="coupon")))[0] == 131008
