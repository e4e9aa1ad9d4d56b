"""What staff write arrives at the client, and what goes wrong is told apart. Against the stand-in, over HTTP."""

import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from channels.kinds import Surroundings
from channels.whatsapp_linked.adapter import LinkedAdapter
from channels.whatsapp_linked.calls import streamed
from channels.whatsapp_linked.capabilities import CAPABILITIES, MEGABYTE
from channels.whatsapp_linked.sending import LONGEST_TYPING, SHORTEST_TYPING, typing_seconds
from playground.whatsapp_gateway.control import Control, Talk
from sales.ids import MessageId, Moment, StaffId
from sales.messages import Content, Direction, Entity, Location, MessageKind, MessageStatus, SharedContact
from sales.outbox import Dropped, Refused, Retry, Row, RowKind, Sent, Unknown
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books, remote, row

TEXT = Content(MessageKind.TEXT, "Yes, in blue")


async def stored(store: MediaFiles, data: bytes) -> str:
    async def stream() -> AsyncIterator[bytes]:
        yield data

    return (await store.put(stream(), 100 * MEGABYTE)).sha256


def message(message_id: MessageId) -> Row:
    return row(RowKind.MESSAGE, message_id=message_id)


async def send(adapter: LinkedAdapter, message_id: MessageId) -> str:
    outcome = await adapter.send(message(message_id))
    assert isinstance(outcome, Sent), outcome
    return outcome.external_ids[0]


async def arrived(adapter: LinkedAdapter, books: Books, content: Content = TEXT) -> MessageId:
    """A message that has arrived and is settled."""
    message_id = books.written(content)
    books.messages.settle(message_id, MessageStatus.SENT, await send(adapter, message_id), None)
    return message_id


def heard(books: Books, external_id: str) -> MessageId:
    """The client's message, in the books."""
    return books.written(TEXT, status=MessageStatus.RECEIVED, direction=Direction.IN, external_id=external_id)


async def test_a_text_arrives_with_an_id_that_names_its_row(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    external_id = await send(adapter, books.written(TEXT))
    seen = await ann.last()
    assert (seen.text, seen.id, seen.source) == ("Yes, in blue", external_id, "api")
    assert adapter._eyes.own.row_of(external_id) == 1


async def test_formatting_is_written_as_whatsapp_writes_it(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    entities = (Entity("bold", 0, 3), Entity("text_link", 8, 4, url="https://shop.example"))
    await send(adapter, books.written(replace(TEXT, entities=entities)))
    assert (await ann.last()).text == "*Yes*, in blue (https://shop.example)"


async def test_a_person_reads_and_types_before_answering(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    asked = await ann.write("Blue?")
    heard(books, asked.id)
    await send(adapter, books.written(TEXT))
    names = [call.name for call in await waha.calls() if call.name not in ("create_session",)]
    assert [name.lower().replace("_", "") for name in names][-4:] == [
        "sendseen",
        "starttyping",
        "stoptyping",
        "sendtext",
    ]
    assert (await ann.seen(asked)).ack == 3
    assert len(await ann.typing()) == 1


def test_typing_takes_a_human_time_and_not_too_long() -> None:
    assert typing_seconds("") == SHORTEST_TYPING
    assert SHORTEST_TYPING < typing_seconds("a" * 50) < LONGEST_TYPING
    assert typing_seconds("a" * 4000) == LONGEST_TYPING


async def test_what_is_only_for_looks_keeps_nothing_back(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    for name in ("startTyping", "start_typing"):
        await waha.fault(name, "fail", status=500)
    await send(adapter, books.written(TEXT))
    assert (await ann.last()).text == "Yes, in blue"


KINDS = {
    "photo": ("image", "image/jpeg"),
    "video": ("video", "video/mp4"),
    "animation": ("video", "video/mp4"),
    "video_note": ("video_note", "video/mp4"),
    "voice": ("voice", "audio/ogg"),
    "document": ("document", "application/pdf"),
    "audio": ("document", "audio/mpeg"),
    "sticker": ("document", "image/webp"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_file_arrives_whole(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk, kind: str
) -> None:
    shown, mime = KINDS[kind]
    data = b"OggS" + kind.encode() * 100_001
    content = Content(MessageKind(kind), file=remote(mime=mime))
    await send(adapter, books.written(content, await stored(store, data), len(data)))
    seen = await ann.last()
    assert (seen.kind, await ann.download(seen)) == (shown, data)


async def test_a_document_keeps_its_name_and_its_words(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    content = Content(MessageKind.DOCUMENT, "The *offer*", file=remote(file_name='price "list" ü.pdf'))
    await send(adapter, books.written(content, await stored(store, b"pdf"), 3))
    seen = await ann.last()
    assert seen.media is not None
    assert (seen.media.name, seen.text) == ('price "list" ü.pdf', "The *offer*")


async def test_a_voice_message_of_another_type_is_converted(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    content = Content(MessageKind.VOICE, file=remote(mime="audio/mpeg"))
    await send(adapter, books.written(content, await stored(store, b"ID3 mp3"), 7))
    assert (await ann.last()).kind == "voice"


async def test_a_photo_that_whatsapp_would_not_show_goes_as_a_file(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    data = bytes(17 * MEGABYTE)
    content = Content(MessageKind.PHOTO, "Big", file=remote(mime="image/jpeg"))
    await send(adapter, books.written(content, await stored(store, data), len(data)))
    assert (await ann.last()).kind == "document"
    content = Content(MessageKind.PHOTO, file=remote(mime="image/heic"))
    await send(adapter, books.written(content, await stored(store, b"heic"), 4))
    assert (await ann.last()).kind == "document"


async def test_a_large_file_is_never_in_memory(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as made:
        made.truncate(100 * MEGABYTE + 1)
    with path.open("rb") as file:
        tracemalloc.start()
        body, length = streamed({"session": "default"}, Content(MessageKind.DOCUMENT, file=remote()), file)
        total = 0
        async for chunk in body:
            total += len(chunk)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert total == length
    assert peak < 4 * MEGABYTE


async def test_a_file_that_the_gateway_would_not_take_is_not_tried(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    content = Content(MessageKind.DOCUMENT, file=remote())
    outcome = await adapter.send(message(books.written(content, "0" * 64, 38 * MEGABYTE)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_big"


async def test_the_largest_document_is_taken(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    data = bytes(CAPABILITIES.sizes[MessageKind.DOCUMENT])
    content = Content(MessageKind.DOCUMENT, "a" * 1024, file=remote(file_name="a" * 200))
    await send(adapter, books.written(content, await stored(store, data), len(data)))
    assert (await ann.last()).kind == "document"


async def test_places_and_contacts(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    await send(adapter, books.written(Content(MessageKind.LOCATION, location=Location(55.5, 37.5, "Shop", "Main 1"))))
    place = (await ann.last()).location
    assert place is not None
    assert (place["latitude"], place["description"]) == ("55.5", "Shop, Main 1")
    contact = SharedContact("+79001234567", "Bob; Ltd", "Bee")
    await send(adapter, books.written(Content(MessageKind.CONTACT, contact=contact)))
    card = (await ann.last()).vcards[0]
    assert "FN:Bob\\; Ltd Bee" in card
    assert "waid=79001234567:+79001234567" in card


async def test_answers_are_shown_as_such_whoever_wrote_what_is_answered(
    adapter: LinkedAdapter, books: Books, ann: Talk
) -> None:
    asked = await ann.write("Blue?")
    question = heard(books, asked.id)
    first = books.written(TEXT, reply_to=question)
    books.messages.settle(first, MessageStatus.SENT, await send(adapter, first), None)
    assert (await ann.last()).reply_to == asked.id
    await send(adapter, books.written(replace(TEXT, text="And in red"), reply_to=first))
    assert (await ann.last()).reply_to == books.messages.kept[first].external_id


async def test_an_edit_and_a_deletion(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    message_id = await arrived(adapter, books)
    books.edited(message_id, replace(TEXT, text="Yes, in red"))
    assert await adapter.send(row(RowKind.EDIT, message_id=message_id)) == Sent()
    assert (await ann.last()).text == "Yes, in red"
    assert await adapter.send(row(RowKind.DELETE, message_id=message_id)) == Sent()
    assert (await ann.last()).revoked


async def test_what_is_too_old_stays(adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control) -> None:
    message_id = await arrived(adapter, books)
    await waha.advance(16 * 60)
    books.edited(message_id, replace(TEXT, text="Yes, in red"))
    outcome = await adapter.send(row(RowKind.EDIT, message_id=message_id))
    assert isinstance(outcome, Refused)
    assert outcome.code == "too_old"


async def test_any_reaction_and_taking_it_back(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    asked = await ann.write("Blue?")
    message_id = heard(books, asked.id)
    books.messages.kept[message_id] = replace(books.messages.kept[message_id], staff_reaction="🦖")
    assert await adapter.send(row(RowKind.REACT, message_id=message_id)) == Sent()
    assert (await ann.seen(asked)).reactions == {"owner": "🦖"}
    books.messages.kept[message_id] = replace(books.messages.kept[message_id], staff_reaction=None)
    assert await adapter.send(row(RowKind.REACT, message_id=message_id)) == Sent()
    assert (await ann.seen(asked)).reactions == {}


async def test_a_reaction_to_what_is_gone_is_dropped(adapter: LinkedAdapter, books: Books, ann: Talk) -> None:
    message_id = heard(books, "3AFFFFFFFFFFFFFFFFFF")
    books.messages.kept[message_id] = replace(books.messages.kept[message_id], staff_reaction="👍")
    assert isinstance(await adapter.send(row(RowKind.REACT, message_id=message_id)), Dropped)


# --- what goes wrong ---


async def test_a_lost_answer_is_uncertain_and_the_repeat_looks_first(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    message_id = books.written(TEXT)
    await waha.fault("sendText", "drop")
    assert isinstance(await adapter.send(message(message_id)), Unknown)
    again = await adapter.send(replace(message(message_id), uncertain=True, attempts=2))
    assert isinstance(again, Sent)
    assert [seen.id for seen in await ann.messages()] == list(again.external_ids)
    assert len(await waha.calls("sendText")) == 1


async def test_what_did_not_arrive_is_sent_by_the_repeat(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    message_id = books.written(TEXT)
    await waha.fault("sendText", "refuse")
    assert isinstance(await adapter.send(message(message_id)), Unknown)
    assert isinstance(await adapter.send(replace(message(message_id), uncertain=True, attempts=2)), Sent)
    assert [seen.text for seen in await ann.messages()] == ["Yes, in blue"]


async def test_a_file_whose_answer_was_lost_is_found_by_what_it_says(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk, waha: Control
) -> None:
    content = Content(MessageKind.PHOTO, "Look", file=remote(mime="image/jpeg"))
    known = await arrived(adapter, books, TEXT)
    message_id = books.written(content, await stored(store, b"jpeg"), 4)
    await waha.fault("sendImage", "drop")
    assert isinstance(await adapter.send(message(message_id)), Unknown)
    made_at = Moment(int((await ann.last()).at * 1000))
    again = await adapter.send(replace(message(message_id), uncertain=True, attempts=2, created_at=made_at))
    assert isinstance(again, Sent)
    assert [seen.id for seen in await ann.messages()] == [
        books.messages.kept[known].external_id,
        *again.external_ids,
    ]


async def test_the_same_file_sent_before_is_another_one(
    adapter: LinkedAdapter, books: Books, store: MediaFiles, ann: Talk
) -> None:
    content = Content(MessageKind.PHOTO, file=remote(mime="image/jpeg"))
    sha256 = await stored(store, b"jpeg")
    first = books.written(content, sha256, 4)
    books.messages.settle(first, MessageStatus.SENT, await send(adapter, first), None)
    second = replace(message(books.written(content, sha256, 4)), uncertain=True, created_at=Moment(1))
    assert isinstance(await adapter.send(second), Sent)
    assert len(await ann.messages()) == 2


async def test_a_repeat_does_not_send_while_nobody_knows(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    await waha.fault("get_message", "fail", status=500, times=1)
    outcome = await adapter.send(replace(message(books.written(TEXT)), uncertain=True, attempts=2))
    assert isinstance(outcome, Unknown)
    assert await ann.messages() == []


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"message": "Unauthorized", "statusCode": 401}, "token"),
        (413, {"statusCode": 413, "message": "request entity too large"}, "too_big"),
        (400, {"message": ["text must be a string"], "statusCode": 400}, "bad_request"),
        (422, {"message": "The method is not implemented by the engine.", "statusCode": 422}, "unsupported"),
        (
            500,
            {"statusCode": 500, "exception": {"message": "2 UNKNOWN: server returned error 463"}},
            "restricted",
        ),
    ],
)
async def test_refusals(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control, status: int, body: dict[str, object], expected: str
) -> None:
    await waha.fault("sendText", "fail", status=status, body=body)
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == expected


async def test_whatsapps_own_no_is_tried_again_without_doubt(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    body = {"statusCode": 500, "exception": {"message": "2 UNKNOWN: server returned error 400"}}
    await waha.fault("sendText", "fail", status=500, body=body)
    assert isinstance(await adapter.send(message(books.written(TEXT))), Retry)


async def test_what_the_gateway_cannot_do_is_refused_and_only_a_session_is_waited_for(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    await waha.fault("sendText", "fail", status=422, body={"message": "Can't send messages to this", "statusCode": 422})
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "bad_request"


async def test_a_redirect_is_not_followed(adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control) -> None:
    await waha.fault("sendText", "fail", status=302, body={})
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Retry)
    assert await ann.messages() == []


async def test_a_session_that_does_not_work_stops_the_lane_for_a_while(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    await waha.unlink("default")
    outcome = await adapter.send(message(books.written(TEXT)))
    assert isinstance(outcome, Retry)
    assert outcome.freeze == "channel:7"


async def test_a_gateway_that_is_away_is_tried_again(
    adapter: LinkedAdapter, books: Books, ann: Talk, secrets: dict[str, str], surroundings: Surroundings
) -> None:
    away = LinkedAdapter(CHANNEL, {**secrets, "url": "http://127.0.0.1:9"}, surroundings, typing=lambda text: 0.0)
    outcome = await away.send(message(books.written(TEXT)))
    await away.close()
    assert isinstance(outcome, Retry)


async def test_an_answer_to_a_test_client_ends_here(
    adapter: LinkedAdapter, books: Books, ann: Talk, waha: Control
) -> None:
    books.client = replace(books.client, test_for=StaffId(1))
    assert isinstance(await adapter.send(message(books.written(TEXT))), Sent)
    assert await waha.calls("sendText") == []
