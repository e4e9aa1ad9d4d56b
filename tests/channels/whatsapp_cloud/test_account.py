"""The account: who it is, whether all is well, where it delivers, and its templates."""

from collections.abc import Sequence
from typing import Any

import pytest

from channels.kinds import Addresses, MadeUp, NotIdentified
from channels.registry import KINDS
from channels.testing import made_up_event
from channels.whatsapp_cloud import made_up
from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from channels.words import english
from playground.whatsapp_cloud.control import Control, PhoneNumber
from sales.errors import Unavailable
from sales.ids import Moment, StaffId
from sales.incoming import ClientWrote, Incoming, Malformed
from sales.ports.channel_tests import ChannelTest, ChannelTestState
from sales.ports.channels import Finding, KnowsTemplates, TemplateVariable
from tests.channels.books import CHANNEL
from tests.channels.whatsapp_cloud.conftest import VERIFY_TOKEN, Reports

OURS = f"http://127.0.0.1:9/webhooks/whatsapp/{CHANNEL}"


async def identify(whatsapp: Control, secrets: dict[str, str]) -> Any:
    return await KINDS["whatsapp_cloud"].identify(secrets, Addresses("", whatsapp_api_url=whatsapp.url))


async def test_a_number_is_known_by_its_id(whatsapp: Control, number: PhoneNumber, secrets: dict[str, str]) -> None:
    account = await identify(whatsapp, secrets)
    assert (account.key, account.name) == (number.id, "Shoes & Co")
    assert account.facts["link"] == "https://wa.me/15550001111"
    assert account.facts["phone"].replace(" ", "").replace("-", "").lstrip("+") == "15550001111"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access_token": "wrong"}, "bad_token"),
        ({"access_token": "with\nline"}, "bad_token"),
        ({"access_token": ""}, "bad_token"),
        ({"phone_number_id": "12345678"}, "no_phone_number_id"),
        ({"phone_number_id": "../me"}, "no_phone_number_id"),
    ],
)
async def test_a_wrong_entry_is_told(
    whatsapp: Control, secrets: dict[str, str], changes: dict[str, str], code: str
) -> None:
    with pytest.raises(NotIdentified) as caught:
        await identify(whatsapp, {**secrets, **changes})
    assert caught.value.code == code


async def test_a_meta_that_is_not_there_is_told(secrets: dict[str, str]) -> None:
    with pytest.raises(NotIdentified) as caught:
        await KINDS["whatsapp_cloud"].identify(secrets, Addresses("", whatsapp_api_url="http://127.0.0.1:9"))
    assert caught.value.code == "unreachable"


# --- checking ---


def found(findings: Sequence[Finding]) -> dict[str, bool]:
    return {finding.code: finding.ok for finding in findings}


async def test_a_check_tells_what_is_missing_and_then_that_all_is_well(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    before = found(await adapter.check())
    assert before == {"whatsapp_number": True, "whatsapp_subscribed": False, "whatsapp_webhook": False}
    await whatsapp.callback(number, OURS, unchecked=True)
    assert all(found(await adapter.check()).values())


async def test_a_check_of_a_revoked_token(adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber) -> None:
    await whatsapp.set_business(number.business, revoked=True)
    assert found(await adapter.check()) == {"whatsapp_token": False}


# --- where it delivers ---


async def take(items: Sequence[Incoming | Malformed]) -> None:
    raise AssertionError("nothing is polled")


async def test_where_the_door_is_known_already_only_the_app_is_subscribed(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    reports = Reports()
    await whatsapp.callback(number, OURS, unchecked=True)
    await whatsapp.set_business(number.business, subscribed=False)
    await adapter.listen(take, reports)
    await adapter.listen(take, reports)
    assert reports.told == [None, None]
    assert len(await whatsapp.calls("subscribe")) == 1
    assert await whatsapp.calls("configure") == []


async def test_a_refused_token_ends_the_attempts(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    reports = Reports()
    await whatsapp.set_business(number.business, revoked=True)
    await adapter.listen(take, reports)
    assert reports.told == ["token"]


async def test_what_arrives_shows_that_somebody_arranged_it_by_hand(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    """The token may not lack the right to manage the account: messages come all the same."""
    await whatsapp.fault("subscribe", "fail", code=200, times=99)
    adapter._subscription.arrived()
    reports = Reports()
    await adapter.listen(take, reports)
    assert reports.told == [None]


# --- templates ---

BODY = {"type": "BODY", "text": "Hi {{1}}, order {{2}} is ready.", "example": {"body_text": [["Ann", "4711"]]}}


async def test_approved_templates_with_their_blanks(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    header = {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["4711"]}}
    buttons = [
        {"type": "QUICK_REPLY", "text": "Thanks"},
        {"type": "URL", "text": "Track", "url": "https://shop.example/{{1}}", "example": ["4711"]},
    ]
    footer = {"type": "FOOTER", "text": "Shoes & Co"}
    components = [header, BODY, footer, {"type": "BUTTONS", "buttons": buttons}]
    await whatsapp.template(number.business, "order_ready", components=components, category="UTILITY")
    await whatsapp.template(number.business, "plain", "Hello.")
    await whatsapp.template(number.business, "waiting", "Hello.", status="PENDING")
    picture = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look."}]
    await whatsapp.template(number.business, "picture", components=picture)
    assert isinstance(adapter, KnowsTemplates)
    ready, plain = await adapter.templates()
    assert (ready.name, ready.language, ready.category) == ("order_ready", "en_US", "UTILITY")
    assert (ready.header, ready.body, ready.footer) == ("Order {{1}}", "Hi {{1}}, order {{2}} is ready.", "Shoes & Co")
    assert ready.buttons == ("Thanks", "Track")
    assert ready.variables == (
        TemplateVariable("header.1", "4711"),
        TemplateVariable("body.1", "Ann"),
        TemplateVariable("body.2", "4711"),
        TemplateVariable("button.1.1", "4711"),
    )
    assert (plain.name, plain.variables) == ("plain", ())


async def test_named_blanks(adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber) -> None:
    named = [{"param_name": "first_name", "example": "Ann"}]
    body = {"type": "BODY", "text": "Hi {{first_name}}", "example": {"body_text_named_params": named}}
    await whatsapp.template(number.business, "named", components=[body], parameter_format="NAMED")
    (template,) = await adapter.templates()
    assert template.variables == (TemplateVariable("body.first_name", "Ann"),)


async def test_templates_come_in_pages_and_are_kept_until_a_change_is_told(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber
) -> None:
    for place in range(120):
        await whatsapp.template(number.business, f"t{place:03}", "Hello.")
    assert [template.name for template in await adapter.templates()] == [f"t{place:03}" for place in range(120)]
    calls = len(await whatsapp.calls("templates"))
    await adapter.templates()
    assert calls == len(await whatsapp.calls("templates")) == 2
    await whatsapp.callback(number, "http://127.0.0.1:9/", unchecked=True)
    await whatsapp.template_status(number.business, "t000", "PAUSED")
    await whatsapp.settled(0.05)
    adapter.parse((await whatsapp.webhooks())[-1]["body"].encode())
    assert len(await adapter.templates()) == 119


@pytest.mark.parametrize("told", [True, False])
async def test_the_account_is_found_by_its_number_or_by_the_token(
    adapter: WhatsAppAdapter, whatsapp: Control, number: PhoneNumber, told: bool
) -> None:
    await whatsapp.options(account_field=told)
    await whatsapp.template(number.business, "plain", "Hello.")
    assert len(await adapter.templates()) == 1
    assert (len(await whatsapp.calls("debug_token")) == 0) == told


async def test_templates_that_can_not_be_had_now(adapter: WhatsAppAdapter, whatsapp: Control) -> None:
    await whatsapp.fault("templates", "fail", code=80007)
    with pytest.raises(Unavailable):
        await adapter.templates()
    assert await adapter.templates() == ()


# --- made-up messages ---


def test_a_made_up_message_is_read_as_a_message(adapter: WhatsAppAdapter) -> None:
    test = ChannelTest(StaffId(1), CHANNEL, "mark", ChannelTestState.RUNNING, Moment(1_697_043_223_000))
    event = made_up_event(test, "whatsapp_cloud", adapter, english)
    assert isinstance(event.event, ClientWrote)
    assert (event.test, event.event.address) == (True, test.address)
    assert event.event.content.text


def test_a_made_up_message_opens_no_other_number() -> None:
    raw = made_up.made_up_update(MadeUp("Ann", "Hi", Moment(1_697_043_223_000)))
    assert b"phone_number_id" in raw


@pytest.mark.parametrize(
    ("account", "link"), [("+1 555-000-1111", "https://wa.me/15550001111"), ("@shop", None), ("Shoes & Co", None)]
)
def test_where_anybody_can_write(account: str, link: str | None) -> None:
    assert KINDS["whatsapp_cloud"].link(account) == link


def test_what_it_needs_is_asked_for() -> None:
    kind = KINDS["whatsapp_cloud"]
    assert tuple(field.name for field in kind.fields) == kind.secrets
    assert VERIFY_TOKEN
