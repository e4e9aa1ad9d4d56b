"""Business connections: a bot that answers in its owner's chats."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk

from .conftest import Raw


@pytest.fixture
async def owner(telegram: Control) -> PersonAccount:
    return await telegram.person(900, "Owner")


@pytest.fixture
async def connected(
    telegram: Control, ann: PersonAccount, owner: PersonAccount
) -> AsyncIterator[tuple[Raw, str, Talk]]:
    bot = await telegram.bot("300:CCC", business=True)
    connection = await telegram.connect(bot, owner)
    raw = Raw(bot.url, bot.token)
    yield raw, connection, ann.chat(bot, connection=connection)
    await raw.http.aclose()


async def test_a_client_writes_and_the_bot_answers_as_the_owner(connected: tuple[Raw, str, Talk]) -> None:
    raw, connection, talk = connected
    await talk.write("hello")
    first, second = await raw.updates()
    assert first["business_connection"]["rights"]["can_reply"] is True
    message = second["business_message"]
    assert (message["business_connection_id"], message["text"]) == (connection, "hello")
    sent = await raw.call("sendMessage", business_connection_id=connection, chat_id=111, text="hi")
    assert (sent["from"]["id"], sent["sender_business_bot"]["id"]) == (900, 300)
    assert (await talk.last()).text == "hi"
    assert await raw.refused("sendMessage", chat_id=111, text="hi") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )


async def test_edits_deletes_and_reading(telegram: Control, connected: tuple[Raw, str, Talk]) -> None:
    raw, connection, talk = connected
    message = await talk.write("hello")
    await talk.edit(message, "hello!")
    await raw.call("readBusinessMessage", business_connection_id=connection, chat_id=111, message_id=message.message_id)
    assert (await telegram.set_connection(connection))["read"] == {"111": message.message_id}
    await talk.delete(message)
    kinds = [list(update)[1] for update in await raw.updates()][2:]
    assert kinds[0] == "edited_business_message"
    assert kinds[-1] == "deleted_business_messages"


async def test_the_window_and_the_rights(telegram: Control, connected: tuple[Raw, str, Talk]) -> None:
    raw, connection, talk = connected
    where = {"business_connection_id": connection, "chat_id": 111}
    assert await raw.refused("sendMessage", **where, text="a") == (400, "Bad Request: BUSINESS_PEER_INVALID")
    await talk.write("hello")
    await raw.call("sendMessage", **where, text="a")
    await telegram.advance(24 * 3600 + 1)
    assert await raw.refused("sendMessage", **where, text="a") == (400, "Bad Request: BUSINESS_PEER_INVALID")
    await talk.write("again")
    await telegram.set_connection(connection, enabled=False)
    assert await raw.refused("sendMessage", **where, text="a") == (400, "Bad Request: business connection not found")
    assert (await raw.call("getBusinessConnection", business_connection_id=connection))["is_enabled"] is False


async def test_the_owner_writes_too(connected: tuple[Raw, str, Talk], owner: PersonAccount, telegram: Control) -> None:
    raw, connection, talk = connected
    await talk.write("hello")
    bot = BotAccount(300, "300:CCC", "bot_300_bot", telegram.url)
    await owner.chat(bot, connection=connection, client=111).write("I am here myself")
    message = (await raw.updates(-1))[0]["business_message"]
    assert (message["from"]["id"], message["chat"]["id"]) == (900, 111)
