"""aiogram 3.31 against the stand-in: it must take every answer for Telegram's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk


@pytest.fixture
async def aio(bot: BotAccount) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot.url))
    async with Bot(bot.token, session=session) as client:
        yield client


def keyboard(label: str, data: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=data, style="success")]]
    )


async def test_send_edit_delete(aio: Bot, chat: Talk) -> None:
    me = await aio.get_me()
    assert (me.username, me.has_topics_enabled) == ("sales_bot", True)
    sent = await aio.send_message(111, "a 😀 b", entities=[MessageEntity(type="bold", offset=2, length=2)])
    assert sent.entities is not None
    answer = await aio.send_message(111, "c", reply_parameters=ReplyParameters(message_id=sent.message_id))
    assert answer.reply_to_message is not None
    edited = await aio.edit_message_text("d", chat_id=111, message_id=sent.message_id, reply_markup=keyboard("X", "x"))
    assert isinstance(edited, Message)
    assert edited.edit_date is not None
    await aio.set_message_reaction(111, sent.message_id, [ReactionTypeEmoji(emoji="👀")])
    await aio.delete_message(111, answer.message_id)
    await aio.send_chat_action(111, "typing")
    await aio.set_my_commands([BotCommand(command="help", description="Help")])
    await aio.pin_chat_message(111, sent.message_id)
    assert (await aio.get_chat(111)).first_name == "Ann"
    shown = [message.text for message in await chat.messages() if not message.service]
    assert shown == ["/start", "d"]


async def test_topics(aio: Bot, chat: Talk) -> None:
    topic = await aio.create_forum_topic(111, "Ivan")
    sent = await aio.send_message(111, "a", message_thread_id=topic.message_thread_id)
    assert sent.message_thread_id == topic.message_thread_id
    await aio.edit_forum_topic(111, topic.message_thread_id, name="Ivan P.")
    await aio.delete_forum_topic(111, topic.message_thread_id)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await aio.send_message(111, "b", message_thread_id=topic.message_thread_id)


async def test_files(aio: Bot, chat: Talk) -> None:
    content = bytes(range(256)) * 1000
    sent = await aio.send_document(111, BufferedInputFile(content, "ä.bin"), caption="up")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("ä.bin", len(content))
    downloaded = await aio.download(sent.document.file_id)
    assert downloaded is not None
    assert downloaded.read() == content
    photo = InputMediaPhoto(media=BufferedInputFile(b"p", "p.jpg"), caption="first")
    album = await aio.send_media_group(111, [photo, InputMediaPhoto(media=BufferedInputFile(b"q", "q.jpg"))])
    assert album[0].photo is not None
    again = await aio.send_photo(111, album[0].photo[-1].file_id)
    assert again.photo is not None
    copied = await aio.copy_message(111, 111, again.message_id)
    await aio.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(b"r", "r.jpg")), chat_id=111, message_id=copied.message_id
    )
    assert await chat.download(await chat.seen(copied.message_id)) == b"r"


async def test_every_update_validates(telegram: Control, aio: Bot, bot: BotAccount, chat: Talk) -> None:
    await aio.get_updates(
        allowed_updates=["message", "edited_message", "message_reaction", "callback_query", "my_chat_member"]
    )
    await telegram.set_bot(bot, allows_users_to_create_topics=True)
    sent = await aio.send_message(111, "a", reply_markup=keyboard("Yes", "y"))
    message = await chat.write("see @sales_bot and https://x.io", reply_to=sent.message_id)
    await chat.edit(message, "other")
    await chat.react(message, "👍")
    await chat.tap("Yes", seconds=0)
    await chat.forge(999, "forged", seconds=0)
    for kind in ("photo", "video", "video_note", "voice", "audio", "document", "sticker", "animation"):
        await chat.send(kind)
    await chat.location(1, 2)
    await chat.contact("+1", "Bo")
    await chat.poll("q", ["a", "b"])
    await chat.dice()
    await chat.create_topic("t", implicit=True)
    await chat.block()
    updates = await aio.get_updates()
    assert len(updates) == 20
    assert all(isinstance(update, Update) and update.event for update in updates)


async def test_polling_and_a_tap(aio: Bot, ann: PersonAccount, bot: BotAccount) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def on_start(message: Message) -> None:
        await message.answer(f"hello {message.text}", reply_markup=keyboard("✅ Accept", "take:1"))

    @dispatcher.callback_query(F.data == "take:1")
    async def on_tap(query: CallbackQuery) -> None:
        await query.answer("taken", show_alert=True)

    talk = ann.chat(bot)
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.start_polling(aio, handle_signals=False, close_bot_session=False))
        await talk.start("deal_42")
        await talk.wait_for(lambda message: message.text == "hello /start deal_42")
        answer = await talk.tap("Accept")
        await dispatcher.stop_polling()
    assert (answer.text, answer.show_alert) == ("taken", True)


async def test_webhook(aio: Bot, ann: PersonAccount, bot: BotAccount) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def on_message(message: Message) -> None:
        await message.reply(f"got {message.text}")

    app = web.Application()
    SimpleRequestHandler(dispatcher, aio, handle_in_background=False, secret_token="s").register(app, "/hook")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await aio.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s")
    talk = ann.chat(bot)
    await talk.write("hello")
    await talk.wait_for(lambda message: message.text == "got hello")
    info = await aio.get_webhook_info()
    assert info.pending_update_count <= 1
    await aio.delete_webhook()
    await runner.cleanup()


async def test_errors_are_told_apart(telegram: Control, aio: Bot, bot: BotAccount, chat: Talk) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await aio.send_message(999, "a")
    await telegram.fault("sendMessage", retry_after=3)
    with pytest.raises(TelegramRetryAfter) as caught:
        await aio.send_message(111, "a")
    assert caught.value.retry_after == 3
    await telegram.fault("sendMessage", code=500)
    with pytest.raises(TelegramServerError):
        await aio.send_message(111, "a")
    await telegram.fault("sendMessage", "drop")
    with pytest.raises(TelegramNetworkError):
        await aio.send_message(111, "a")
    await telegram.fault("sendMessage", code=404, description="Not Found")
    with pytest.raises(TelegramNotFound):
        await aio.send_message(111, "a")
    await chat.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await aio.send_message(111, "a")
    await aio.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(TelegramConflictError):
        await aio.get_updates()
    await telegram.set_bot(bot, revoked=True)
    with pytest.raises(TelegramUnauthorizedError):
        await aio.get_me()
