"""A person on WhatsApp has a number and a user id, and not every event tells both: it is one chat all the same."""

from sales.clients import Conversation, Identity, IdentityKind
from sales.ids import ClientId, Moment, PostId
from sales.incoming import ClientDeleted, ClientMoved, ClientWrote, Delivered, Sender, WrittenOutside
from sales.messages import MessageStatus
from sales.outbox import Row, RowKind, Sent
from sales.ports import Work
from sales.use_cases.accept import accept_offer
from sales.use_cases.settle import settle_rows
from sales.use_cases.talk import StaffPost, staff_wrote
from sales.views.outgoing import part_left
from tests.sales.outside import DAY, client_of, said, text
from tests.sales.shop import Shop, photo

NUMBER = "4915112345678"
USER = Identity(IdentityKind.WHATSAPP_USER, "US.1")
BY_NUMBER = (Identity(IdentityKind.WA_ID, NUMBER), Identity(IdentityKind.PHONE, f"+{NUMBER}"))

NEW_NUMBER = (Identity(IdentityKind.WA_ID, "4915187654321"), Identity(IdentityKind.PHONE, "+4915187654321"))


async def test_a_status_that_names_only_the_number_finds_its_message(shop: Shop) -> None:
    client_id = await accepted(shop)
    message = await shop.answers(client_id, text("Yes"))
    row = await leaving(shop)
    await shop.do(lambda work: settle_rows(work, [(row, Sent(("o1",)))]))
    await shop.hears(Delivered(NUMBER, "o1", "failed", "undeliverable x", row.id, known_by=BY_NUMBER))
    found = await shop.do(lambda work: work.messages.get(message.id))
    assert found is not None
    assert found.status is MessageStatus.FAILED


async def test_a_status_of_one_photo_of_an_album_says_nothing_of_the_next(shop: Shop) -> None:
    client_id = await accepted(shop)
    await shop.answers(client_id, text("Look"))
    await shop.rows()

    def sends_two(work: Work) -> None:
        for post in (901, 902):
            staff_wrote(work, shop.anna, StaffPost(PostId(post), photo(str(post), "staff"), 77, album="a"))

    await shop.do(sends_two)
    first = (await said(shop, client_id))[-2]
    row = await leaving(shop)
    await shop.do(part_left(first.id, "p1"))
    await shop.hears(Delivered("49000", "p1", "delivered", None, row.id))
    statuses = [message.status for message in (await said(shop, client_id))[-2:]]
    assert statuses == [MessageStatus.DELIVERED, MessageStatus.QUEUED]


async def test_a_deletion_that_names_only_the_number_finds_its_message(shop: Shop) -> None:
    client_id = await accepted(shop)
    await shop.hears(ClientDeleted(NUMBER, ("m1",), known_by=BY_NUMBER))
    assert (await said(shop, client_id))[0].deleted_at is not None


async def test_a_message_that_tells_only_the_number_belongs_to_the_same_chat(shop: Shop) -> None:
    client_id = await accepted(shop)
    await writes(shop, NUMBER, "m2", *BY_NUMBER)
    assert [chat.address for chat in await chats(shop, client_id)] == ["US.1"]
    assert [message.content.text for message in await said(shop, client_id)] == ["m1", "m2"]


async def test_what_is_written_on_the_phone_to_a_hidden_number_belongs_to_the_same_chat(shop: Shop) -> None:
    lid = Identity(IdentityKind.LID, "9")
    await writes(shop, f"{NUMBER}@c.us", "m1", *BY_NUMBER, lid)
    client_id = await client_of(shop, f"{NUMBER}@c.us")
    theirs = Sender("Wa", (lid,))
    await shop.hears(WrittenOutside("9@lid", "o1", theirs, text("o1"), shop.time.now, known_by=(lid,)))
    assert [message.content.text for message in await said(shop, client_id)] == ["m1", "o1"]
    assert len(await chats(shop, client_id)) == 1


async def test_a_client_with_two_numbers_has_two_chats(shop: Shop) -> None:
    """What is answered goes to the number they wrote from."""
    await writes(shop, NUMBER, "m1", *BY_NUMBER, *NEW_NUMBER)
    client_id = await client_of(shop, NUMBER)
    await writes(shop, NEW_NUMBER[0].value, "m2", *NEW_NUMBER)
    assert len(await chats(shop, client_id)) == 2


async def test_a_number_that_was_given_up_belongs_to_whoever_writes_from_it_next(shop: Shop) -> None:
    client_id = await accepted(shop)
    await shop.hears(ClientMoved("US.1", "US.2", NEW_NUMBER, BY_NUMBER))
    await writes(shop, NUMBER, "r1", *BY_NUMBER)
    assert await client_of(shop, "US.2") == client_id
    assert await client_of(shop, NUMBER) != client_id
    audited = await shop.do(lambda work: work.audit.list(5))
    assert "number_changed" in [entry.action for entry in audited]


async def test_another_number_is_told_once_wherever_the_client_may_be_filed(shop: Shop) -> None:
    await accepted(shop)
    for former in ("US.1", NUMBER, "old"):
        await shop.hears(ClientMoved(former, "US.2", NEW_NUMBER, BY_NUMBER))
    assert await notices(shop) == ["client_moved"]


async def test_a_phone_behind_a_hidden_number_is_no_other_number(shop: Shop) -> None:
    await writes(shop, "9@lid", "m1", Identity(IdentityKind.LID, "9"))
    client_id = await client_of(shop, "9@lid")
    await shop.do(lambda work: accept_offer(work, shop.anna, work.offers.open_of([client_id])[client_id].id))
    await shop.rows()
    await shop.hears(ClientMoved("9@lid", f"{NUMBER}@c.us", BY_NUMBER))
    assert await client_of(shop, f"{NUMBER}@c.us") == client_id
    assert await notices(shop) == []


async def accepted(shop: Shop) -> ClientId:
    """They wrote, named by both, and Anna has accepted them: the chat is filed under the user id."""
    await writes(shop, "US.1", "m1", USER, *BY_NUMBER, aliases=(NUMBER,))
    client_id = await client_of(shop, "US.1")
    await shop.do(lambda work: accept_offer(work, shop.anna, work.offers.open_of([client_id])[client_id].id))
    await shop.rows()
    return client_id


async def writes(shop: Shop, address: str, number: str, *known_by: Identity, aliases: tuple[str, ...] = ()) -> None:
    sender = Sender("Wa", known_by)
    await shop.hears(
        ClientWrote(
            address, number, sender, text(number), shop.time.now, window=DAY, aliases=aliases, known_by=known_by
        )
    )


async def leaving(shop: Shop) -> Row:
    def claim(work: Work) -> Row:
        for media_id in range(1, 9):
            work.outbox.media_settled(media_id)
        return work.outbox.claim(f"channel:{shop.channel_id}", Moment(work.now + 10_000), 9)[0]

    return await shop.do(claim)


async def notices(shop: Shop) -> list[object]:
    return [row.payload["name"] for row in await shop.rows(RowKind.NOTICE)]


async def chats(shop: Shop, client_id: ClientId) -> list[Conversation]:
    return list(await shop.do(lambda work: work.conversations.of_client(client_id)))
