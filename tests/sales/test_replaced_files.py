"""A file is replaced by another, by clients and by staff: stored, shown, passed on; the former one stays on record."""

from sales.ids import PostId
from sales.incoming import ClientEdited
from sales.messages import Direction, Message, MessageStatus
from sales.outbox import RowKind
from sales.use_cases.amend import staff_edited
from tests.sales.shop import Shop, photo

CHANNEL = "channel:1"


async def client_message(shop: Shop) -> Message:
    found = await shop.do(lambda work: [m for m in work.messages.of_client(1, 9) if m.direction is Direction.IN])
    return found[-1]


async def test_a_client_who_replaces_a_photo(shop: Shop) -> None:
    await shop.accepted(photo("first", CHANNEL, "look"))
    before = await client_message(shop)
    await shop.rows()
    await shop.hears(ClientEdited("111", "1", photo("second", CHANNEL, "look"), shop.time.now))
    after = await client_message(shop)
    assert after.media_id != before.media_id
    assert after.content.file is not None
    assert after.content.file.source == "second"
    (version,) = await shop.do(lambda work: work.messages.versions(after.id))
    assert version.content.file is not None
    assert version.content.file.source == "first"
    rows = await shop.rows(RowKind.FETCH, RowKind.RELAY_EDIT)
    assert {row.kind: row.payload for row in rows} == {
        RowKind.FETCH: {"media_id": after.media_id},
        RowKind.RELAY_EDIT: {"staff_id": shop.anna.id, "client_id": 1, "message_id": after.id},
    }


async def test_a_new_caption_under_the_same_photo_fetches_nothing(shop: Shop) -> None:
    """Telegram may name the same file anew each time: what counts is its unique id."""
    await shop.accepted(photo("first", CHANNEL, "look", "same"))
    before = await client_message(shop)
    await shop.rows()
    await shop.hears(ClientEdited("111", "1", photo("named anew", CHANNEL, "look here", "same"), shop.time.now))
    after = await client_message(shop)
    assert (after.content.text, after.media_id) == ("look here", before.media_id)
    assert await shop.rows(RowKind.FETCH) == []


async def test_an_edit_that_changes_nothing_is_none(shop: Shop) -> None:
    await shop.accepted(photo("first", CHANNEL, "look", "same"))
    await shop.hears(ClientEdited("111", "1", photo("named anew", CHANNEL, "look", "same"), shop.time.now))
    assert (await client_message(shop)).edited_at is None


async def test_staff_who_replace_a_photo(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, photo("first", "staff"))
    await shop.do(lambda work: work.messages.settle(message.id, MessageStatus.SENT, "5", None))
    await shop.do(lambda work: work.outbox.media_settled(message.media_id or 0))
    await shop.rows()
    changed = photo("second", "staff")
    assert await shop.do(lambda work: staff_edited(work, shop.anna, PostId(900), changed))
    after = await shop.do(lambda work: work.messages.get(message.id))
    assert after is not None
    assert after.media_id != message.media_id
    rows = await shop.rows(RowKind.FETCH, RowKind.EDIT)
    assert [row.kind for row in rows] == [RowKind.FETCH], "the edit waits for its file"
    await shop.do(lambda work: work.outbox.media_settled(after.media_id or 0))
    (edit,) = await shop.rows(RowKind.EDIT)
    assert edit.payload["message_id"] == message.id
