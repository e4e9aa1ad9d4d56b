"""How far a message of the business got, and telling of it."""

from __future__ import annotations

import secrets
from typing import Any

from .chats import RANKS, Message
from .errors import webhook_error
from .world import World

Json = dict[str, Any]


def deliver(world: World, message: Message) -> None:
    """It reaches the person's phone."""
    message.shown = True
    message.chat.typing_until = 0.0
    advance(world, message, "delivered")


def advance(world: World, message: Message, status: str) -> None:
    """A message gets further, once; the business is told."""
    if message.error or RANKS[status] <= RANKS[message.status]:
        return
    message.status = status
    message.chat.touch()
    tell_status(world, message, status)


def fail(world: World, message: Message, code: int, details: str) -> None:
    """It will never arrive; the business is told."""
    message.error, message.status, message.shown = code, "failed", False
    message.chat.touch()
    tell_status(world, message, "failed", code, details)


def tell_status(world: World, message: Message, status: str, code: int = 0, details: str = "") -> None:
    """Tell of a status, whatever the message's own is: repeated and late ones exist."""
    chat = message.chat
    told: Json = {"id": message.id, "status": status, "timestamp": str(int(world.clock.now()))}
    if not chat.person.hidden:
        told["recipient_id"] = chat.person.wa_id
    if message.tracker:
        told["biz_opaque_callback_data"] = message.tracker
    if status in ("sent", "delivered"):
        told |= _price(world, message, status)
    if status == "failed":
        told["errors"] = [webhook_error(code, details)]
    known = chat.person.on_whatsapp
    world.tell(chat, with_contact=known, statuses=[told])


def _price(world: World, message: Message, status: str) -> Json:
    inside = message.chat.window_until > world.clock.now()
    category = "utility" if message.template else "service"
    conversation: Json = {"id": secrets.token_hex(16), "origin": {"type": category}}
    if status == "sent":
        conversation["expiration_timestamp"] = str(int(world.clock.now() + world.options.window_seconds))
    kind = "free_customer_service" if inside else "regular"
    pricing = {"billable": not inside, "pricing_model": "PMP", "category": category, "type": kind}
    return {"conversation": conversation, "pricing": pricing}
