"""Two clients become one and two again: every row goes there and back, on both databases."""

import asyncio
from collections.abc import Callable

import pytest

from sales.channels import Channel
from sales.clients import Client, Identity, IdentityKind
from sales.errors import Invalid
from sales.ids import ClientId, PostId, StaffId
from sales.incoming import ClientWrote, Incoming, Sender
from sales.leads import LeadState
from sales.merging import Merge, ProposalState
from sales.offers import OfferState
from sales.ports import Work
from sales.ports.conversations import ClientFilter
from sales.topics import CopyKind, MessageCopy, Topic, TopicState
from sales.use_cases.merging import merge_clients, part_clients
from sales.use_cases.owning import Why, take
from sales.use_cases.receive import receive
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import START, World, add_channel, add_staff, telegram, text, world_on

PHONE = Identity(IdentityKind.PHONE, "+4915112345678")
WA_ID = Identity(IdentityKind.WA_ID, "4915112345678")


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


def two_channels(work: Work) -> tuple[Channel, Channel]:
    return add_channel(work, "1"), add_channel(work, "2")


def writes(work: Work, channel: Channel, address: str, words: str, *known_by: Identity) -> ClientId:
    """A message through the whole use case, as the channel tells it."""
    number = work.messages.count(ClientId(1)) + work.messages.count(ClientId(2)) + work.messages.count(ClientId(3))
    sender = Sender(f"Client {address}", known_by)
    event = ClientWrote(address, f"{address}-{number}", sender, text(words), work.now)
    receive(work, [Incoming(channel.id, f"{address}-{number}", event, b"{}")])
    return work.conversations.by_address([(channel.id, address)])[channel.id, address].client_id


def got(work: Work, client_id: ClientId) -> Client:
    client = work.clients.get(client_id)
    assert client is not None
    return client


def own(work: Work, client_id: ClientId, staff_id: StaffId) -> None:
    assert take(work, got(work, client_id), staff_id, Why("accepted"), work.offers.newest_of(client_id), sound=False)


def said(work: Work, client_id: ClientId) -> list[str]:
    return [message.content.text for message in work.messages.of_client(client_id, 100)]


async def test_everything_moves_and_exactly_that_comes_back(world: World) -> None:
    def merge(work: Work) -> Merge:
        one, two = two_channels(work)
        anna = add_staff(work)
        writes(work, one, "11", "From one", telegram(11))
        writes(work, two, "22", "From two", telegram(22))
        own(work, ClientId(1), anna.id)
        return merge_clients(work, ClientId(1), ClientId(2), None)

    merged = await world.write(merge)

    def check(work: Work) -> None:
        assert said(work, ClientId(1)) == ["From one", "From two"]
        assert len(work.conversations.of_client(ClientId(1))) == 2
        assert set(work.clients.identities(ClientId(1))) == {telegram(11), telegram(22)}
        assert not work.conversations.of_client(ClientId(2))
        assert got(work, ClientId(2)).merged_into == 1
        assert [client.id for client in work.clients.list(ClientFilter(closed=None), 10)] == [1]
        assert work.clients.count(ClientFilter(closed=None)) == 1
        assert work.clients.count(ClientFilter(no_owner=True)) == 0
        assert [client.id for client in work.clients.list(ClientFilter(text="client 22", closed=None), 10)] == [1]
        assert not work.offers.open_of([ClientId(1), ClientId(2)])

    await world.read(check)

    def meanwhile_and_back(work: Work) -> None:
        channel = work.channels.list()[1]
        writes(work, channel, "22", "Since then", telegram(22))
        part_clients(work, merged.id, None)

    await world.write(meanwhile_and_back)

    def check_again(work: Work) -> None:
        assert said(work, ClientId(1)) == ["From one", "Since then"]
        assert said(work, ClientId(2)) == ["From two"]
        assert [one.address for one in work.conversations.of_client(ClientId(2))] == ["22"]
        assert work.clients.identities(ClientId(2)) == [telegram(22)]
        assert got(work, ClientId(2)).merged_into is None
        assert {client.id for client in work.clients.list(ClientFilter(), 10)} == {1, 2}
        assert work.offers.open_of([ClientId(2)])[ClientId(2)].state is OfferState.OPEN
        assert work.leads.newest_open(ClientId(2)) is not None

    await world.read(check_again)


async def test_a_merge_is_undone_once_and_only_while_it_is_the_newest(world: World) -> None:
    def three(work: Work) -> tuple[Merge, Merge]:
        channel, _ = two_channels(work)
        for number in (11, 22, 33):
            writes(work, channel, str(number), "Hello", telegram(number))
        first = merge_clients(work, ClientId(1), ClientId(2), None)
        return first, merge_clients(work, ClientId(3), ClientId(1), None)

    first, second = await world.write(three)
    assert await world.read(lambda work: said(work, ClientId(3))) == ["Hello"] * 3
    with pytest.raises(Invalid, match="merged_on_top"):
        await world.write(lambda work: part_clients(work, first.id, None))
    await world.write(lambda work: part_clients(work, second.id, None))
    with pytest.raises(Invalid, match="undone_already"):
        await world.write(lambda work: part_clients(work, second.id, None))
    await world.write(lambda work: part_clients(work, first.id, None))
    assert await world.read(lambda work: [said(work, ClientId(number)) for number in (1, 2, 3)]) == [["Hello"]] * 3


async def test_clients_known_by_one_phone_become_one_when_it_is_told(world: World) -> None:
    def story(work: Work) -> list[ClientId]:
        one, two = two_channels(work)
        first = writes(work, one, "11", "On Telegram", telegram(11), PHONE)
        other = writes(work, two, "wa", "On WhatsApp", WA_ID)
        return [first, other, writes(work, two, "wa", "It is me", WA_ID, PHONE)]

    assert await world.write(story) == [1, 2, 1]
    assert await world.read(lambda work: said(work, ClientId(1))) == ["On Telegram", "On WhatsApp", "It is me"]
    offers = await world.read(lambda work: work.offers.open_of([ClientId(1), ClientId(2)]))
    assert list(offers) == [1]


async def test_one_batch_may_tell_that_two_are_one(world: World) -> None:
    def story(work: Work) -> None:
        one, two = two_channels(work)
        writes(work, one, "11", "On Telegram", telegram(11))
        events = [
            ClientWrote("wa", "w1", Sender("W", (PHONE,)), text("Number"), work.now),
            ClientWrote("11", "t2", Sender("T", (telegram(11), PHONE)), text("Mine too"), work.now),
        ]
        places = [two, one]
        receive(work, [Incoming(p.id, e.external_id, e, b"") for p, e in zip(places, events, strict=True)])

    await world.write(story)
    assert sorted(await world.read(lambda work: said(work, ClientId(1)))) == ["Mine too", "Number", "On Telegram"]


async def test_of_two_open_leads_one_stays_open(world: World) -> None:
    def merge(work: Work) -> Merge:
        channel, _ = two_channels(work)
        anna, boris = add_staff(work, 1), add_staff(work, 2)
        for number, owner in ((11, anna), (22, boris)):
            client_id = writes(work, channel, str(number), "Hello", telegram(number))
            own(work, client_id, owner.id)
        return merge_clients(work, ClientId(1), ClientId(2), None)

    merged = await world.write(merge)
    states = await world.read(lambda work: [lead.state for lead in work.leads.of_client(ClientId(1))])
    assert sorted(states) == [LeadState.JOINED, LeadState.WANTED]
    assert (await world.read(lambda work: got(work, ClientId(1)))).owner_id == 1
    await world.write(lambda work: part_clients(work, merged.id, None))
    lead = await world.read(lambda work: work.leads.newest_open(ClientId(2)))
    assert lead is not None
    assert lead.responsible_id == 2
    assert (await world.read(lambda work: got(work, ClientId(2)))).owner_id == 2


async def test_the_owners_view_gets_the_joined_history_and_other_views_go(world: World) -> None:
    def merge(work: Work) -> None:
        work.workspace.set("staff.topics", "1")
        channel, _ = two_channels(work)
        anna, boris = add_staff(work, 1), add_staff(work, 2)
        for number, owner in ((11, anna), (22, boris)):
            client_id = writes(work, channel, str(number), f"From {number}", telegram(number))
            own(work, client_id, owner.id)
            work.topics.save(Topic(owner.id, client_id, TopicState.OPEN, thread_id=number))
            message = work.messages.of_client(client_id, 1)[0]
            post = PostId(100 + number)
            work.copies.add([MessageCopy(owner.id, post, CopyKind.RELAY, client_id, message.id, thread_id=number)])
        work.outbox.take_relays("staff:1:client:1")
        work.outbox.take_relays("staff:2:client:2")
        merge_clients(work, ClientId(1), ClientId(2), None)

    await world.write(merge)

    def check(work: Work) -> None:
        relays = work.outbox.take_relays("staff:1:client:1")
        assert [row.payload["message_id"] for row in relays] == [2]
        topic = work.topics.get(StaffId(2), ClientId(2))
        assert topic is not None
        assert topic.state is TopicState.CLOSING
        assert work.topics.get(StaffId(2), ClientId(1)) is None

    await world.write(check)


async def test_proposals_are_made_once_and_a_decision_is_remembered(world: World) -> None:
    def story(work: Work) -> None:
        channel, _ = two_channels(work)
        for number in (11, 22):
            writes(work, channel, str(number), "Hello", telegram(number))
        one, two = ClientId(1), ClientId(2)
        proposal = work.merges.propose(two, one, "contact")
        assert proposal is not None
        assert work.merges.propose(one, two, "identity") is None
        assert work.merges.proposal(proposal.id) == work.merges.between(one, two) == proposal
        work.merges.decide(two, one, ProposalState.DISTINCT, None)
        assert list(work.merges.distinct_from(one)) == [two]

    await world.write(story)


async def test_messages_that_arrive_during_a_merge_end_up_with_the_joined_client(world: World) -> None:
    def prepare(work: Work) -> tuple[Channel, Channel]:
        channels = two_channels(work)
        writes(work, channels[0], "11", "m", telegram(11))
        writes(work, channels[1], "22", "m", telegram(22))
        return channels

    _, two = await world.write(prepare)

    def hears(number: int) -> Callable[[Work], object]:
        event = ClientWrote("22", f"late-{number}", Sender("Client 22", (telegram(22),)), text("late"), START)
        return lambda work: receive(work, [Incoming(two.id, f"late-{number}", event, b"")])

    late = [world.write(hears(number)) for number in range(10)]
    merging = world.write(lambda work: merge_clients(work, ClientId(1), ClientId(2), None))
    await asyncio.gather(*late[:5], merging, *late[5:])
    assert await world.read(lambda work: work.messages.count(ClientId(1))) == 12
    assert await world.read(lambda work: work.messages.count(ClientId(2))) == 0
    conversations = await world.read(lambda work: work.conversations.of_client(ClientId(1)))
    assert {one.address for one in conversations} == {"11", "22"}


async def test_two_merges_the_other_way_round_at_once_make_one(world: World) -> None:
    def prepare(work: Work) -> None:
        channel, _ = two_channels(work)
        for number in (11, 22):
            writes(work, channel, str(number), "Hello", telegram(number))

    await world.write(prepare)

    async def merge(into: int, gone: int) -> str:
        try:
            await world.write(lambda work: merge_clients(work, ClientId(into), ClientId(gone), None))
        except Invalid as error:
            return error.problem
        return "merged"

    assert sorted(await asyncio.gather(merge(1, 2), merge(2, 1))) == ["merged", "merged_already"]


async def test_two_who_find_out_at_once_that_their_clients_are_one_make_one(world: World) -> None:
    def prepare(work: Work) -> tuple[Channel, Channel]:
        one, two = two_channels(work)
        writes(work, one, "11", "Hello", telegram(11), PHONE)
        writes(work, two, "22", "Hello", telegram(22), WA_ID)
        return one, two

    one, two = await world.write(prepare)

    def hears(channel: Channel, address: str, *known_by: Identity) -> Callable[[Work], object]:
        event = ClientWrote(address, f"late-{address}", Sender("Ann", known_by), text("late"), START)
        return lambda work: receive(work, [Incoming(channel.id, f"late-{address}", event, b"")])

    await asyncio.gather(
        world.write(hears(one, "11", telegram(11), WA_ID)), world.write(hears(two, "22", telegram(22), PHONE))
    )
    clients = await world.read(lambda work: [got(work, ClientId(1)), got(work, ClientId(2))])
    assert sorted(client.merged_into is None for client in clients) == [False, True]
    kept = next(client.id for client in clients if client.merged_into is None)
    assert await world.read(lambda work: work.messages.count(kept)) == 4
