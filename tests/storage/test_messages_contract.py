"""What is said: once each, in order, with every earlier version, and a status that never goes back."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from sales.clients import Conversation
from sales.ids import MessageId, StaffId, later
from sales.messages import (
    Content,
    Direction,
    Entity,
    Location,
    MediaState,
    Message,
    MessageKind,
    MessageStatus,
    RemoteFile,
    SharedContact,
)
from sales.ports import Work
from sales.ports.conversations import NewMessage, Version
from storage.crypto import Vault
from storage.database import Database
from storage.texts import BadText
from tests.storage.contract import (
    START,
    World,
    add_channel,
    add_conversation,
    add_staff,
    incoming,
    outgoing,
    text,
    world_on,
)

FILE = RemoteFile("channel:1", "AgAC", 1234, "image/jpeg", "a.jpg", 3, 640, 480)


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


@pytest.fixture
async def conversation(world: World) -> Conversation:
    channel = await world.write(add_channel)
    return await world.write(lambda work: add_conversation(work, channel))


@pytest.fixture
async def author(world: World) -> StaffId:
    return (await world.write(add_staff)).id


async def add(world: World, *new: NewMessage) -> list[MessageId]:
    return list(await world.write(lambda work: work.messages.add(new)))


async def stored(world: World, message_id: MessageId) -> Message:
    message = await world.read(lambda work: work.messages.get(message_id))
    assert message is not None
    return message


CONTENTS = [
    Content(
        MessageKind.TEXT,
        "Hi \U0001f600 <3 *_[",
        (Entity("bold", 0, 2), Entity("text_link", 3, 2, "https://x"), Entity("pre", 1, 1, None, "python")),
    ),
    Content(MessageKind.LOCATION, location=Location(59.9, 30.3, "Shop")),
    Content(MessageKind.CONTACT, contact=SharedContact("+4915112345678", "Anna", telegram_id=2**40)),
    Content(MessageKind.UNSUPPORTED, label="a poll"),
]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: str(content.kind))
async def test_content_comes_back_as_it_was(world: World, conversation: Conversation, content: Content) -> None:
    (message_id,) = await add(world, replace(incoming(conversation, "1"), content=content))
    assert (await stored(world, message_id)).content == content


async def test_a_message_comes_back_with_everything(world: World, conversation: Conversation) -> None:
    (first,) = await add(world, incoming(conversation, "1"))
    media_id = await world.write(lambda work: work.media.add(FILE))
    content = Content(MessageKind.PHOTO, "Look", file=FILE)
    new = replace(incoming(conversation, "2"), content=content, media_id=media_id, reply_to=first, album="a1")
    (second,) = await add(world, new)
    assert await stored(world, second) == Message(
        second,
        conversation.id,
        conversation.client_id,
        Direction.IN,
        content,
        MessageStatus.RECEIVED,
        START,
        START,
        media_id=media_id,
        external_id="2",
        reply_to=first,
        album="a1",
    )
    assert await world.read(lambda work: work.messages.of_media(media_id)) == await stored(world, second)


async def test_a_repeated_message_is_not_added_again(world: World, conversation: Conversation) -> None:
    first, second = await add(world, incoming(conversation, "1"), incoming(conversation, "2"))
    again = await add(world, incoming(conversation, "2"), incoming(conversation, "3"), incoming(conversation, "1"))
    assert again == [second, again[1], first]
    assert await world.read(lambda work: work.messages.count(conversation.client_id)) == 3


async def test_a_repeat_within_one_batch_is_one_message(world: World, conversation: Conversation) -> None:
    first, second = await add(world, incoming(conversation, "1"), incoming(conversation, "1"))
    assert first == second


async def test_messages_are_added_in_order_with_and_without_external_ids(
    world: World, conversation: Conversation, author: StaffId
) -> None:
    ids = await add(world, incoming(conversation, "1"), outgoing(conversation, author), incoming(conversation, "2"))
    assert ids == sorted(ids)
    assert len(set(ids)) == 3


async def test_pages_go_back_in_time(world: World, conversation: Conversation) -> None:
    ids = await add(world, *(incoming(conversation, str(number)) for number in range(7)))

    async def page(before: MessageId | None) -> list[MessageId]:
        found = await world.read(lambda work: work.messages.of_client(conversation.client_id, 3, before))
        return [message.id for message in found]

    assert await page(None) == ids[4:]
    assert await page(ids[4]) == ids[1:4]
    assert await page(ids[1]) == ids[:1]
    assert await page(ids[0]) == []


async def test_albums_and_external_ids(world: World, conversation: Conversation) -> None:
    parts = [replace(incoming(conversation, str(number)), album="a") for number in range(3)]
    ids = await add(world, *parts, incoming(conversation, "9"))
    album = await world.read(lambda work: work.messages.of_album(conversation.id, "a"))
    assert [message.id for message in album] == ids[:3]
    found = await world.read(lambda work: work.messages.by_external(conversation.id, "9"))
    assert found == await stored(world, ids[3])
    many = await world.read(lambda work: work.messages.get_many(ids[:2]))
    assert list(many) == ids[:2]


async def test_an_edit_keeps_what_was_said_before(world: World, conversation: Conversation) -> None:
    media_id = await world.write(lambda work: work.media.add(FILE))
    photo = Content(MessageKind.PHOTO, "One", file=FILE)
    (message_id,) = await add(world, replace(incoming(conversation, "1"), content=photo, media_id=media_id))
    two = replace(photo, text="Two", entities=(Entity("bold", 0, 3),))
    await world.write(lambda work: work.messages.change(message_id, two, later(START, 1)))
    await world.write(lambda work: work.messages.change(message_id, replace(photo, text="Three"), later(START, 2)))
    await world.write(lambda work: work.messages.delete(message_id, later(START, 3)))
    await world.write(lambda work: work.messages.delete(message_id, later(START, 9)))
    message = await stored(world, message_id)
    assert (message.content.text, message.edited_at, message.deleted_at) == ("Three", later(START, 2), later(START, 3))
    versions = await world.read(lambda work: work.messages.versions(message_id))
    assert versions == [Version(photo, later(START, 1)), Version(two, later(START, 2))]


# --- statuses ---

Q, S, D, R, F = (
    MessageStatus.QUEUED,
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
    MessageStatus.FAILED,
)


@pytest.mark.parametrize(
    ("way", "end"),
    [
        ((S, D, R), R),
        ((S, R, D, S), R),
        ((D, S), D),
        ((S, F), F),
        ((F,), F),
        ((D, F), D),
        ((R, F), R),
        ((F, S), S),
        ((MessageStatus.DROPPED,), MessageStatus.DROPPED),
        ((S, MessageStatus.DROPPED), S),
    ],
)
async def test_a_status_never_goes_back(
    world: World, conversation: Conversation, author: StaffId, way: tuple[MessageStatus, ...], end: MessageStatus
) -> None:
    (message_id,) = await add(world, outgoing(conversation, author))
    for status in way:
        await world.write(lambda work, status=status: work.messages.settle(message_id, status, None, None))
    assert (await stored(world, message_id)).status is end


async def test_what_the_platform_calls_a_message_is_remembered(
    world: World, conversation: Conversation, author: StaffId
) -> None:
    (message_id,) = await add(world, outgoing(conversation, author))
    await world.write(lambda work: work.messages.settle(message_id, S, "77", None))
    await world.write(lambda work: work.messages.settle(message_id, R, None, None))
    assert (await stored(world, message_id)).external_id == "77"


async def test_a_failed_message_can_be_tried_again(world: World, conversation: Conversation, author: StaffId) -> None:
    (message_id,) = await add(world, outgoing(conversation, author))
    await world.write(lambda work: work.messages.settle(message_id, F, None, "blocked"))
    assert (await stored(world, message_id)).problem == "blocked"
    await world.write(lambda work: work.messages.requeue(message_id))
    again = await stored(world, message_id)
    assert (again.status, again.problem) == (Q, None)


async def test_a_clients_own_message_has_no_way_to_go(world: World, conversation: Conversation) -> None:
    (message_id,) = await add(world, incoming(conversation, "1"))
    await world.write(lambda work: work.messages.settle(message_id, F, None, "no"))
    await world.write(lambda work: work.messages.requeue(message_id))
    assert (await stored(world, message_id)).status is MessageStatus.RECEIVED


async def test_reactions_and_media_can_be_set_and_taken_back(world: World, conversation: Conversation) -> None:
    (message_id,) = await add(world, incoming(conversation, "1"))
    media_id = await world.write(lambda work: work.media.add(FILE))

    def set_all(work: Work) -> None:
        work.messages.set_reaction(message_id, True, "👍")
        work.messages.set_reaction(message_id, False, "🔥")
        work.messages.set_media(message_id, media_id)

    await world.write(set_all)
    message = await stored(world, message_id)
    assert (message.client_reaction, message.staff_reaction, message.content.file) == ("👍", "🔥", FILE)
    await world.write(lambda work: work.messages.set_reaction(message_id, True, None))
    assert (await stored(world, message_id)).client_reaction is None


# --- promises kept by the tables ---


async def test_a_note_has_an_author_and_never_leaves(world: World, conversation: Conversation, author: StaffId) -> None:
    note = replace(outgoing(conversation, author), direction=Direction.NOTE)
    await add(world, note)
    for wrong in (replace(note, author_id=None), replace(note, external_id="5")):
        with pytest.raises(IntegrityError):
            await add(world, wrong)


async def test_a_clients_message_was_received_and_ours_was_not(
    world: World, conversation: Conversation, author: StaffId
) -> None:
    wrong_in = replace(incoming(conversation, "1"), status=MessageStatus.QUEUED)
    wrong_out = replace(outgoing(conversation, author), status=MessageStatus.RECEIVED)
    for wrong in (wrong_in, wrong_out):
        with pytest.raises(IntegrityError):
            await add(world, wrong)


@pytest.mark.parametrize("place", ["text", "details"])
async def test_half_a_surrogate_pair_is_refused_not_garbled(
    world: World, conversation: Conversation, place: str
) -> None:
    half = "\ud83d"
    content = text(half) if place == "text" else Content(MessageKind.UNSUPPORTED, label=half)
    with pytest.raises(BadText):
        await add(world, replace(incoming(conversation, "1"), content=content))
    assert await world.read(lambda work: work.messages.count(conversation.client_id)) == 0


# --- media ---


async def test_a_file_is_wanted_then_stored(world: World) -> None:
    media_id = await world.write(lambda work: work.media.add(FILE))
    wanted = await world.read(lambda work: work.media.get(media_id))
    assert wanted is not None
    assert (wanted.state, wanted.remote, wanted.sha256) == (MediaState.WANTED, FILE, None)
    await world.write(lambda work: work.media.settle(media_id, MediaState.STORED, "ab" * 32, 1234, None))
    stored = await world.read(lambda work: work.media.get(media_id))
    assert stored is not None
    assert (stored.state, stored.sha256, stored.size) == (MediaState.STORED, "ab" * 32, 1234)


async def test_a_stored_file_has_a_content(world: World) -> None:
    media_id = await world.write(lambda work: work.media.add(FILE))
    with pytest.raises(IntegrityError):
        await world.write(lambda work: work.media.settle(media_id, MediaState.STORED, None, None, None))
