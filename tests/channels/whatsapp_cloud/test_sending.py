"""What staff write arrives at the client, and what goes wrong is told apart. Against the stand-in, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from channels.whatsapp_cloud.adapter import WhatsAppAdapter
from channels.whatsapp_cloud.capabilities import KILOBYTE, MEGABYTE
from playground.whatsapp_cloud.control import Control, PhoneNumber, Seen, Talk
from sales.ids import MessageId, Moment, StaffId
from sales.incoming import ClientWrote, Incoming
from sales.messages import (
    Content,
    Direction,
    Entity,
    Location,
    MessageKind,
    MessageStatus,
    RemoteFile,
    SharedContact,
    TemplateUse,
)
from sales.outbox import Dropped, Refused, Retry, Row, RowKind, Sent, Unknown
from storage.media_files import MediaFiles
from tests.channels.books import Books, remote, row

TEXT = Content(MessageKind.TEXT, "Yes, in blue")


async def stored(store: MediaFiles, data: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield data

    return (await store.put(stream(), 100 * MEGABYTE)).sha256


def message(message_id: MessageId) -> Row:
    return row(RowKind.MESSAGE, message_id=message_id)


async def send(adapter: WhatsAppAdapter, message_id: MessageId) -> Sent:
    outcome = await adapter.send(message(message_id))
    assert isinstance(outcome, Sent), outcome
    return outcome


async def arrived(ann: Talk) -> Seen:
    """The newest message of ours, once it has settled what becomes of it."""
    return await ann.wait_for(lambda seen: seen.by == "api" and seen.status in ("delivered", "failed"))


async def sent_file(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, content: Content, data: bytes = b"data" * 500
) -> Sent:
    return await send(adapter, books.written(content, await stored(store, data), len(data)))


async def test_a_text_arrives_and_carries_its_row(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    sent = await send(adapter, books.written(TEXT))
    seen = await arrived(ann)
    assert (seen.text, sent.external_ids, seen.tracker) == ("Yes, in blue", (seen.id,), "dibs:1")


async def test_formatting_is_written_as_whatsapp_does(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    entities = (Entity("bold", 8, 5), Entity("text_link", 0, 3, "https://shop.example"), Entity("mention", 4, 2))
    await send(adapter, books.written(replace(TEXT, entities=entities)))
    assert (await arrived(ann)).text == "Yes (https://shop.example), in *blue*"


KINDS = {
    "photo": "image",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "voice": "audio",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_file_arrives_whole(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk, kind: str
) -> None:
    data = kind.encode() * 5_000
    caption = "See *this*" if KINDS[kind] in ("image", "video", "document") else ""
    await sent_file(adapter, books, store, Content(MessageKind(kind), caption, file=remote()), data)
    seen = await arrived(ann)
    assert (seen.type, seen.error, seen.text) == (KINDS[kind], 0, caption)
    assert await ann.download(seen) == data
    assert (seen.content.get("voice") is True) == (kind == "voice")


async def test_words_with_a_voice_message_follow_it(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    sent = await sent_file(adapter, books, store, Content(MessageKind.VOICE, "listen", file=remote()))
    voice, words = (await ann.wait_until(lambda all_: len(all_) == 3 and all_[-1].shown))[1:]
    assert (voice.type, words.text, sent.external_ids) == ("audio", "listen", (voice.id,))


async def test_only_the_words_below_a_voice_message_carry_the_row(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    """A status of the file's would settle the row, and words that have not left yet were lost."""
    await sent_file(adapter, books, store, Content(MessageKind.VOICE, "listen", file=remote()))
    voice, words = (await ann.wait_until(lambda all_: len(all_) == 3 and all_[-1].shown))[1:]
    assert (voice.tracker, words.tracker) == ("", "dibs:1")


async def test_words_that_did_not_follow_do_not_repeat_the_voice_message(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, whatsapp: Control, ann: Talk
) -> None:
    await whatsapp.fault("send", "fail", skip=1, code=131016)
    content = Content(MessageKind.VOICE, "listen", file=remote())
    message_id = books.written(content, await stored(store, b"voice"), 5)
    assert isinstance(await adapter.send(message(message_id)), Retry)
    sent = await send(adapter, message_id)
    voice, words = (await ann.wait_until(lambda all_: len(all_) == 3 and all_[-1].shown))[1:]
    assert (voice.type, words.text, sent.external_ids) == ("audio", "listen", (voice.id,))


async def test_a_document_keeps_its_name(adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk) -> None:
    await sent_file(adapter, books, store, Content(MessageKind.DOCUMENT, file=remote(file_name='price "list" ü.pdf')))
    assert (await arrived(ann)).content["filename"] == 'price "list" ü.pdf'


AS_DOCUMENTS = [
    (MessageKind.PHOTO, remote(mime="image/webp")),
    (MessageKind.VIDEO, remote(mime="video/webm")),
    (MessageKind.ANIMATION, remote(mime="image/gif")),
    (MessageKind.AUDIO, remote(mime="audio/flac", file_name="song.flac")),
    (MessageKind.STICKER, remote(mime="application/x-tgsticker")),
    (MessageKind.DOCUMENT, remote(mime="application/zip", file_name="all.zip")),
    (MessageKind.DOCUMENT, remote()),
]


@pytest.mark.parametrize(("kind", "file"), AS_DOCUMENTS)
async def test_what_whatsapp_does_not_know_goes_as_a_file(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk, kind: MessageKind, file: RemoteFile
) -> None:
    await sent_file(adapter, books, store, Content(kind, file=file))
    seen = await arrived(ann)
    assert (seen.type, seen.error, bool(seen.content["filename"])) == ("document", 0, True)


OPUS = b"OggS" + bytes(24) + b"OpusHead\x01\x01" + bytes(40)
BY_LOOK = [
    (MessageKind.VOICE, OPUS, "audio"),
    (MessageKind.VOICE, OPUS.replace(b"\x01\x01", b"\x01\x02"), "document"),
    (MessageKind.AUDIO, b"OggS" + bytes(24) + b"\x01vorbis" + bytes(40), "document"),
    (MessageKind.STICKER, b"RIFF0000WEBPVP8X" + bytes(200 * KILOBYTE), "document"),
    (MessageKind.STICKER, b"RIFF0000WEBPVP8X" + bytes(14) + b"ANIM" + bytes(200 * KILOBYTE), "sticker"),
    (MessageKind.STICKER, bytes(501 * KILOBYTE), "document"),
    (MessageKind.PHOTO, bytes(6 * MEGABYTE), "document"),
    (MessageKind.VIDEO, bytes(17 * MEGABYTE), "document"),
]


@pytest.mark.parametrize(("kind", "data", "expected"), BY_LOOK)
async def test_what_a_file_is_decides_as_what_it_goes(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk, kind: MessageKind, data: bytes, expected: str
) -> None:
    mime = "audio/ogg" if kind is MessageKind.AUDIO else None
    await sent_file(adapter, books, store, Content(kind, file=remote(mime=mime)), data)
    seen = await arrived(ann)
    assert (seen.type, seen.error) == (expected, 0)


async def test_a_voice_message_in_another_format_is_still_audio(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    await sent_file(adapter, books, store, Content(MessageKind.VOICE, file=remote(mime="audio/mpeg")))
    seen = await arrived(ann)
    assert (seen.type, "voice" in seen.content) == ("audio", False)


async def test_a_file_over_the_limit_says_so(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    content = Content(MessageKind.DOCUMENT, file=remote())
    outcome = await adapter.send(message(books.written(content, "0" * 64, 101 * MEGABYTE)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_big"


async def test_the_same_file_is_uploaded_once(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, whatsapp: Control, ann: Talk
) -> None:
    for _ in range(2):
        await sent_file(adapter, books, store, Content(MessageKind.PHOTO, file=remote()))
    assert len(await whatsapp.calls("upload")) == 1


async def test_an_upload_that_has_expired_is_made_anew_by_the_next_attempt(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, whatsapp: Control, ann: Talk
) -> None:
    content = Content(MessageKind.PHOTO, file=remote())
    await sent_file(adapter, books, store, content)
    await whatsapp.advance(31 * 86_400)
    await ann.write("Once more, please")
    photo = books.written(content, await stored(store, b"data" * 500), 2000)
    assert isinstance(await adapter.send(message(photo)), Refused)
    await send(adapter, photo)


async def test_places_and_contacts(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    await send(adapter, books.written(Content(MessageKind.LOCATION, location=Location(55.5, 37.5))))
    assert (await arrived(ann)).content == {"latitude": 55.5, "longitude": 37.5}
    await send(adapter, books.written(Content(MessageKind.LOCATION, location=Location(55.5, 37.5, "Shop", "Main 1"))))
    venue = await ann.wait_for(lambda seen: seen.type == "location" and "name" in seen.content)
    assert venue.content["name"] == "Shop"
    contact = SharedContact("+79001234567", "Bob", "Bee")
    await send(adapter, books.written(Content(MessageKind.CONTACT, contact=contact)))
    card = (await ann.wait_for(lambda seen: seen.type == "contacts")).content[0]
    assert (card["name"]["formatted_name"], card["phones"][0]["phone"]) == ("Bob Bee", "+79001234567")


async def heard(books: Books, ann: Talk, text: str = "Blue?") -> MessageId:
    """A message of Ann's, in the books."""
    asked = await ann.write(text)
    said = Content(MessageKind.TEXT, text)
    return books.written(said, direction=Direction.IN, status=MessageStatus.RECEIVED, external_id=asked.id)


async def test_a_reply_is_shown_as_one(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    question = await heard(books, ann)
    await send(adapter, books.written(TEXT, reply_to=question))
    assert (await arrived(ann)).reply_to == books.messages.kept[question].external_id


@pytest.mark.parametrize("external_id", ["wacid.a-call", "wamid.HBgLgone#2"])
async def test_a_reply_to_what_is_gone_or_was_a_call_arrives_all_the_same(
    adapter: WhatsAppAdapter, books: Books, ann: Talk, external_id: str
) -> None:
    question = books.written(TEXT, status=MessageStatus.RECEIVED, external_id=external_id)
    await send(adapter, books.written(TEXT, reply_to=question))
    seen = await arrived(ann)
    assert (seen.text, seen.reply_to) == ("Yes, in blue", "")


async def test_parts_of_an_album_go_one_by_one_in_order(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    for text in ("one", "two", "three"):
        sha256 = await stored(store, text.encode())
        books.written(Content(MessageKind.PHOTO, text, file=remote(text)), sha256, len(text), album="a")
    sent = await send(adapter, MessageId(1))
    seen = await ann.wait_until(lambda all_: sum(one.shown for one in all_) >= 3)
    ours = [one for one in seen if one.by == "api"]
    assert [one.text for one in ours] == ["one", "two", "three"]
    assert sent.external_ids == (ours[-1].id,)
    assert books.messages.kept[MessageId(1)].status is MessageStatus.SENT


# --- answering ---


async def test_an_answer_marks_as_read_and_shows_typing_once(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    question = await heard(books, ann)
    for _ in range(2):
        await send(adapter, books.written(TEXT))
    calls = await whatsapp.calls("read")
    assert [call.body["message_id"] for call in calls] == [books.messages.kept[question].external_id]
    assert calls[0].body["typing_indicator"] == {"type": "text"}
    assert all(seen.read_by_business for seen in await ann.messages() if seen.by == "person")


async def test_what_dibs_itself_says_marks_nothing_as_read(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    film = await heard(books, ann)
    assert isinstance(await adapter.send(row(RowKind.TEXT, name="file_too_big", reply_to=film)), Sent)
    seen = await arrived(ann)
    assert (seen.reply_to != "", "too big" in seen.text) == (True, True)
    assert await whatsapp.calls("read") == []
    assert isinstance(await adapter.send(row(RowKind.TEXT, name="nothing known")), Dropped)


@pytest.mark.parametrize("fault", [{"action": "fail", "code": 131009}, {"action": "drop"}])
async def test_failing_to_mark_as_read_hinders_nothing(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk, fault: dict[str, Any]
) -> None:
    await heard(books, ann)
    await whatsapp.fault("read", **fault)
    await send(adapter, books.written(TEXT))
    assert (await arrived(ann)).text == "Yes, in blue"


# --- reactions and changes ---


async def test_a_reaction_is_shown_and_taken_back(adapter: WhatsAppAdapter, books: Books, ann: Talk) -> None:
    question = await heard(books, ann)
    for emoji in ("🫶", None):
        books.messages.kept[question] = replace(books.messages.kept[question], staff_reaction=emoji)
        assert await adapter.send(row(RowKind.REACT, message_id=question)) == Sent()
        await ann.wait_until(lambda all_, emoji=emoji: all_[-1].reactions.get("business") == emoji)  # type: ignore[misc]


@pytest.mark.parametrize("kind", [RowKind.EDIT, RowKind.DELETE])
async def test_nothing_sent_can_be_changed(adapter: WhatsAppAdapter, books: Books, kind: RowKind) -> None:
    text = books.written(TEXT, status=MessageStatus.SENT, external_id="wamid.x")
    outcome = await adapter.send(row(kind, message_id=text))
    assert isinstance(outcome, Refused)
    assert outcome.code == "unsupported"


# --- templates ---


async def test_a_template_is_filled_in_and_may_come_after_the_window(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, number: PhoneNumber, ann: Talk
) -> None:
    await whatsapp.template(number.business, "order_update", "Hi {{1}}, your order {{2}} is on its way.")
    books.conversation = replace(books.conversation, window_until=Moment(1))
    use = TemplateUse("order_update", "en_US", (("body.1", "Ann"), ("body.2", "4711")))
    words = "Hi Ann, your order 4711 is on its way."
    await whatsapp.advance(90_000)
    await send(adapter, books.written(Content(MessageKind.TEXT, words, template=use)))
    seen = await arrived(ann)
    assert (seen.type, seen.text, seen.error) == ("template", words, 0)


async def test_free_words_are_held_once_the_window_is_closed(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    books.conversation = replace(books.conversation, window_until=Moment(1))
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "window"
    assert await whatsapp.calls("send") == []


@pytest.mark.parametrize(("name", "values"), [("order_update", ()), ("no_such_thing", ())])
async def test_a_template_that_does_not_fit_says_so(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, number: PhoneNumber, ann: Talk, name: str, values: Any
) -> None:
    await whatsapp.template(number.business, "order_update", "Hi {{1}}.")
    use = TemplateUse(name, "en_US", values)
    outcome = await adapter.send(message(books.written(Content(MessageKind.TEXT, "Hi.", template=use))))
    assert isinstance(outcome, Refused)
    assert outcome.code in ("template_blanks", "template_gone")


# --- to whom ---


async def test_a_user_id_is_written_to_as_such(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, number: PhoneNumber
) -> None:
    """Of somebody who keeps the number to themselves."""
    await whatsapp.callback(number, "http://127.0.0.1:9/", unchecked=True)
    shy = (await whatsapp.person("15557654321", "Shy", username="shy", hidden=True)).chat(number)
    await shy.write("Guess who")
    await whatsapp.settled(0.1)
    told = [item for post in await whatsapp.webhooks() for item in adapter.parse(post["body"].encode())]
    assert isinstance(told[0], Incoming)
    assert isinstance(told[0].event, ClientWrote)
    books.conversation = replace(books.conversation, address=told[0].event.address)
    await send(adapter, books.written(TEXT))
    assert (await arrived(shy)).text == "Yes, in blue"


async def test_nothing_for_a_test_client_reaches_whatsapp(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control
) -> None:
    books.client = replace(books.client, test_for=StaffId(1))
    text = books.written(TEXT)
    await send(adapter, text)
    assert isinstance(await adapter.send(row(RowKind.TEXT, name="file_too_big")), Sent)
    assert await whatsapp.calls() == []


# --- what goes wrong ---


async def test_a_revoked_token(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, number: PhoneNumber, ann: Talk
) -> None:
    await whatsapp.set_business(number.business, revoked=True)
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "token"


@pytest.mark.parametrize("action", ["drop", "garbage"])
async def test_a_lost_answer_is_not_taken_for_a_failure(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk, action: str
) -> None:
    await whatsapp.fault("send", action)
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Unknown)
    assert (outcome.after or 0) >= 10, "time for the status that tells"


async def test_a_lost_answer_to_an_upload_is_a_retry(
    adapter: WhatsAppAdapter, books: Books, store: MediaFiles, whatsapp: Control, ann: Talk
) -> None:
    await whatsapp.fault("upload", "drop")
    photo = books.written(Content(MessageKind.PHOTO, file=remote()), await stored(store, b"photo"), 5)
    assert isinstance(await adapter.send(message(photo)), Retry)
    await send(adapter, photo)


async def test_a_lost_answer_to_what_may_be_repeated_is_a_retry(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    question = await heard(books, ann)
    books.messages.kept[question] = replace(books.messages.kept[question], staff_reaction="👍")
    await whatsapp.fault("send", "drop")
    assert isinstance(await adapter.send(row(RowKind.REACT, message_id=question)), Retry)


async def test_a_pair_that_is_too_fast_waits_by_itself(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    await whatsapp.options(limits=True, pair_burst=2)
    outcomes = [await adapter.send(message(books.written(TEXT))) for _ in range(3)]
    assert isinstance(outcomes[-1], Retry)
    assert (outcomes[-1].freeze, outcomes[-1].after) == ("bucket", 6.0)


async def test_a_number_that_is_too_fast_waits_as_a_whole(
    adapter: WhatsAppAdapter, books: Books, whatsapp: Control, ann: Talk
) -> None:
    await whatsapp.options(limits=True, messages_per_second=1)
    outcomes = [await adapter.send(message(books.written(TEXT))) for _ in range(4)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Retry)]
    assert refused
    assert all(outcome.freeze == "lane" and (outcome.after or 0) >= 1 for outcome in refused)
