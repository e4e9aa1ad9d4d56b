"""Connecting, linking and checking. Against the stand-in, over HTTP."""

from dataclasses import replace

import pytest

from channels.kinds import MadeUp, NotIdentified, Surroundings
from channels.registry import KINDS
from channels.whatsapp_linked.adapter import LinkedAdapter
from channels.whatsapp_linked.identify import identify
from channels.whatsapp_linked.made_up import link, made_up_event
from channels.whatsapp_linked.session import Webhook
from playground.whatsapp_gateway.control import Account, Control, webhook
from sales.clients import IdentityKind
from sales.errors import Invalid, Unavailable
from sales.ids import Moment
from sales.incoming import ClientWrote, Incoming
from sales.ports.channels import LinksPhone, LinkState, LooksUpNumbers
from tests.channels.books import CHANNEL
from tests.channels.whatsapp_linked.conftest import PUBLIC_URL

OUR_DOOR = f"{PUBLIC_URL}/webhooks/gateway/{CHANNEL}"
Secrets = dict[str, str]


async def test_an_account_is_the_gateway_and_the_session(secrets: Secrets, waha: Control, shop: Account) -> None:
    account = await identify({**secrets, "url": f"{waha.url}/"})
    assert account.key == f"{waha.url}|default"
    assert account.name == "Shop"
    assert account.facts == {"session": "default", "phone": "+71111111111", "link": "https://wa.me/71111111111"}


async def test_a_session_that_is_not_there_yet_is_an_account_too(secrets: Secrets, waha: Control) -> None:
    account = await identify({**secrets, "session": "shop2"})
    assert (account.key, account.name, account.facts) == (f"{waha.url}|shop2", "shop2", {"session": "shop2"})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"api_key": "wrong"}, "bad_token"),
        ({"api_key": "wr\nong"}, "bad_token"),
        ({"url": "ftp://x"}, "bad_token"),
        ({"url": "http://user:pass@x"}, "bad_token"),
        ({"url": "http://127.0.0.1:9"}, "unreachable"),
        ({"session": "a/../b"}, "bad_token"),
    ],
)
async def test_what_is_no_account(secrets: Secrets, changed: Secrets, code: str) -> None:
    with pytest.raises(NotIdentified) as refused:
        await identify({**secrets, **changed})
    assert refused.value.code == code


async def test_the_kind_is_listed(secrets: Secrets, surroundings: Surroundings) -> None:
    kind = KINDS["whatsapp_linked"]
    assert (kind.family, kind.secrets, kind.capabilities.unofficial) == ("gateway", tuple(secrets), True)
    connected = kind.connect(CHANNEL, secrets, surroundings)
    assert isinstance(connected, LinksPhone)
    assert isinstance(connected, LooksUpNumbers)
    await connected.close()


async def test_linking_makes_the_session_and_shows_a_code(adapter: LinkedAdapter, waha: Control) -> None:
    shown = await adapter.link()
    assert shown.state is LinkState.SCAN
    assert shown.picture is not None
    assert shown.picture.startswith(b"\x89PNG")
    account = await waha.account("71111111111", "Shop")
    await waha.scan("default", account)
    done = await adapter.link()
    assert (done.state, done.picture, done.account) == (LinkState.WORKING, None, "+71111111111")


async def test_each_code_is_another_and_when_all_have_run_out_it_begins_anew(
    adapter: LinkedAdapter, waha: Control
) -> None:
    first = await adapter.link()
    await waha.advance(21)
    assert (await adapter.link()).picture != first.picture
    await waha.advance(600)
    assert (await waha.session("default"))["status"] == "FAILED"
    assert (await adapter.link()).state is LinkState.SCAN


async def test_a_session_that_was_stopped_is_started(adapter: LinkedAdapter, waha: Control, shop: Account) -> None:
    await waha.api("POST", "/api/sessions/default/stop")
    assert (await adapter.link()).state is LinkState.WORKING


async def test_a_code_to_type(adapter: LinkedAdapter, waha: Control) -> None:
    account = await waha.account("71111111111", "Shop")
    code = await adapter.pairing_code("+7 (111) 111-11-11")
    await waha.scan("default", account, code=code)
    assert (await adapter.link()).state is LinkState.WORKING


async def test_a_code_for_what_is_no_number(adapter: LinkedAdapter) -> None:
    with pytest.raises(Invalid):
        await adapter.pairing_code("call me")


async def test_a_gateway_that_fails_is_unavailable(adapter: LinkedAdapter, waha: Control) -> None:
    await waha.fault("*", "fail", times=3)
    with pytest.raises(Unavailable):
        await adapter.link()
    with pytest.raises(Unavailable):
        await adapter.pairing_code("+71111111111")
    with pytest.raises(Unavailable):
        await adapter.address_of("+79161112233")


async def test_the_webhook_is_set_signed_and_complete(adapter: LinkedAdapter, waha: Control) -> None:
    await adapter.link()
    (hook,) = (await waha.session("default"))["config"]["webhooks"]
    assert (hook["url"], hook["hmac"]) == (OUR_DOOR, {"key": "our-hmac-key"})
    assert set(hook["events"]) == {
        "message.any",
        "message.ack",
        "message.reaction",
        "message.edited",
        "message.revoked",
        "call.received",
        "session.status",
    }


async def test_what_others_have_set_in_the_session_stays(adapter: LinkedAdapter, waha: Control) -> None:
    account = await waha.account("71111111111", "Shop")
    theirs, former = webhook("http://other.example/hook"), webhook("http://old.example/webhooks/gateway/7", key="old")
    await waha.link("default", account, theirs, former, metadata={"user.id": "5"})
    assert (await adapter.link()).state is LinkState.WORKING
    config = (await waha.session("default"))["config"]
    assert [hook["url"] for hook in config["webhooks"]] == ["http://other.example/hook", OUR_DOOR]
    assert config["metadata"] == {"user.id": "5"}


async def test_a_session_that_is_set_right_is_left_alone(adapter: LinkedAdapter, waha: Control) -> None:
    await adapter.link()
    await waha.clear_calls()
    await adapter.link()
    assert {call.name for call in await waha.calls()} == {"get_session", "get_qr"}


def test_a_gateway_that_hides_the_key_is_told_once() -> None:
    """Being told stops and starts the session each time."""
    hook = Webhook(OUR_DOOR, "our-hmac-key")
    hidden = {"webhooks": [{**hook.wanted(), "hmac": {"key": "***"}}]}
    assert not hook.is_set_in(hidden)
    hook.note(hidden)
    assert hook.is_set_in(hidden)
    assert not hook.is_set_in({"webhooks": [{**hook.wanted(), "hmac": None}]})


async def test_numbers_are_looked_up(adapter: LinkedAdapter, waha: Control, shop: Account) -> None:
    await waha.person("79161112233", "Ann")
    await waha.person("558199998888", "Bia", others=["5581999998888"])
    assert await adapter.address_of("+79161112233") == "79161112233@c.us"
    assert await adapter.address_of("+5581999998888") == "558199998888@c.us"
    assert await adapter.address_of("+4915112345678") is None


async def test_checks(adapter: LinkedAdapter, waha: Control, secrets: Secrets, surroundings: Surroundings) -> None:
    async def found(one: LinkedAdapter) -> dict[str, bool]:
        return {finding.code: finding.ok for finding in await one.check()}

    assert await found(adapter) == {"gateway_session": False}
    await adapter.link()
    assert await found(adapter) == {"gateway_phone": False, "gateway_webhook": True}
    await waha.scan("default", await waha.account("71111111111", "Shop"))
    assert await found(adapter) == {"gateway_phone": True, "gateway_webhook": True}
    await waha.fault("get_session", "drop")
    assert await found(adapter) == {"gateway_reached": False}
    refused = LinkedAdapter(CHANNEL, {**secrets, "api_key": "wrong"}, surroundings)
    assert await found(refused) == {"gateway_key": False}
    await refused.close()
    alone = replace(surroundings, addresses=replace(surroundings.addresses, public_url=None))
    polled = LinkedAdapter(CHANNEL, secrets, alone)
    assert await found(polled) == {"gateway_phone": True, "gateway_polled": True}
    await polled.close()


def test_a_made_up_client_comes_through_the_same_door(adapter: LinkedAdapter) -> None:
    (read,) = adapter.parse(made_up_event(MadeUp("Test client", "Hello!", Moment(1_763_800_000_000))))
    assert isinstance(read, Incoming)
    assert isinstance(read.event, ClientWrote)
    assert (read.event.sender.name, read.event.content.text) == ("Test client", "Hello!")
    assert read.event.sender.identities[0].kind is IdentityKind.PHONE


def test_anybody_can_write_to_a_phone() -> None:
    assert link("+71111111111") == "https://wa.me/71111111111"
    assert link("Shop") is None
