"""Changing messages that were sent."""

from __future__ import annotations

from typing import Any

from playground.telegram.chats import Chat, Message
from playground.telegram.errors import NOT_MODIFIED, BadRequest
from playground.telegram.media import Media

from .media import caption_of, input_media
from .registry import Call, Json, method
from .sending import text_of
from .targets import markup_of, target

MAX_VERSIONS = 50


def _editable(call: Call) -> tuple[Chat, Message]:
    if call.params.get("inline_message_id"):
        raise BadRequest("MESSAGE_ID_INVALID")
    chat = target(call)
    message_id = call.params.integer("message_id")
    if not message_id:
        raise BadRequest("message identifier is not specified")
    message = chat.find(message_id)
    if message is None:
        raise BadRequest("message to edit not found")
    if message.service or not _is_own(call, chat, message):
        raise BadRequest("message can't be edited")
    return chat, message


def _is_own(call: Call, chat: Chat, message: Message) -> bool:
    return message.author is call.bot or (chat.connection is not None and "sender_business_bot" in message.extra)


def _change(call: Call, message: Message, content: Json, media: Media | None, markup: Json | None) -> Json:
    """Replace what a message shows, unless nothing would change. A missing keyboard removes the old one."""
    same_media = message.media is None if media is None else media.same_as(message.media)
    if content == message.content and markup == message.markup and same_media:
        raise BadRequest(NOT_MODIFIED)
    changed = content != message.content or not same_media
    if changed:
        message.versions.append(message.content)
        del message.versions[:-MAX_VERSIONS]
        message.edited = int(call.world.clock.now())
    message.content, message.media, message.markup = content, media, markup
    message.chat.touch()
    if changed:
        call.world.echo("edited_message", message)
    return message.api(call.bot.id)


@method("editMessageText", charged=True)
def edit_message_text(call: Call) -> Json:
    """New text; only where there is text."""
    content: dict[str, Any] = text_of(call)
    chat, message = _editable(call)
    if "text" not in message.content:
        raise BadRequest("there is no text in the message to edit")
    options = call.params.object_of("link_preview_options")
    if options:
        content["link_preview_options"] = options
    return _change(call, message, content, None, markup_of(call, chat))


@method("editMessageCaption", charged=True)
def edit_message_caption(call: Call) -> Json:
    """New caption, or none."""
    content = caption_of(call.params)
    chat, message = _editable(call)
    if message.media is None:
        raise BadRequest("there is no caption in the message to edit")
    kept = {name: value for name, value in message.content.items() if not name.startswith("caption")}
    return _change(call, message, kept | content, message.media, markup_of(call, chat))


@method("editMessageMedia", charged=True)
def edit_message_media(call: Call) -> Json:
    """Another file in its place; a text message cannot become one with media in it."""
    item = call.params.object_of("media")
    if not item or "type" not in item:
        raise BadRequest("can't parse InputMedia: media is empty")
    chat, message = _editable(call)
    if message.media is None:
        raise BadRequest("there is no media in the message to edit")
    media = input_media(call, item["type"], item.get("media"), item)
    return _change(call, message, caption_of(item), media, markup_of(call, chat))


@method("editMessageReplyMarkup", charged=True)
def edit_message_reply_markup(call: Call) -> Json:
    """Only the keyboard."""
    chat, message = _editable(call)
    return _change(call, message, message.content, message.media, markup_of(call, chat))
