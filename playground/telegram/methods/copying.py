"""Copies and forwards."""

from __future__ import annotations

from playground.telegram.chats import Message
from playground.telegram.errors import BadRequest
from playground.telegram.media import Media

from .deleting import message_ids
from .media import caption_of
from .registry import Call, Json, method
from .sending import send
from .targets import known_chat, target


def _source(call: Call, what: str) -> Message:
    message = known_chat(call, call.params.text("from_chat_id")).find(call.params.integer("message_id"))
    if message is None:
        raise BadRequest(f"message to {what} not found")
    if message.service or message.protected:
        raise BadRequest(f"message can't be {'copied' if what == 'copy' else 'forwarded'}")
    return message


def _copy_of(message: Message) -> tuple[Json, Media | None]:
    media = message.media
    copied = None if media is None else Media(media.kind, media.blob, dict(media.attributes))
    return dict(message.content), copied


@method("copyMessage", charged=True)
def copy_message(call: Call) -> Json:
    """Only the new id comes back; a caption given replaces the old one."""
    content, media = _copy_of(_source(call, "copy"))
    if media is not None and "caption" in call.params:
        content = {name: value for name, value in content.items() if not name.startswith("caption")}
        content |= caption_of(call.params)
    return {"message_id": send(call, content, media).id}


def _forward(call: Call, message: Message) -> Message:
    content, media = _copy_of(message)
    origin = message.extra.get("forward_origin") or {
        "type": "user",
        "sender_user": message.author.user(),
        "date": message.date,
    }
    sent = send(call, content, media)
    sent.extra = sent.extra | {"forward_origin": origin}
    return sent


@method("forwardMessage", charged=True)
def forward_message(call: Call) -> Json:
    """With its origin shown."""
    return _forward(call, _source(call, "forward")).api(call.bot.id)


def _sources(call: Call, what: str) -> list[Message]:
    ids = message_ids(call)
    if ids != sorted(set(ids)):
        raise BadRequest("message identifiers must be in a strictly increasing order")
    chat = known_chat(call, call.params.text("from_chat_id"))
    found = [message for message in map(chat.find, ids) if message is not None]
    kept = [message for message in found if not message.service and not message.protected]
    if not kept:
        raise BadRequest(f"there are no messages to {what}")
    target(call)
    return kept


@method("copyMessages", charged=True)
def copy_messages(call: Call) -> list[Json]:
    """Many at once; albums stay albums."""
    sent = []
    for message in _sources(call, "copy"):
        content, media = _copy_of(message)
        sent.append({"message_id": send(call, content, media, album=message.album).id})
    return sent


@method("forwardMessages", charged=True)
def forward_messages(call: Call) -> list[Json]:
    """Many at once."""
    return [{"message_id": _forward(call, message).id} for message in _sources(call, "forward")]
