"""Marking what people wrote as read, with or without showing that an answer is being typed."""

from __future__ import annotations

from typing import Any

from .accounts import Number
from .chats import Message
from .errors import GraphError
from .world import World

Json = dict[str, Any]


def mark_read(world: World, number: Number, body: Json) -> Json:
    """`status: read`, with or without a typing indicator."""
    if body.get("status") != "read":
        raise GraphError(100, message="(#100) Param status must be one of {READ}.")
    message = world.messages.get(str(body.get("message_id")))
    if message is None or message.chat.number is not number or message.outgoing:
        raise GraphError(131009, "message_id: no incoming message has this ID.")
    typing = body.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise GraphError(131009, "typing_indicator['type'] must be text.")
    _read_up_to(message)
    if typing is not None:
        message.chat.typing_until = world.clock.now() + world.options.typing_seconds
    message.chat.touch()
    return {"success": True}


def _read_up_to(last: Message) -> None:
    """What was written before it counts as read, too."""
    for message in last.chat.messages.values():
        if not message.outgoing:
            message.read_by_business = True
        if message is last:
            return
