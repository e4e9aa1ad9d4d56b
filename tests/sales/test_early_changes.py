"""An edit, a deletion or a reaction may come before its message."""

from sales.incoming import ClientDeleted, ClientEdited, ClientReacted
from sales.messages import Message
from sales.outbox import RowKind
from sales.ports import Work
from sales.use_cases.pruning import DAY, prune
from tests.sales.outside import client_of, outside, said, text, wrote
from tests.sales.shop import Shop


async def test_what_was_deleted_before_it_came_is_shown_as_deleted(shop: Shop) -> None:
    await shop.accepted()
    await shop.rows()
    await shop.hears(ClientDeleted("111", ("77",)))
    await shop.hears(wrote(shop, "my card number is", "77"))
    assert (await newest(shop)).deleted_at is not None
    assert RowKind.RELAY_EDIT in [row.kind for row in await shop.rows()]


async def test_an_edit_that_came_first_is_what_the_message_says(shop: Shop) -> None:
    await shop.accepted()
    await shop.hears(ClientEdited("111", "77", text("ten pairs"), shop.time.now))
    await shop.hears(wrote(shop, "two pairs", "77"))
    message = await newest(shop)
    versions = await shop.do(lambda work: work.messages.versions(message.id))
    assert (message.content.text, [version.content.text for version in versions]) == ("ten pairs", ["two pairs"])


async def test_a_reaction_that_came_first_is_kept_for_its_message_alone(shop: Shop) -> None:
    await shop.accepted()
    await shop.hears(ClientReacted("111", "77", "👍"))
    await shop.hears(wrote(shop, "another one", "76"))
    assert (await newest(shop)).client_reaction is None
    await shop.hears(wrote(shop, "this one", "77"))
    assert (await newest(shop)).client_reaction == "👍"


async def test_what_was_written_on_the_phone_and_deleted_there_is_deleted(shop: Shop) -> None:
    await shop.accepted()
    await shop.hears(ClientDeleted("111", ("77",)))
    await shop.hears(outside(shop, "wrong chat", "77"))
    assert (await newest(shop)).deleted_at is not None


async def test_changes_of_messages_that_never_come_are_kept_for_a_day(shop: Shop) -> None:
    await shop.accepted()
    await shop.hears(ClientDeleted("111", ("70", "77")))
    shop.time.move(DAY - 60)
    await shop.do(prune)
    await shop.hears(wrote(shop, "late", "70"))
    assert (await newest(shop)).deleted_at is not None
    shop.time.move(120)
    await shop.do(prune)
    await shop.hears(wrote(shop, "too late", "77"))
    assert (await newest(shop)).deleted_at is None


async def test_a_client_who_is_removed_takes_them_along(shop: Shop) -> None:
    client_id = await shop.accepted()
    await shop.hears(ClientDeleted("111", ("77",)))

    def remove(work: Work) -> int:
        work.clients.remove(client_id)
        return work.early_changes.forget_before(shop.time.now + DAY * 1000)  # type: ignore[arg-type]

    assert await shop.do(remove) == 0


async def newest(shop: Shop) -> Message:
    return (await said(shop, await client_of(shop)))[-1]
