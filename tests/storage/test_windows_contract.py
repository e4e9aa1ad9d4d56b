"""Windows, other addresses, what is new in a list, and the place of history: on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from sales.clients import Conversation, next_window_step
from sales.ids import Moment, later
from sales.messages import Content, MessageKind, MessageStatus
from sales.ports import Work
from storage.crypto import Vault
from storage.database import Database
from tests.storage.contract import (
    START,
    World,
    add_channel,
    add_conversation,
    add_staff,
    incoming,
    outgoing,
    world_on,
)

HOUR = 3600


@pytest.fixture
def world(database: Database, vault: Vault) -> World:
    return world_on(database, vault)


@pytest.fixture
async def conversation(world: World) -> Conversation:
    channel = await world.write(add_channel)
    return await world.write(lambda work: add_conversation(work, channel))


async def due(world: World) -> list[Moment | None]:
    """When the windows close that have come to a step; each is planned anew."""

    def look(work: Work) -> list[Moment | None]:
        found = work.conversations.windows_due(work.now, 10)
        for one in found:
            assert one.window_until is not None
            work.conversations.plan_window(one.id, next_window_step(one.window_until, work.now))
        return [one.window_until for one in found]

    return await world.write(look)


async def opened(world: World, conversation: Conversation, until: Moment) -> None:
    await world.write(lambda work: work.conversations.open_windows({conversation.id: until}))


async def test_a_window_is_looked_at_at_its_steps(world: World, conversation: Conversation) -> None:
    until = later(START, 24 * HOUR)
    await world.write(lambda work: work.conversations.open_windows({conversation.id: until}))
    looked = []
    for hour in range(1, 30):
        world.time.move(HOUR)
        looked += [hour for _ in await due(world)]
    assert looked == [12, 21, 23, 24]


async def test_a_window_only_grows_until_the_platform_says_otherwise(world: World, conversation: Conversation) -> None:
    for seconds in (24 * HOUR, HOUR):
        until = later(START, seconds)
        await opened(world, conversation, until)
    found = await world.read(lambda work: work.conversations.get(conversation.id))
    assert found is not None
    assert found.window_until == later(START, 24 * HOUR)
    await world.write(lambda work: work.conversations.shut_window(conversation.id))
    shut = await world.read(lambda work: work.conversations.get(conversation.id))
    assert shut is not None
    assert shut.is_shut(START)
    world.time.move(25 * HOUR)
    assert await due(world) == []


async def test_a_conversation_goes_on_under_another_address(world: World, conversation: Conversation) -> None:
    await world.write(lambda work: work.conversations.refile(conversation.id, "US.1"))
    key = (conversation.channel_id, "US.1")
    found = await world.read(lambda work: work.conversations.by_address([key]))
    assert found[key].id == conversation.id


@pytest.mark.parametrize("before", [[], ["1"], ["2"], ["1", "3"], ["1", "2", "3", "4"]], ids=len)
async def test_what_was_there_already_is_told_apart(
    world: World, conversation: Conversation, before: list[str]
) -> None:
    known = [incoming(conversation, one) for one in before]
    await world.write(lambda work: work.messages.store(known))
    batch = [incoming(conversation, one) for one in ("1", "2", "3", "4", "4")]
    stored = await world.write(lambda work: work.messages.store(batch))
    assert [one.new for one in stored] == [number not in before for number in "1234"] + [False]
    assert stored[3].id == stored[4].id
    alone = await world.write(lambda work: work.messages.store([incoming(conversation, "1")]))
    assert (alone[0].id, alone[0].new) == (stored[0].id, False)


async def test_history_has_its_place_by_when_it_was_said(world: World, conversation: Conversation) -> None:
    def keep(work: Work) -> None:
        live = incoming(conversation, "live", "live")
        old = [
            replace(incoming(conversation, f"h{hours}", f"{hours}"), said_at=later(START, -hours * HOUR), history=True)
            for hours in (1, 3, 2)
        ]
        work.messages.add([live, *old])

    await world.write(keep)
    messages = await world.read(lambda work: work.messages.of_client(conversation.client_id, 9))
    assert [one.content.text for one in messages] == ["3", "2", "1", "live"]
    page = await world.read(lambda work: work.messages.of_client(conversation.client_id, 2, messages[3].id))
    assert [one.content.text for one in page] == ["2", "1"]
    assert await world.read(lambda work: work.messages.last_heard(conversation.id)) == "live"


async def test_a_call_is_no_message_to_be_marked_as_read(world: World, conversation: Conversation) -> None:
    called = replace(incoming(conversation, "called"), content=Content(MessageKind.CALL))
    await world.write(lambda work: work.messages.add([incoming(conversation, "wrote"), called]))
    assert await world.read(lambda work: work.messages.last_heard(conversation.id)) == "wrote"


async def test_an_id_that_another_message_has_stays_there(world: World, conversation: Conversation) -> None:
    author = (await world.write(add_staff)).id
    (taken,) = await world.write(lambda work: work.messages.add([incoming(conversation, "x")]))
    (ours,) = await world.write(lambda work: work.messages.add([outgoing(conversation, author)]))
    await world.write(lambda work: work.messages.settle(ours, MessageStatus.SENT, "x", None))
    found = await world.read(lambda work: work.messages.get_many([taken, ours]))
    assert (found[taken].external_id, found[ours].external_id) == ("x", None)
    assert found[ours].status is MessageStatus.SENT


async def test_two_conversations_never_share_an_address(world: World, conversation: Conversation) -> None:
    def other(work: Work) -> None:
        channel = work.channels.get(conversation.channel_id)
        assert channel is not None
        second = add_conversation(work, channel, 2)
        work.conversations.refile(second.id, conversation.address)

    with pytest.raises(IntegrityError):
        await world.write(other)
