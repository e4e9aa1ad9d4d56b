"""One way for a channel to break, whether it was receiving or sending: admins are told once, and when it is well."""

from dataclasses import replace

from sales.channels import ChannelState
from sales.ids import OutboxId
from sales.incoming import AccountChanged
from sales.messages import Content, MessageKind, MessageStatus, TemplateUse
from sales.outbox import Refused, Retry, Row, RowKind, Sent, channel_lane
from sales.ports import Work
from sales.use_cases.channel_problem import NoteChannelProblem, note_channel_problem
from sales.use_cases.channels import SetChannel, set_channel
from sales.use_cases.saying import Saying, say
from sales.use_cases.settle import settle_rows
from sales.use_cases.team_lookup import client_or_fail
from tests.sales.outside import client_of, status, text
from tests.sales.shop import Shop


async def told(shop: Shop) -> list[tuple[object, object]]:
    rows = await shop.rows(RowKind.NOTICE)
    return [
        (row.payload["staff_id"], row.payload["name"]) for row in rows if str(row.payload["name"]).startswith("channel")
    ]


async def reports(shop: Shop, problem: str | None, broken: bool = False) -> None:
    command = NoteChannelProblem(shop.channel_id, problem, broken)
    await shop.do(lambda work: note_channel_problem(work, command))


async def refused(shop: Shop, kind: RowKind, code: str) -> None:
    """A row of the channel's comes back refused."""
    client_id = await shop.accepted()
    message = await shop.answers(client_id, Content(MessageKind.TEXT, "Yes"))
    payload = {"message_id": message.id, "conversation_id": message.conversation_id}
    lane, now = channel_lane(shop.channel_id), shop.time.now
    row = Row(OutboxId(10_000), lane, "s", kind, payload, 20, None, 1, False, now, now)
    await shop.do(lambda work: settle_rows(work, [(row, Refused(code, "Unauthorized"))]))


async def test_a_token_refused_while_sending_and_then_while_receiving_is_told_once(shop: Shop) -> None:
    await refused(shop, RowKind.MESSAGE, "token")
    await reports(shop, "token", broken=True)
    channel = await shop.channel()
    assert (channel.state, channel.problem) == (ChannelState.BROKEN, "token")
    assert await told(shop) == [(shop.ada.id, "channel_broken")]


async def test_a_token_refused_for_an_edit_breaks_the_channel_as_well(shop: Shop) -> None:
    await refused(shop, RowKind.EDIT, "token")
    assert (await shop.channel()).state is ChannelState.BROKEN


async def test_a_paused_channel_is_not_called_broken(shop: Shop) -> None:
    await shop.do(lambda work: set_channel(work, SetChannel(shop.channel_id, paused=True)))
    await refused(shop, RowKind.MESSAGE, "token")
    assert (await shop.channel()).state is ChannelState.PAUSED


async def test_when_the_other_poller_has_gone_admins_hear_that_all_is_well(shop: Shop) -> None:
    await reports(shop, "conflict")
    await reports(shop, "conflict")
    await reports(shop, None)
    assert await told(shop) == [(shop.ada.id, "channel_broken"), (shop.ada.id, "channel_well")]


async def test_what_passes_by_itself_is_not_told(shop: Shop) -> None:
    await reports(shop, "unreachable")
    await reports(shop, None)
    assert await told(shop) == []


async def test_what_should_have_passed_long_ago_is_told_once(shop: Shop) -> None:
    """A gateway that is down all day: somebody has to start it."""
    for problem in ("unreachable", "stopped", "unreachable", "unreachable", "unreachable"):
        await reports(shop, problem)
        shop.time.move(150)
    assert await told(shop) == [(shop.ada.id, "channel_broken")]
    await reports(shop, None)
    assert await told(shop) == [(shop.ada.id, "channel_well")]
    await reports(shop, "unreachable")
    await reports(shop, "unreachable")
    assert await told(shop) == [], "it is counted anew"


async def test_that_receiving_works_says_nothing_about_a_limit_of_the_account(shop: Shop) -> None:
    """As after every restart."""
    await shop.hears(AccountChanged("limited"))
    for problem in (None, "unreachable", None):
        await reports(shop, problem)
    assert (await shop.channel()).problem == "limited"
    await shop.hears(AccountChanged(None))
    assert (await shop.channel()).problem is None
    assert await told(shop) == [(shop.ada.id, "channel_broken"), (shop.ada.id, "channel_well")]


async def test_a_number_that_has_to_rest_is_told_until_something_leaves_again(shop: Shop) -> None:
    client_id = await shop.accepted()
    message = await shop.answers(client_id, Content(MessageKind.TEXT, "Yes"))
    await shop.rows()
    payload = {"message_id": message.id, "conversation_id": message.conversation_id}
    lane, now = channel_lane(shop.channel_id), shop.time.now
    row = Row(OutboxId(10_000), lane, "s", RowKind.MESSAGE, payload, 20, None, 1, False, now, now)
    rests = Retry("Spam rate limit hit", 900.0, lane, "spam_limit")
    await shop.do(lambda work: settle_rows(work, [(row, rests)]))
    assert ((await shop.channel()).state, (await shop.channel()).problem) == (ChannelState.ACTIVE, "spam_limit")
    await reports(shop, None)
    assert await told(shop) == [(shop.ada.id, "channel_broken")]
    await shop.do(lambda work: settle_rows(work, [(replace(row, attempts=2), Sent(("5",)))]))
    assert (await shop.channel()).problem is None
    assert await told(shop) == [(shop.ada.id, "channel_well")]


async def test_a_missing_payment_is_told_until_a_template_arrives_again(shop: Shop) -> None:
    await refused(shop, RowKind.MESSAGE, "payment")
    assert await told(shop) == [(shop.ada.id, "channel_broken")]
    client_id = await client_of(shop)

    async def arrives(number: str, content: Content) -> None:
        def write(work: Work) -> None:
            conversation = work.conversations.of_client(client_id)[0]
            message_id = say(work, shop.anna, client_or_fail(work, client_id), conversation, Saying(content))
            work.messages.settle(message_id, MessageStatus.SENT, number, None)

        await shop.do(write)
        await shop.hears(status(number, "delivered"))

    await arrives("o1", text("Yes"))
    assert await told(shop) == [], "an answer costs nothing"
    await arrives("o2", Content(MessageKind.TEXT, "Hello again", template=TemplateUse("hello", "en")))
    assert await told(shop) == [(shop.ada.id, "channel_well")]


async def test_a_channel_that_somebody_repaired_is_told_to_the_others(shop: Shop) -> None:
    await reports(shop, "token", broken=True)
    await shop.rows()
    await shop.do(lambda work: set_channel(work, SetChannel(shop.channel_id, paused=False, by_id=shop.ada.id)))
    assert await told(shop) == []
    await reports(shop, "token", broken=True)
    await shop.rows()
    await shop.do(lambda work: set_channel(work, SetChannel(shop.channel_id, paused=False)))
    assert await told(shop) == [(shop.ada.id, "channel_well")]
