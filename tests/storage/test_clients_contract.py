"""Clients: identities, owners, waiting, conversations, removal."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from sales.clients import Client, Conversation, Identity, IdentityKind
from sales.ids import ClientId, PostId, StaffId, later
from sales.offers import CardState, OfferCard, OfferState
from sales.ports import Work
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import (
    START,
    World,
    add_channel,
    add_client,
    add_conversation,
    add_staff,
    incoming,
    telegram,
    world_on,
)

PHONE = Identity(IdentityKind.PHONE, "+4915112345678")


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


async def stored(world: World, client_id: ClientId) -> Client:
    client = await world.read(lambda work: work.clients.get(client_id))
    assert client is not None
    return client


async def test_a_client_is_found_by_the_strongest_identity(world: World) -> None:
    anna = await world.write(lambda work: work.clients.add("Anna", [PHONE], "anna", None))
    boris = await world.write(lambda work: work.clients.add("Boris", [telegram(5)], None, None))
    assert await world.read(lambda work: work.clients.find([PHONE, telegram(5)])) == anna.id
    assert await world.read(lambda work: work.clients.find([telegram(5), PHONE])) == boris.id
    assert await world.read(lambda work: work.clients.find([telegram(6)])) is None
    assert await stored(world, anna.id) == anna


async def test_new_identities_are_added_unless_somebody_has_them(world: World) -> None:
    anna = await world.write(lambda work: work.clients.add("Anna", [PHONE], None, None))
    boris = await world.write(lambda work: work.clients.add("Boris", [telegram(5)], None, None))
    await world.write(lambda work: work.clients.add_identities(anna.id, [telegram(5), telegram(6)]))
    assert await world.read(lambda work: work.clients.identities(anna.id)) == [PHONE, telegram(6)]
    assert await world.read(lambda work: work.clients.identities(boris.id)) == [telegram(5)]


async def test_an_identity_is_taken_only_from_whoever_has_it(world: World) -> None:
    anna = await world.write(lambda work: work.clients.add("Anna", [PHONE], None, None))
    boris = await world.write(lambda work: work.clients.add("Boris", [telegram(5)], None, None))
    assert not await world.write(lambda work: work.clients.remove_identities(boris.id, [PHONE]))
    assert await world.write(lambda work: work.clients.remove_identities(anna.id, [telegram(5), PHONE]))
    assert await world.read(lambda work: work.clients.known([PHONE, telegram(5)])) == {telegram(5): boris.id}


async def test_an_identity_belongs_to_one_client(world: World) -> None:
    await world.write(add_client)
    with pytest.raises(IntegrityError):
        await world.write(add_client)


async def test_two_first_messages_at_once_make_one_client(world: World) -> None:
    """On PostgreSQL both find nobody; the one that comes second runs again."""
    channel = await world.write(add_channel)

    def meet(work: Work) -> Conversation:
        known = work.conversations.by_address([(channel.id, "7")])
        if known:
            return known[channel.id, "7"]
        client_id = work.clients.find([telegram(7)]) or work.clients.add("Anna", [telegram(7)], None, None).id
        return work.conversations.add(client_id, channel.id, "7")

    met = await asyncio.gather(*(world.write(meet) for _ in range(20)))
    assert len({(conversation.id, conversation.client_id) for conversation in met}) == 1


async def test_exactly_one_claims_a_client(world: World) -> None:
    client = await world.write(add_client)
    people = [(await world.write(lambda work, number=number: add_staff(work, number))).id for number in range(20)]

    async def claim(staff_id: StaffId) -> bool:
        return await world.write(lambda work: work.clients.claim(client.id, staff_id))

    won = await asyncio.gather(*map(claim, people))
    assert sum(won) == 1
    assert (await stored(world, client.id)).owner_id == people[won.index(True)]


async def test_an_owner_hands_over_only_what_is_theirs(world: World) -> None:
    client = await world.write(add_client)
    anna = await world.write(lambda work: add_staff(work, 1))
    boris = await world.write(lambda work: add_staff(work, 2))
    assert not await world.write(lambda work: work.clients.hand_over(client.id, anna.id, boris.id))
    assert await world.write(lambda work: work.clients.hand_over(client.id, None, anna.id))
    assert await world.write(lambda work: work.clients.hand_over(client.id, anna.id, boris.id))
    assert await world.read(lambda work: work.clients.owned_by(boris.id)) == [client.id]
    assert await world.write(lambda work: work.clients.hand_over(client.id, boris.id, None))


async def test_saving_a_client_leaves_the_owner_alone(world: World) -> None:
    client = await world.write(add_client)
    person = await world.write(add_staff)
    await world.write(lambda work: work.clients.claim(client.id, person.id))
    changed = replace(client, name="Ännchen", username="anna", closed_at=START, not_client_at=START, test_for=person.id)
    await world.write(lambda work: work.clients.save(changed))
    assert await stored(world, client.id) == replace(changed, owner_id=person.id)


async def test_waiting_starts_once_and_the_last_word_is_noted(world: World) -> None:
    client = await world.write(add_client)
    await world.write(lambda work: work.clients.save(replace(client, closed_at=START)))
    for second in (1, 2):
        at = later(START, second)
        await world.write(lambda work, at=at: work.clients.touch({client.id: at}, {client.id: at}))
    waiting = await stored(world, client.id)
    assert (waiting.waiting_since, waiting.last_message_at) == (later(START, 1), later(START, 2))
    assert waiting.closed_at is None
    await world.write(lambda work: work.clients.touch({}, {client.id: START}))
    assert (await stored(world, client.id)).last_message_at == later(START, 2)


async def test_many_clients_are_loaded_at_once(world: World) -> None:
    clients = [await world.write(lambda work, n=n: add_client(work, n)) for n in range(3)]
    ids = [client.id for client in clients]
    assert await world.write(lambda work: work.clients.get_many(ids)) == dict(zip(ids, clients, strict=True))
    assert await world.read(lambda work: work.clients.get_many([])) == {}


# --- conversations ---


async def test_conversations_are_found_by_address_and_channel(world: World) -> None:
    channel = await world.write(add_channel)
    other = await world.write(lambda work: add_channel(work, "2"))
    conversation = await world.write(lambda work: add_conversation(work, channel))
    keys = [(channel.id, "1"), (channel.id, "2"), (other.id, "1")]
    found = await world.read(lambda work: work.conversations.by_address(keys))
    assert found == {(channel.id, "1"): conversation}
    assert await world.read(lambda work: work.conversations.get(conversation.id)) == conversation


async def test_an_address_is_one_conversation(world: World) -> None:
    channel = await world.write(add_channel)
    conversation = await world.write(lambda work: add_conversation(work, channel))
    with pytest.raises(IntegrityError):
        await world.write(lambda work: work.conversations.add(conversation.client_id, channel.id, "1"))


async def test_the_conversation_that_was_heard_last_comes_first(world: World) -> None:
    channel = await world.write(add_channel)
    first = await world.write(lambda work: add_conversation(work, channel))
    second = await world.write(lambda work: work.conversations.add(first.client_id, channel.id, "other"))
    await world.write(lambda work: work.conversations.set_unreachable(first.id, "blocked"))
    await world.write(lambda work: work.conversations.heard({second.id: START}))
    await world.write(lambda work: work.conversations.heard({first.id: later(START, 1)}))
    await world.write(lambda work: work.conversations.heard({first.id: START}))
    found = await world.read(lambda work: work.conversations.of_client(first.client_id))
    assert found == [replace(first, last_inbound_at=later(START, 1)), replace(second, last_inbound_at=START)]


# --- removal ---


async def test_removing_a_client_takes_everything_along(world: World) -> None:
    def live(work: Work) -> ClientId:
        person, channel = add_staff(work), add_channel(work)
        conversation = add_conversation(work, channel)
        message_id = work.messages.add([incoming(conversation, "1")])[0]
        work.messages.add([replace(incoming(conversation, "2"), reply_to=message_id)])
        work.messages.change(message_id, incoming(conversation, "1", "Hi").content, START)
        client_id = conversation.client_id
        offer = work.offers.add(client_id, channel.id, conversation.id, OfferState.OPEN)
        work.offers.save_card(OfferCard(offer.id, person.id, CardState.SHOWN))
        work.topics.save(Topic(person.id, client_id, TopicState.OPEN))
        work.copies.add([MessageCopy(person.id, PostId(5), CopyKind.RELAY, client_id, message_id, offer.id)])
        return client_id

    client_id = await world.write(live)
    await world.write(lambda work: work.clients.remove(client_id))
    tables = ("clients", "identities", "conversations", "messages", "message_versions", "offers", "offer_cards")
    for table in (*tables, "topics", "message_copies"):
        left = await world.database.read(lambda c, table=table: c.scalar(sql(f"SELECT count(*) FROM {table}")))
        assert (table, left) == (table, 0)


async def test_the_id_of_a_removed_client_never_comes_back(world: World) -> None:
    client = await world.write(add_client)
    await world.write(lambda work: work.clients.remove(client.id))
    assert (await world.write(add_client)).id > client.id
