"""The `pywa` package reads our webhooks and sends by us as it does by Meta."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

import httpx
import pytest
from pywa import WhatsApp, errors, types
from pywa.types import templates
from pywa.types.account_update import AccountUpdate
from pywa.types.base_update import RawUpdate
from pywa.types.calls import CallConnect, CallTerminate
from pywa.types.message import DeletedMessage, EditedMessage, OutgoingMessage
from pywa.types.system import IdentityChange, PhoneNumberChange
from pywa.types.user_preferences import UserMarketingPreferences

from .whatsapp_cloud_stage import ANN, Stage, stage

T = TypeVar("T")


@pytest.fixture
async def cloud() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def client(cloud: Stage) -> Iterator[WhatsApp]:
    """A pywa client whose Meta is our server."""
    number, session = cloud.number, httpx.Client(timeout=20)
    wa = WhatsApp(
        session=session,
        phone_id=number.id,
        token=number.token,
        waba_id=number.business.id,
        verify_token="x",
        app_secret=number.app_secret,
    )
    session.base_url = httpx.URL(f"{cloud.control.url}/v23.0")
    yield wa
    session.close()


async def read(cloud: Stage, client: WhatsApp) -> list[Any]:
    """Every webhook so far as pywa's own update, by pywa's own choice of handler."""
    await cloud.control.settled()
    found = []
    for raw in cloud.webhook.raws:
        update = RawUpdate(raw, hmac_header=None, update_hash="x")
        handler = client._get_handler_type(update)
        assert handler is not None, raw
        found.append(client._handlers_to_updates[handler].from_update(client=client, update=update))
    return found


async def by_client(call: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """Run a blocking call of the client."""
    return await asyncio.to_thread(call, *arguments, **named)


async def test_every_kind_of_message_is_read(cloud: Stage, client: WhatsApp) -> None:
    await cloud.ann.write("text", often=True)
    for kind in ("image", "video", "document", "audio", "sticker"):
        await cloud.ann.send(kind, caption="about it")
    await cloud.ann.voice()
    await cloud.ann.location(1.5, 2.5, "Here", "1 Street")
    await cloud.ann.contact("+1 555", "Bo")
    await cloud.ann.order({"product_retailer_id": "A", "quantity": 3, "item_price": 30, "currency": "ILS"})
    await cloud.ann.write_from_ad("from an ad", source_id="77")
    await cloud.ann.unsupported("poll")
    text, image, video, document, audio, sticker, voice, place, contact, order, ad, odd = await read(cloud, client)
    assert (text.text, text.forwarded_many_times, text.from_user.wa_id) == ("text", True, ANN)
    assert (image.image.mime_type, image.caption) == ("image/jpeg", "about it")
    assert (video.caption, document.document.filename) == ("about it", "file.pdf")
    assert (audio.audio.voice, voice.audio.voice) == (False, True)
    assert sticker.sticker.animated is False
    assert (place.location.latitude, place.location.name) == (1.5, "Here")
    assert contact.contacts[0].phones[0].phone == "+1 555"
    assert (order.order.products[0].sku, order.order.products[0].quantity) == ("A", 3)
    assert (ad.referral.source_id, ad.text) == ("77", "from an ad")
    assert isinstance(odd.error, errors.UnsupportedMessageType)


async def test_everything_else_is_read(cloud: Stage, client: WhatsApp) -> None:
    first = await cloud.ann.write("hello")
    await cloud.ann.react(first, "👍")
    await cloud.ann.edit(first, "hello!")
    await cloud.ann.revoke(first)
    await cloud.ann.stop_marketing()
    await cloud.ann.call(answered=True)
    await cloud.ann.phone_write("typed on the phone")
    await cloud.ann.change_identity()
    await cloud.ann.change_number("15550009999")
    updates = await read(cloud, client)
    assert [type(update) for update in updates] == [
        types.Message,
        types.Message,
        EditedMessage,
        DeletedMessage,
        UserMarketingPreferences,
        CallConnect,
        CallTerminate,
        OutgoingMessage,
        IdentityChange,
        PhoneNumberChange,
    ]
    assert (updates[1].reaction.emoji, updates[1].reaction.message_id) == ("👍", first.id)
    assert updates[2].message.text == "hello!"
    assert (updates[6].duration, updates[7].to_user.wa_id) == (60, ANN)
    assert (updates[9].old_wa_id, updates[9].new_wa_id) == (ANN, "15550009999")


async def test_accounts_and_templates_are_read(cloud: Stage, client: WhatsApp) -> None:
    business = cloud.number.business
    await cloud.control.template(business, "hi", "Hi {{1}}")
    await cloud.control.template_status(business, "hi", "PAUSED")
    restriction = {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": 1_900_000_000}
    await cloud.control.account_update(business, "ACCOUNT_RESTRICTION", restriction_info=[restriction])
    client.filter_updates = False
    paused, restricted = await read(cloud, client)
    assert isinstance(paused, templates.TemplateStatusUpdate)
    assert (paused.template_name, str(paused.new_status.value)) == ("hi", "PAUSED")
    assert isinstance(restricted, AccountUpdate)
    assert len(restricted.restriction_info) == 1


async def test_statuses_are_read(cloud: Stage, client: WhatsApp) -> None:
    await cloud.sent("text", {"body": "no window"}, biz_opaque_callback_data="row 1")
    await cloud.ann.write("hello")
    await cloud.sent("text", {"body": "hi"})
    failed, _, sent, delivered = await read(cloud, client)
    assert isinstance(failed.error, errors.ReEngagementMessage)
    assert (failed.tracker, failed.from_user.wa_id) == ("row 1", ANN)
    assert [str(status.status.value) for status in (sent, delivered)] == ["sent", "delivered"]
    assert sent.pricing.billable is False


async def test_a_hidden_number_is_read(cloud: Stage, client: WhatsApp) -> None:
    await cloud.person.change(hidden=True, username="ann")
    await cloud.ann.write("hello")
    (message,) = await read(cloud, client)
    assert message.from_user.wa_id is None
    sent = await by_client(message.reply, "hi", quote=True)
    assert sent.chat.id == message.from_user.bsuid
    await cloud.control.settled()
    assert (await cloud.ann.last()).text == "hi"


async def test_its_client_sends_everything(cloud: Stage, client: WhatsApp) -> None:
    first = await cloud.ann.write("hello")
    await by_client(client.send_message, ANN, "hi", reply_to_message_id=first.id, tracker="t", preview_url=True)
    await by_client(client.send_message, ANN, "Sure?", footer="f", buttons=[types.Button("Yes", "y")])
    rows = [types.SectionRow("Red", "r", "warm")]
    listed = types.SectionList("Colours", [types.Section("All", rows)])
    await by_client(client.send_message, ANN, "Which?", header="h", buttons=listed)
    await by_client(client.send_image, ANN, b"\xff\xd8\xff image", caption="c", mime_type="image/jpeg")
    await by_client(client.send_document, ANN, b"pdf", filename="a.pdf", mime_type="application/pdf")
    await by_client(client.send_audio, ANN, b"mp3", mime_type="audio/mpeg")
    await by_client(client.send_location, ANN, 1.5, 2.5, "Here", "1 Street")
    name = types.Contact.Name(formatted_name="Bo Li", first_name="Bo")
    await by_client(client.send_contact, ANN, types.Contact(name=name, phones=[types.Contact.Phone("+1 5")]))
    await by_client(client.send_reaction, ANN, "👍", first.id)
    await by_client(client.indicate_typing, first.id)
    await by_client(client.mark_message_as_read, first.id)
    await cloud.control.settled()
    seen = await cloud.ann.messages()
    assert [(message.type, message.status) for message in seen[1:]] == [
        (kind, "delivered")
        for kind in (
            "text",
            "interactive",
            "interactive",
            "image",
            "document",
            "audio",
            "location",
            "contacts",
        )
    ]
    assert (seen[0].reactions, seen[0].read_by_business) == ({"business": "👍"}, True)
    assert await cloud.ann.download(seen[4]) == b"\xff\xd8\xff image"


async def test_its_client_downloads_and_deletes(cloud: Stage, client: WhatsApp) -> None:
    await cloud.ann.send("image", data=b"\xff\xd8\xff what Ann took")
    (message,) = await read(cloud, client)
    assert await by_client(message.image.get_bytes) == b"\xff\xd8\xff what Ann took"
    media = await by_client(client.get_media_url, message.image.id)
    assert (media.file_size, media.mime_type) == ("17", "image/jpeg")
    await by_client(client.delete_media, message.image.id)
    with pytest.raises(errors.WhatsAppError, match="does not exist"):
        await by_client(client.get_media_url, message.image.id)


async def test_its_client_lists_and_sends_templates(cloud: Stage, client: WhatsApp) -> None:
    buttons = [{"type": "QUICK_REPLY", "text": "Stop"}]
    components = [{"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Ann"]]}}]
    components.append({"type": "BUTTONS", "buttons": buttons})
    for language in ("en_US", "de"):
        await cloud.control.template(cloud.number.business, "hi", components=components, language=language)
    found = await by_client(client.get_templates, pagination=types.Pagination(limit=1))
    assert (found.total_count, len(found), found.has_next) == (2, 1, True)
    more = await by_client(client.get_templates, pagination=types.Pagination(limit=1, after=found.after))
    assert (more[0].language.value, more.has_next) == ("de", False)
    params = [templates.BodyText.params("Ann"), templates.QuickReplyButton.params(callback_data="no", index=0)]
    await by_client(client.send_template, ANN, "hi", templates.TemplateLanguage.ENGLISH_US, params)
    await cloud.control.settled()
    assert (await cloud.ann.last()).text == "Hi Ann"
    await cloud.ann.tap("Stop")
    pressed = (await read(cloud, client))[-1]
    assert isinstance(pressed, types.CallbackButton)
    assert (pressed.data, pressed.title) == ("no", "Stop")
    with pytest.raises(errors.TemplateParamCountMismatch):
        await by_client(client.send_template, ANN, "hi", templates.TemplateLanguage.ENGLISH_US, [])


async def test_its_client_knows_the_number(cloud: Stage, client: WhatsApp) -> None:
    number = await by_client(client.get_business_phone_number)
    assert (number.display_phone_number, number.verified_name) == ("1 555 000-1111", "Acme")
    client.api._session.headers["Authorization"] = "Bearer nonsense"
    with pytest.raises(errors.ExpiredAccessToken):
        await by_client(client.get_business_phone_number)
