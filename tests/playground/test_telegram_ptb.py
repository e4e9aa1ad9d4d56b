"""python-telegram-bot 22.8 against the stand-in."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    InputMediaVideo,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk


@pytest.fixture
async def ptb(bot: BotAccount) -> AsyncIterator[Bot]:
    async with Bot(bot.token, base_url=f"{bot.url}/bot", base_file_url=f"{bot.url}/file/bot") as client:
        yield client


async def test_send_edit_delete(ptb: Bot, chat: Talk) -> None:
    assert ptb.username == "sales_bot"
    sent = await ptb.send_message(111, "a 😀", entities=[MessageEntity("bold", 2, 2)])
    assert sent.parse_entities() == {MessageEntity("bold", 2, 2): "😀"}
    answer = await ptb.send_message(111, "c", reply_parameters=ReplyParameters(sent.message_id))
    assert answer.reply_to_message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    await ptb.edit_message_text("d", 111, sent.message_id, reply_markup=markup)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await ptb.edit_message_text("d", 111, sent.message_id, reply_markup=markup)
    await ptb.set_message_reaction(111, sent.message_id, ReactionTypeEmoji("👌"))
    await ptb.delete_message(111, answer.message_id)
    await ptb.send_location(111, 1, 2)
    await ptb.send_contact(111, "+1", "Bo")
    topic = await ptb.create_forum_topic(111, "t")
    await ptb.send_message(111, "in topic", message_thread_id=topic.message_thread_id)
    assert (await chat.last()).thread_id == topic.message_thread_id


async def test_files_stream_up_and_down(ptb: Bot, chat: Talk) -> None:
    content = bytes(range(256)) * 2000
    upload = InputFile(io.BytesIO(content), filename="x.bin", read_file_handle=False)
    sent = await ptb.send_document(111, upload)
    assert sent.document is not None
    file = await sent.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content
    parts: list[InputMediaPhoto | InputMediaVideo] = [InputMediaPhoto(b"p", caption="first"), InputMediaVideo(b"v")]
    album = await ptb.send_media_group(111, parts)
    assert (album[0].caption, album[0].media_group_id) == ("first", album[1].media_group_id)
    for kind in ("photo", "video", "video_note", "voice", "audio", "sticker", "animation"):
        message = await getattr(ptb, f"send_{kind}")(111, b"content")
        assert message.effective_attachment
    await chat.send("voice", data=b"spoken")
    update = (await ptb.get_updates(-1))[0]
    assert update.message is not None
    assert update.message.voice is not None
    assert bytes(await (await update.message.voice.get_file()).download_as_bytearray()) == b"spoken"


async def test_polling_and_a_tap(ptb: Bot, bot: BotAccount, ann: PersonAccount) -> None:
    async def on_start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Accept", callback_data="take:1")]])
        await update.message.reply_text("hello " + " ".join(context.args or []), reply_markup=markup)

    async def on_tap(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("taken")

    app = Application.builder().bot(ptb).build()
    app.add_handlers([CommandHandler("start", on_start), CallbackQueryHandler(on_tap)])
    talk = ann.chat(bot)
    async with app:
        assert app.updater is not None
        await app.updater.start_polling(timeout=5)
        await app.start()
        await talk.start("deal_42")
        await talk.wait_for(lambda message: message.text == "hello deal_42")
        assert (await talk.tap("Accept")).text == "taken"
        await talk.write("last")
        await app.updater.stop()
        await app.stop()


async def test_errors_are_told_apart(
    telegram: Control, ptb: Bot, bot: BotAccount, chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with pytest.raises(BadRequest, match="Chat not found"):
        await ptb.send_message(999, "a")
    await telegram.fault("sendMessage", retry_after=3)
    with pytest.raises(RetryAfter):
        await ptb.send_message(111, "a")
    await telegram.fault("sendMessage", "drop")
    with pytest.raises(NetworkError):
        await ptb.send_message(111, "a")
    await chat.block()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await ptb.send_message(111, "a")
    await ptb.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(Conflict):
        await ptb.get_updates()
    await telegram.set_bot(bot, revoked=True)
    with pytest.raises(InvalidToken):
        await ptb.get_me()
