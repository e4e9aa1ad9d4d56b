"""Channels come, go, break and are repaired while the process runs."""

from collections.abc import AsyncIterator

import pytest

from bot.nursery import Nursery
from channels.hub import Hub, WrongSecret
from channels.intake import ChannelIntake
from channels.kinds import Addresses, NotIdentified, Surroundings
from channels.registry import KINDS
from channels.telegram.capabilities import CAPABILITIES
from channels.telegram.webhook import SECRET_HEADER, webhook_secret
from playground.telegram.control import BotAccount, Control, Talk
from sales.channels import ChannelState
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.messages import Content, MessageKind
from sales.outbox import RowKind, Sent
from storage.media_files import MediaFiles
from tests.channels.books import CHANNEL, Books, row

BLOCKED = b'{"update_id":5,"my_chat_member":{"chat":{"id":111,"type":"private"},"new_chat_member":{"status":"kicked"}}}'


@pytest.fixture
def usable() -> list[str]:
    """Lanes of which the hub has said that they can send now."""
    return []


@pytest.fixture
async def hub(surroundings: Surroundings, books: Books, usable: list[str]) -> AsyncIterator[Hub]:
    async with Nursery() as nursery:
        hub = Hub(surroundings, ChannelIntake(books), nursery, on_usable=usable.append)
        nursery.start("channels", hub.run)
        yield hub
    await hub.close()


async def test_a_channel_that_is_added_receives_and_sends(hub: Hub, books: Books, bot: BotAccount, chat: Talk) -> None:
    books.channel(bot.token)
    hub.refresh()
    await chat.block()
    await books.until(lambda: "111" in books.handled)
    await chat.unblock()
    sender = hub.sender_for("channel:7")
    assert sender is not None
    assert hub.lanes == ("channel:7",)
    answer = await sender.send(row(RowKind.MESSAGE, message_id=books.written(Content(MessageKind.TEXT, "Yes"))))
    assert isinstance(answer, Sent)
    assert (await chat.last()).text == "Yes"


async def test_a_paused_channel_sends_but_does_not_listen(
    hub: Hub, books: Books, bot: BotAccount, chat: Talk, telegram: Control
) -> None:
    books.channel(bot.token)
    await hub.reread()
    await telegram.wait_for_calls(1, "getWebhookInfo")
    books.channels.set_state(CHANNEL, ChannelState.PAUSED)
    await hub.reread()
    await chat.block()
    assert hub.sender_for("channel:7") is not None
    assert books.handled == []
    books.channels.set_state(CHANNEL, ChannelState.ACTIVE)
    await hub.reread()
    await books.until(lambda: "111" in books.handled)


async def test_a_removed_channel_is_gone(hub: Hub, books: Books, bot: BotAccount) -> None:
    books.channel(bot.token)
    await hub.reread()
    books.channels.set_state(CHANNEL, ChannelState.REMOVED)
    await hub.reread()
    assert hub.sender_for("channel:7") is None
    assert hub.adapter(CHANNEL) is None
    assert await hub.door("telegram", CHANNEL) is None


async def test_a_revoked_token_breaks_the_channel_and_a_new_one_repairs_it(
    hub: Hub, books: Books, bot: BotAccount, telegram: Control, chat: Talk
) -> None:
    await telegram.set_bot(bot, revoked=True)
    books.channel(bot.token)
    hub.refresh()
    await books.until(lambda: books.channels.kept[CHANNEL].state is ChannelState.BROKEN)
    assert books.channels.kept[CHANNEL].problem == "token"
    assert [(made.payload["name"], made.payload["problem"]) for made in books.rows] == [("channel_broken", "token")]
    await hub.reread()
    assert hub.sender_for("channel:7") is None
    await telegram.set_bot(bot, revoked=False, token="100:BBB")
    books.channel("100:BBB")
    hub.refresh()
    await chat.block()
    await books.until(lambda: "111" in books.handled)
    assert hub.sender_for("channel:7") is not None


async def test_what_waits_for_a_broken_channel_leaves_when_it_is_repaired(
    hub: Hub, books: Books, bot: BotAccount, usable: list[str]
) -> None:
    books.channel(bot.token)
    await hub.reread()
    assert usable == ["channel:7"]
    books.channels.set_state(CHANNEL, ChannelState.BROKEN, "token")
    await hub.reread()
    await hub.reread()
    assert usable == ["channel:7"]
    books.channels.set_state(CHANNEL, ChannelState.ACTIVE)
    await hub.reread()
    await hub.reread()
    assert usable == ["channel:7", "channel:7"]


async def test_a_lane_hears_that_another_stands_for_it(
    hub: Hub, books: Books, bot: BotAccount, usable: list[str]
) -> None:
    """While secrets are changed nobody sends: who came in that time has to be told."""
    books.channel(bot.token)
    await hub.reread()
    books.channel("100:another-token-of-the-same-bot-aaaaaaaa")
    await hub.reread()
    assert usable == ["channel:7", "channel:7"]


async def test_one_channel_that_cannot_be_set_up_stops_no_other(
    hub: Hub, books: Books, bot: BotAccount, chat: Talk
) -> None:
    books.channel("", ChannelId(6))
    books.channel(bot.token)
    hub.refresh()
    await chat.block()
    await books.until(lambda: "111" in books.handled)
    assert books.channels.kept[ChannelId(6)].problem == "settings"


@pytest.fixture
async def public(telegram: Control, books: Books, store: MediaFiles) -> AsyncIterator[Hub]:
    """Where platforms can reach us."""
    addresses = Addresses(telegram.url, "http://127.0.0.1:9")
    async with Nursery() as nursery:
        hub = Hub(Surroundings(books, store, addresses), ChannelIntake(books), nursery)
        yield hub
    await hub.close()


async def test_with_a_public_address_telegram_is_told_to_deliver(
    public: Hub, books: Books, bot: BotAccount, telegram: Control
) -> None:
    books.channel(bot.token)
    await public.reread()
    [call] = await telegram.wait_for_calls(1, "setWebhook")
    assert call.parameters["url"] == "http://127.0.0.1:9/webhooks/telegram/7"
    assert call.parameters["secret_token"] == webhook_secret(bot.token)
    assert "message_reaction" in call.parameters["allowed_updates"]
    assert "drop_pending_updates" not in call.parameters
    adapter = public.adapter(CHANNEL)
    assert adapter is not None
    findings = {finding.code: finding.ok for finding in await adapter.check()}
    assert findings == {"telegram_bot": True, "telegram_webhook": True, "telegram_pending": True}


async def test_only_telegram_gets_through_the_door(public: Hub, books: Books, bot: BotAccount) -> None:
    books.channel(bot.token)
    await public.reread()
    door = await public.door("telegram", CHANNEL)
    assert door is not None
    for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "\udcff"}):
        with pytest.raises(WrongSecret):
            await door.take(headers, BLOCKED)
    await door.take({SECRET_HEADER: webhook_secret(bot.token)}, BLOCKED)
    assert books.handled == ["111"]
    assert await public.door("whatsapp", CHANNEL) is None


async def test_a_paused_channels_door_says_later(public: Hub, books: Books, bot: BotAccount) -> None:
    books.channel(bot.token)
    books.channels.set_state(CHANNEL, ChannelState.PAUSED)
    door = await public.door("telegram", CHANNEL)
    assert door is not None
    with pytest.raises(Unavailable):
        await door.take({SECRET_HEADER: webhook_secret(bot.token)}, BLOCKED)


async def test_what_clients_write_to_a_broken_channel_comes_in(public: Hub, books: Books, bot: BotAccount) -> None:
    books.channel(bot.token)
    books.channels.set_state(CHANNEL, ChannelState.BROKEN, "token")
    door = await public.door("telegram", CHANNEL)
    assert door is not None
    await door.take({SECRET_HEADER: webhook_secret(bot.token)}, BLOCKED)
    assert books.handled == ["111"]


async def test_a_token_says_whose_it_is(telegram: Control, bot: BotAccount) -> None:
    kind, addresses = KINDS["telegram"], Addresses(telegram.url)
    account = await kind.identify({"token": bot.token}, addresses)
    assert (account.key, account.name, account.facts["link"]) == ("100", "Shop", "https://t.me/shop_bot")
    for token in ("100:WRONG", "nonsense", "100:A/../x"):
        with pytest.raises(NotIdentified, match="bad_token"):
            await kind.identify({"token": token}, addresses)
    with pytest.raises(NotIdentified, match="unreachable"):
        await kind.identify({"token": bot.token}, Addresses("http://127.0.0.1:9"))


async def test_a_check_says_what_is_wrong(surroundings: Surroundings, bot: BotAccount, telegram: Control) -> None:
    adapter = KINDS["telegram"].connect(CHANNEL, {"token": bot.token}, surroundings)
    assert adapter.capabilities is CAPABILITIES
    assert [finding.ok for finding in await adapter.check()] == [True, True, True]
    await telegram.set_bot(bot, revoked=True)
    assert [(finding.code, finding.ok) for finding in await adapter.check()] == [("telegram_token", False)]
    await adapter.close()
