"""A reply held up for more than half an hour is not sent blindly: its author is asked."""

from delivery.pace import Pace
from sales.channels import Channel, ChannelState, Distribution
from sales.ids import ChannelId, CrmId, MessageId, TelegramId
from sales.messages import Content, Direction, MessageKind, MessageStatus
from sales.outbox import NewRow, RowKind, Sent, to_client
from sales.ports import Work
from sales.ports.conversations import NewMessage
from sales.staff import Role
from tests.delivery.conftest import House
from tests.delivery.sender import ScriptedSender

HALF_AN_HOUR = 30 * 60


def a_channel() -> Channel:
    return Channel(
        ChannelId(0), "telegram", "Shop", ChannelState.ACTIVE, Distribution.FIRST_ACCEPT, CrmId(1), None, None
    )


def write_replies(work: Work, *texts: str) -> list[tuple[MessageId, NewRow]]:
    """Anna answers a client: the messages, each with its row in the outbox."""
    author = work.staff.add(TelegramId(7), "Anna", Role.REP, reachable=True)
    channel_id = work.channels.add(a_channel(), "42", {})
    client = work.clients.add("Boris", [], None, None)
    conversation = work.conversations.add(client.id, channel_id, "99")
    ids = work.messages.add(
        [
            NewMessage(
                conversation.id,
                client.id,
                Direction.OUT,
                Content(MessageKind.TEXT, text),
                MessageStatus.QUEUED,
                work.now,
                author_id=author.id,
            )
            for text in texts
        ]
    )
    rows = [to_client(RowKind.MESSAGE, channel_id, conversation.id, message_id=message_id) for message_id in ids]
    work.outbox.put(rows)
    return list(zip(ids, rows, strict=True))


async def statuses(house: House, ids: list[MessageId]) -> list[str]:
    messages = await house.transactions.read(lambda work: work.messages.get_many(ids))
    return [str(messages[message_id].status) for message_id in ids]


async def test_a_fresh_reply_is_sent(house: House) -> None:
    replies = await house.transactions.write(lambda work: write_replies(work, "Hello"))
    sender = ScriptedSender(lambda row: Sent(external_ids=("501",)))
    house.clock.advance(HALF_AN_HOUR - 60)
    async with house.delivery({replies[0][1].lane: sender}):
        await sender.until(1)
    assert await statuses(house, [replies[0][0]]) == ["sent"]


async def test_a_stale_reply_waits_for_its_author_and_the_next_one_with_it(house: House) -> None:
    replies = await house.transactions.write(lambda work: write_replies(work, "Shall I?", "Or not?"))
    channel, staff = ScriptedSender(), ScriptedSender()
    house.clock.advance(HALF_AN_HOUR + 60)
    async with house.delivery({replies[0][1].lane: channel, "staff": staff}, Pace()) as delivery:
        await staff.until(1)
        assert delivery.metrics.of(replies[0][1].lane).held == 1
    assert channel.rows == []
    assert staff.rows[0].payload["name"] == "stale"
    assert await statuses(house, [reply[0] for reply in replies]) == ["failed", "queued"]


async def test_what_the_author_still_wants_sent_is_sent_however_old(house: House) -> None:
    replies = await house.transactions.write(lambda work: write_replies(work, "Shall I?", "Or not?"))
    row = replies[0][1]
    channel, staff = ScriptedSender(), ScriptedSender()
    house.clock.advance(HALF_AN_HOUR + 60)
    async with house.delivery({row.lane: channel, "staff": staff}):
        await staff.until(1)
        house.clock.advance(3600)
        await house.transactions.write(lambda work: work.outbox.release(row.stream))
        await channel.until(1)
    assert [sent.payload["message_id"] for sent in channel.rows] == [replies[1][0]]
