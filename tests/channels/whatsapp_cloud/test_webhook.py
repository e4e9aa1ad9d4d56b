"""The door: only what Meta signed comes in, and Meta learns that the door is ours."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from channels.kinds import Addresses, Challenged, Surroundings
from channels.whatsapp_cloud.account import BusinessAccount
from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from channels.whatsapp_cloud.client import GraphClient
from channels.whatsapp_cloud.listening import Subscription
from channels.whatsapp_cloud.webhook import SIGNATURE_HEADER, answer_challenge, verify
from playground.whatsapp_cloud.control import Control, ControlFailed, PhoneNumber, Talk
from sales.incoming import ClientWrote, Delivered, Incoming, Malformed
from sales.messages import Content, MessageKind
from sales.outbox import RowKind, Sent
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books, row
from tests.channels.whatsapp_cloud.conftest import ANN, VERIFY_TOKEN, Reports

SECRET = "an app's secret"
QUESTION = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {SIGNATURE_HEADER: "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@given(st.binary(max_size=200))
def test_what_is_signed_comes_in(body: bytes) -> None:
    assert verify(signed(body), body, SECRET)


@given(st.binary(max_size=50), st.text(st.characters(codec=None), max_size=80))
def test_nothing_else_does(body: bytes, header: str) -> None:
    assert not verify({SIGNATURE_HEADER: header}, body, SECRET)
    assert not verify({SIGNATURE_HEADER: f"sha256={header}"}, body, SECRET)
    assert not verify(signed(body + b" "), body, SECRET)
    assert not verify({}, body, SECRET)


def test_a_missing_secret_refuses() -> None:
    assert not verify(signed(b"{}", ""), b"{}", "")


def test_the_challenge_is_answered_to_who_knows_the_token() -> None:
    assert answer_challenge(QUESTION, VERIFY_TOKEN) == "1158201444"
    assert answer_challenge(QUESTION, "another") is None
    assert answer_challenge({**QUESTION, "hub.mode": "unsubscribe"}, VERIFY_TOKEN) is None
    assert answer_challenge({}, VERIFY_TOKEN) is None
    assert answer_challenge({**QUESTION, "hub.verify_token": ""}, "") is None


class Door:
    """The adapter behind a real HTTP server."""

    def __init__(self, adapter: WhatsAppAdapter) -> None:
        self.adapter = adapter
        self.url = ""
        self.taken: list[Incoming | Malformed] = []

    async def on_get(self, request: web.Request) -> web.Response:
        answer = self.adapter.answer_challenge(request.query)
        return web.Response(status=403) if answer is None else web.Response(text=answer)

    async def on_post(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.adapter.verify(request.headers, body):
            return web.Response(status=403)
        self.taken += self.adapter.parse(body)
        return web.Response()


@pytest.fixture
async def door(adapter: WhatsAppAdapter) -> AsyncIterator[Door]:
    door = Door(adapter)
    app = web.Application(client_max_size=10_000_000)
    app.add_routes([web.get("/", door.on_get), web.post("/", door.on_post)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield door
    await runner.cleanup()


async def test_the_platform_delivers_what_people_do(door: Door, whatsapp: Control, number: PhoneNumber) -> None:
    """Every kind that the stand-in knows is read, and the names and ids are right."""
    assert isinstance(door.adapter, Challenged)
    await whatsapp.callback(number, door.url, VERIFY_TOKEN)
    ann = (await whatsapp.person(ANN, "Änn 😀")).chat(number)
    first = await ann.write("Hällo 😀")
    for kind in ("image", "video", "document", "audio", "sticker"):
        await ann.send(kind, caption="look")
    await ann.voice()
    await ann.location(55.5, 37.5, "Shop", "Main 1")
    await ann.contact("+79001234567", "Bob")
    await ann.order({"product_retailer_id": "SHOE", "quantity": 1, "item_price": 9.5, "currency": "EUR"})
    await ann.unsupported()
    await ann.react(first, "👍")
    await ann.edit(first, "Hello")
    await ann.revoke(first)
    await ann.call()
    await ann.change_number("15559990000")
    assert await whatsapp.settled() == 0
    assert all(isinstance(item, Incoming) for item in door.taken), door.taken
    kinds = [type(item.event).__name__ for item in door.taken if isinstance(item, Incoming)]
    assert kinds == [
        *["ClientWrote"] * 11,
        "ClientReacted",
        "ClientEdited",
        "ClientDeleted",
        "Ignored",
        "ClientWrote",
        "ClientMoved",
        *["ClientMoved"] * kinds[17:].count("ClientMoved"),
    ]
    wrote = door.taken[0]
    assert isinstance(wrote, Incoming)
    assert isinstance(wrote.event, ClientWrote)
    assert (wrote.event.sender.name, wrote.event.content.text) == ("Änn 😀", "Hällo 😀")
    assert (wrote.event.external_id, wrote.event.aliases) == (first.id, (ANN,))


async def test_the_door_is_shown_to_meta_and_messages_come(
    door: Door, whatsapp: Control, number: PhoneNumber, ann: Talk
) -> None:
    """The number gets its own address: the app's may serve others."""
    reports = Reports()
    graph = GraphClient(whatsapp.url, number.token)
    account = BusinessAccount(graph, number.id, number.token)
    await Subscription(graph, account, number.id, VERIFY_TOKEN).keep(door.url, reports)
    await graph.close()
    assert reports.told == [None]
    await ann.write("Is anybody there?")
    assert await whatsapp.settled() == 0
    assert len(door.taken) == 1


async def test_without_a_public_address_nothing_can_come(whatsapp: Control, number: PhoneNumber) -> None:
    reports = Reports()
    graph = GraphClient(whatsapp.url, number.token)
    subscription = Subscription(graph, BusinessAccount(graph, number.id, number.token), number.id, VERIFY_TOKEN)
    await subscription.keep(None, reports)
    await graph.close()
    assert reports.told == ["no_public_url"]


async def test_a_wrong_word_is_told_at_the_set_up(door: Door, whatsapp: Control, number: PhoneNumber) -> None:
    with pytest.raises(ControlFailed):
        await whatsapp.callback(number, door.url, "not our word")


async def test_another_apps_signature_is_refused_and_comes_again(
    door: Door, whatsapp: Control, number: PhoneNumber
) -> None:
    await whatsapp.callback(number, door.url, VERIFY_TOKEN)
    await whatsapp.raw(number, body={"object": "whatsapp_business_account", "entry": []}, secret="stolen")
    await whatsapp.settled(0.3)
    assert (await whatsapp.webhooks())[-1]["status"] == 403
    assert door.taken == []


async def test_statuses_bring_the_row_back_and_tell_what_failed(
    door: Door, whatsapp: Control, number: PhoneNumber, books: Books, ann: Talk
) -> None:
    await whatsapp.callback(number, door.url, VERIFY_TOKEN)
    sent = await door.adapter.send(row(RowKind.MESSAGE, message_id=books.written(Content(MessageKind.TEXT, "Yes"))))
    assert isinstance(sent, Sent)
    await ann.wait_for(lambda seen: seen.status == "delivered")
    await ann.read()
    await whatsapp.advance(90_000)
    await door.adapter.send(row(RowKind.MESSAGE, message_id=books.written(Content(MessageKind.TEXT, "Too late"))))
    await ann.wait_for(lambda seen: seen.status == "failed")
    assert await whatsapp.settled() == 0
    told = [item.event for item in door.taken if isinstance(item, Incoming)]
    statuses = [event for event in told if isinstance(event, Delivered)]
    assert [status.status for status in statuses] == ["sent", "delivered", "read", "failed"]
    assert {status.row_id for status in statuses} == {1}
    assert all(status.external_id == sent.external_ids[0] for status in statuses[:3])
    assert (statuses[-1].problem or "").startswith("window ")


async def test_what_is_typed_on_the_phone_and_what_was_said_before(door: Door, whatsapp: Control, books: Books) -> None:
    number = await whatsapp.number("15550002222", coexistence=True)
    await whatsapp.callback(number, door.url, VERIFY_TOKEN)
    door.adapter = WhatsAppAdapter(
        CHANNEL,
        {
            "phone_number_id": number.id,
            "access_token": number.token,
            "app_secret": number.app_secret,
            "verify_token": VERIFY_TOKEN,
        },
        Surroundings(books, MediaFiles(Path("/nowhere")), Addresses("", None, whatsapp.url)),
    )
    bob = await whatsapp.person("15553334444", "Bob")
    before = [{"text": "Blue?", "at": 1697000001}, {"text": "Yes", "at": 1697000002, "outgoing": True}]
    await whatsapp.history(number, [{"person": bob.key, "messages": before}])
    typed = await bob.chat(number).phone_write("From the phone")
    await bob.chat(number).phone_edit(typed, "From my phone")
    await bob.chat(number).phone_revoke(typed)
    assert await whatsapp.settled() == 0
    kinds = [type(item.event).__name__ for item in door.taken if isinstance(item, Incoming)]
    expected = ["ClientWrote", "WrittenOutside", "WrittenOutside", "ClientEdited", "ClientDeleted"]
    assert sorted(kinds) == sorted(expected)
    await door.adapter.close()
