"""Business connections: a bot that answers in its owner's chats."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiogram
import pytest
import telegram as telegram_bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from playground.telegram.control import BotAccount, Control, ControlFailed, PersonAccount, Talk

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


def shop(telegram: Control) -> BotAccount:
    return BotAccount(300, "300:CCC", "bot_300_bot", telegram.url)


def kinds(updates: list[Any]) -> list[str]:
    return [list(update)[1] for update in updates]


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
    found = kinds(await raw.updates())[2:]
    assert found == ["edited_business_message", "deleted_business_messages"]


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
    mine = owner.chat(shop(telegram), connection=connection, client=111)
    said = await mine.write("I am here myself")
    await mine.write("We answer soon", extra={"is_from_offline": True})
    await mine.edit(said, "I was here myself")
    await mine.delete(said)
    found = (await raw.updates())[2:]
    assert kinds(found) == ["business_message"] * 2 + ["edited_business_message", "deleted_business_messages"]
    message = found[0]["business_message"]
    assert (message["from"]["id"], message["chat"]["id"]) == (900, 111)
    assert "sender_business_bot" not in message
    assert found[1]["business_message"]["is_from_offline"] is True
    assert found[3]["deleted_business_messages"]["message_ids"] == [said.message_id]


async def test_the_bot_is_told_of_what_it_did_itself(connected: tuple[Raw, str, Talk], telegram: Control) -> None:
    raw, connection, talk = connected
    await talk.write("hello")
    where = {"business_connection_id": connection, "chat_id": 111}
    sent = await raw.call("sendMessage", **where, text="hi")
    await raw.call("editMessageText", **where, message_id=sent["message_id"], text="hi!")
    await raw.call("deleteBusinessMessages", business_connection_id=connection, message_ids=[sent["message_id"]])
    found = (await raw.updates())[2:]
    assert kinds(found) == ["business_message", "edited_business_message", "deleted_business_messages"]
    assert found[0]["business_message"]["sender_business_bot"]["id"] == 300
    await telegram.options(business_echo=False)
    await raw.call("sendMessage", **where, text="ho")
    assert await raw.updates(found[-1]["update_id"] + 1) == []


async def test_connecting_again_gives_a_new_id_and_keeps_chats_and_message_ids(
    connected: tuple[Raw, str, Talk], owner: PersonAccount, telegram: Control
) -> None:
    raw, former, talk = connected
    first = await talk.write("hello")
    again = await telegram.connect(shop(telegram), owner)
    assert again != former
    second = await talk.write("hello again")
    assert second.message_id == first.message_id + 1
    _, _, ended, begun, message = await raw.updates()
    assert (ended["business_connection"]["id"], ended["business_connection"]["is_enabled"]) == (former, False)
    assert (begun["business_connection"]["id"], begun["business_connection"]["is_enabled"]) == (again, True)
    assert message["business_message"]["business_connection_id"] == again
    where = {"chat_id": 111, "text": "hi"}
    refusal = await raw.refused("sendMessage", business_connection_id=former, **where)
    assert refusal == (400, "Bad Request: business connection not found")
    await raw.call("sendMessage", business_connection_id=again, **where)


async def test_one_account_has_one_bot(
    connected: tuple[Raw, str, Talk], owner: PersonAccount, telegram: Control
) -> None:
    raw, connection, talk = connected
    other = await telegram.bot("301:DDD", business=True)
    await telegram.connect(other, owner)
    await talk.write("hello")
    assert (await raw.updates())[-1]["business_connection"]["is_enabled"] is False
    theirs = Raw(other.url, other.token)
    assert kinds(await theirs.updates()) == ["business_connection", "business_message"]
    assert await theirs.refused("getBusinessConnection", business_connection_id=connection) == (
        400,
        "Bad Request: business connection not found",
    )
    await theirs.http.aclose()


async def test_every_right_is_asked_for(telegram: Control, connected: tuple[Raw, str, Talk]) -> None:
    raw, connection, talk = connected
    heard = await talk.write("hello")
    where = {"business_connection_id": connection, "chat_id": 111}
    sent = await raw.call("sendMessage", **where, text="hi")
    forbidden = (400, "Bad Request: BOT_ACCESS_FORBIDDEN")
    delete = {"business_connection_id": connection, "message_ids": [heard.message_id]}
    assert await raw.refused("deleteBusinessMessages", **delete) == forbidden
    await telegram.set_connection(connection, rights={"can_delete_all_messages": True})
    await raw.call("deleteBusinessMessages", **delete)
    assert await raw.refused("sendMessage", **where, text="a") == forbidden
    assert await raw.refused("editMessageText", **where, message_id=sent["message_id"], text="a") == forbidden
    assert await raw.refused("readBusinessMessage", **where, message_id=heard.message_id) == forbidden
    with pytest.raises(ControlFailed, match="can_fly"):
        await telegram.set_connection(connection, rights={"can_fly": True})


async def test_only_what_the_client_wrote_lately_can_be_read(
    telegram: Control, connected: tuple[Raw, str, Talk]
) -> None:
    raw, connection, talk = connected
    heard = await talk.write("hello")
    where = {"business_connection_id": connection, "chat_id": 111}
    sent = await raw.call("sendMessage", **where, text="hi")
    invalid = (400, "Bad Request: MESSAGE_ID_INVALID")
    assert await raw.refused("readBusinessMessage", **where, message_id=sent["message_id"]) == invalid
    assert await raw.refused("readBusinessMessage", **where, message_id=99) == invalid
    await telegram.advance(24 * 3600 + 1)
    late = await raw.refused("readBusinessMessage", **where, message_id=heard.message_id)
    assert late == (400, "Bad Request: BUSINESS_PEER_INVALID")


async def test_what_accounts_do_not_allow_is_refused(connected: tuple[Raw, str, Talk]) -> None:
    raw, connection, talk = connected
    heard = await talk.write("hello")
    for method in ("setMessageReaction", "copyMessage", "forwardMessage", "deleteMessage"):
        code, words = await raw.refused(
            method, business_connection_id=connection, chat_id=111, message_id=heard.message_id
        )
        assert (code, "no parameter business_connection_id" in words) == (400, True)


async def test_aiogram_takes_all_of_it(connected: tuple[Raw, str, Talk], telegram: Control) -> None:
    _raw, connection, talk = connected
    await talk.write("hello")
    await talk.send("photo", data=b"picture" * 100)
    session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.url))
    async with aiogram.Bot("300:CCC", session=session) as bot:
        updates = await bot.get_updates()
        assert updates[0].business_connection is not None
        assert updates[0].business_connection.rights is not None
        assert updates[0].business_connection.rights.can_reply
        photo = updates[2].business_message
        assert photo is not None
        assert photo.photo is not None
        sent = await bot.send_photo(111, photo.photo[-1].file_id, business_connection_id=connection)
        assert sent.sender_business_bot is not None
        edited = await bot.edit_message_caption(connection, 111, sent.message_id, caption="this one")
        assert isinstance(edited, aiogram.types.Message)
        assert await bot.read_business_message(connection, 111, photo.message_id)
        assert await bot.delete_business_messages(connection, [sent.message_id])
        assert (await bot.get_business_connection(connection)).user.id == 900


async def test_python_telegram_bot_takes_all_of_it(connected: tuple[Raw, str, Talk], telegram: Control) -> None:
    _raw, connection, talk = connected
    heard = await talk.write("hello")
    async with telegram_bot.Bot("300:CCC", base_url=f"{telegram.url}/bot") as bot:
        first, second = await bot.get_updates()
        assert first.business_connection is not None
        assert second.business_message is not None
        assert second.business_message.business_connection_id == connection
        pictures = [telegram_bot.InputMediaPhoto(b"one" * 100), telegram_bot.InputMediaPhoto(b"two" * 100)]
        album = await bot.send_media_group(111, pictures, business_connection_id=connection)
        assert len({part.media_group_id for part in album}) == 1
        sent = await bot.send_message(111, "hi", business_connection_id=connection)
        await bot.edit_message_text("ho", 111, sent.message_id, business_connection_id=connection)
        assert await bot.read_business_message(connection, 111, heard.message_id)
        assert await bot.delete_business_messages(connection, [sent.message_id])
        rights = (await bot.get_business_connection(connection)).rights
        assert rights is not None
        assert rights.can_delete_sent_messages
