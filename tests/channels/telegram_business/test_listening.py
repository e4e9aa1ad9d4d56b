"""What happens in the account comes in, by polling and through the door; and how the account is, is known."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.hub import Door
from channels.kinds import Addresses, MadeUp, NotIdentified, Surroundings
from channels.registry import KINDS
from channels.telegram.webhook import SECRET_HEADER, webhook_secret
from channels.telegram_business.adapter import BusinessAdapter
from channels.telegram_business.identify import identify
from playground.telegram.control import BotAccount, Control
from sales.errors import Unavailable
from sales.ids import Moment
from sales.incoming import AccountChanged, ClientDeleted, ClientEdited, ClientWrote, Event, Incoming, WrittenOutside
from tests.channels.books import CHANNEL
from tests.channels.telegram_business.conftest import ANN, Account


class Listener:
    """Takes what a channel hears."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.problems: list[str | None] = []
        self.news = asyncio.Event()

    async def take(self, items: object) -> None:
        assert isinstance(items, list)
        self.events += [item.event for item in items if isinstance(item, Incoming)]
        self.news.set()

    async def report(self, problem: str | None) -> None:
        self.problems.append(problem)
        self.news.set()

    async def until(self, count: int, kind: type) -> list[Event]:
        """The events of a kind, as soon as there are so many."""
        async with asyncio.timeout(20):
            while len(found := [event for event in self.events if isinstance(event, kind)]) < count:
                self.news.clear()
                await self.news.wait()
        return found

    async def until_problem(self, problem: str | None) -> None:
        async with asyncio.timeout(20):
            while problem not in self.problems:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def listening(adapter: BusinessAdapter, listener: Listener) -> AsyncIterator[asyncio.Task[None]]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(adapter.listen(listener.take, listener.report))
        yield task
        task.cancel()


async def test_all_that_happens_in_the_account_comes_in_once(
    account: Account, listening: asyncio.Task[None], adapter: BusinessAdapter, listener: Listener
) -> None:
    said = await account.ann.write("Hello")
    await account.ann.edit(said, "Hello!")
    mine = await account.owner.write("I am here myself")
    await account.owner.delete(mine)
    assert await listener.until(1, AccountChanged) == [AccountChanged(None)]
    [wrote] = await listener.until(1, ClientWrote)
    [outside] = await listener.until(1, WrittenOutside)
    [edited], [deleted] = await listener.until(1, ClientEdited), await listener.until(1, ClientDeleted)
    address = f"{account.connection}/{ANN}"
    for one in (wrote, outside, edited, deleted):
        assert getattr(one, "address", "") == address
    await account.telegram.set_connection(account.connection, enabled=False)
    await listener.until(2, AccountChanged)
    assert listener.events[-1] == AccountChanged("disconnected")


async def test_a_new_connection_of_the_same_account_names_the_former_one(
    account: Account, listening: asyncio.Task[None], listener: Listener
) -> None:
    await account.ann.write("Hello")
    again = await account.telegram.connect(account.bot, account.owner_person)
    await account.ann.write("Are you there?")
    _, wrote = await listener.until(2, ClientWrote)
    assert isinstance(wrote, ClientWrote)
    assert (wrote.address, wrote.aliases) == (f"{again}/{ANN}", (f"{account.connection}/{ANN}",))
    assert [event for event in listener.events if isinstance(event, AccountChanged)][-1] == AccountChanged(None)


async def test_what_was_missed_is_asked_at_the_start(
    account: Account, adapter: BusinessAdapter, listener: Listener
) -> None:
    shown = await account.telegram.set_connection(account.connection)
    await adapter.prepare(json.dumps({"update_id": 1, "business_connection": shown}).encode())
    await account.telegram.set_connection(account.connection, rights={})
    await account.telegram.do("options", update_seconds=0)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(adapter.listen(listener.take, listener.report))
        await listener.until_problem("no_right")
        task.cancel()


async def test_listening_begins_though_telegram_can_not_be_asked(
    account: Account, adapter: BusinessAdapter, listener: Listener
) -> None:
    shown = await account.telegram.set_connection(account.connection)
    await adapter.prepare(json.dumps({"update_id": 1, "business_connection": shown}).encode())
    await account.telegram.fault("getBusinessConnection", "fail", code=502)
    await account.ann.write("Hello")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(adapter.listen(listener.take, listener.report))
        await listener.until(1, ClientWrote)
        task.cancel()


@pytest.fixture
async def public(bot: BotAccount, surroundings: Surroundings) -> AsyncIterator[BusinessAdapter]:
    """Where Telegram can reach us."""
    addresses = replace(surroundings.addresses, public_url="http://127.0.0.1:9")
    adapter = BusinessAdapter(CHANNEL, bot.token, replace(surroundings, addresses=addresses))
    yield adapter
    await adapter.close()


def delivered(account: Account, connection: str) -> bytes:
    """Ann's message through a connection, as Telegram puts it through the door."""
    ann = {"id": ANN, "is_bot": False, "first_name": "Ann"}
    chat = {"id": ANN, "type": "private", "first_name": "Ann"}
    said = {"message_id": 5, "date": 1763800010, "text": "Hello", "from": ann, "chat": chat}
    return json.dumps({"update_id": 7, "business_message": {**said, "business_connection_id": connection}}).encode()


async def test_the_door_asks_about_a_connection_it_never_heard_of(
    account: Account, public: BusinessAdapter, listener: Listener, bot: BotAccount
) -> None:
    """Updates about connections come in a queue of their own: a message may be faster."""
    door, headers = Door(public, listener.take, open_now=True), {SECRET_HEADER: webhook_secret(bot.token)}
    await door.take(headers, delivered(account, account.connection))
    again = await account.telegram.connect(bot, account.owner_person)
    await account.telegram.fault("getBusinessConnection", "fail", code=502)
    with pytest.raises(Unavailable):
        await door.take(headers, delivered(account, again))
    await door.take(headers, delivered(account, again))
    _, wrote = await listener.until(2, ClientWrote)
    assert isinstance(wrote, ClientWrote)
    assert wrote.aliases == (f"{account.connection}/{ANN}",)


async def test_what_is_unreadable_or_unknown_gets_through_the_door_all_the_same(
    account: Account, public: BusinessAdapter, bot: BotAccount, listener: Listener
) -> None:
    door, headers = Door(public, listener.take, open_now=True), {SECRET_HEADER: webhook_secret(bot.token)}
    for body in (b"{", b"[]", b'{"update_id":1,"business_message":5}', b'{"update_id":1,"business_connection":{}}'):
        await door.take(headers, body)
    await door.take(headers, delivered(account, "bc_nobody_knows"))
    assert [type(event) for event in listener.events] == [ClientWrote]


async def test_telegram_is_told_to_deliver_what_concerns_accounts(
    account: Account, public: BusinessAdapter, listener: Listener
) -> None:
    await public.listen(listener.take, listener.report)
    [call] = await account.telegram.calls("setWebhook")
    assert call.parameters["url"] == "http://127.0.0.1:9/webhooks/telegram/7"
    assert "deleted_business_messages" in call.parameters["allowed_updates"]
    assert listener.problems == [None]


async def test_a_check_looks_at_the_bot_and_at_every_account(account: Account, adapter: BusinessAdapter) -> None:
    async def found() -> dict[str, bool]:
        return {finding.code: finding.ok for finding in await adapter.check()}

    fine = {"telegram_bot": True, "telegram_webhook": True, "telegram_pending": True, "business_mode": True}
    assert await found() == {**fine, "business_none": False}
    shown = await account.telegram.set_connection(account.connection)
    await adapter.prepare(json.dumps({"update_id": 1, "business_connection": shown}).encode())
    assert await found() == {**fine, "business_account": True, "business_reply": True}
    await account.telegram.set_connection(account.connection, rights={})
    assert await found() == {**fine, "business_account": True, "business_reply": False}
    await account.telegram.set_connection(account.connection, enabled=False)
    assert await found() == {**fine, "business_account": False}
    await account.telegram.set_bot(account.bot, can_connect_to_business=False)
    assert not (await found())["business_mode"]
    await account.telegram.set_bot(account.bot, revoked=True)
    assert await found() == {"telegram_token": False}


async def test_a_token_says_whose_it_is(telegram: Control, bot: BotAccount) -> None:
    account = await identify(bot.token, telegram.url)
    assert (account.key, account.name, account.facts["username"]) == ("100", "Shop", "shop_bot")
    assert "link" not in account.facts
    await telegram.set_bot(bot, can_connect_to_business=False)
    with pytest.raises(NotIdentified, match="no_business_mode"):
        await identify(bot.token, telegram.url)
    with pytest.raises(NotIdentified, match="bad_token"):
        await identify("nonsense", telegram.url)


async def test_the_registry_has_it(bot: BotAccount, telegram: Control, surroundings: Surroundings) -> None:
    kind = KINDS["telegram_business"]
    assert (kind.family, kind.secrets, kind.link("@shop_bot")) == ("telegram", ("token",), None)
    assert (await kind.identify({"token": bot.token}, Addresses(telegram.url))).key == "100"
    adapter = kind.connect(CHANNEL, {"token": bot.token}, surroundings)
    [read] = adapter.parse(kind.made_up(MadeUp("Test", "Hello", Moment(1000))))
    assert isinstance(read, Incoming)
    assert isinstance(read.event, ClientWrote)
    assert read.event.content.text == "Hello"
    await adapter.close()
