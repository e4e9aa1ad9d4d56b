"""Sending: what is refused at once, and what an accepted message meets afterwards."""

from __future__ import annotations

from typing import Any

from playground.kit.files import Blob

from . import bodies, statuses, templates
from .accounts import Number, Person, Template
from .bodies import Outgoing
from .calls import Fault
from .chats import Chat, Message
from .errors import GraphError
from .fetching import fetch
from .ids import BSUID, digits, wamid
from .media import KINDS, bare, send_refusal
from .world import World

Json = dict[str, Any]


def send(world: World, number: Number, body: Any, fault: Fault | None) -> Json:
    """`POST /{phone_number_id}/messages`: refuse at once, or accept and see to the rest afterwards."""
    out = bodies.read(body, world.options.strict_parameters)
    person = _recipient(world, number, out.to)
    shown = out.content
    template = None
    if out.type == "template":
        template = templates.find(number.business, out.content)
        shown = templates.fill(template, out.content)
        if template.body["category"] == "AUTHENTICATION" and BSUID.match(out.to):
            raise GraphError(131062, "Authentication templates need a phone number.")
    if world.options.limits:
        world.limits.charge(number.id, f"{number.id}:{person.key}", world.clock.now(), number.coexistence)
    blob = _blob(world, number, out.type, shown)
    message = _message(world, number, person, out, shown, blob)
    world.later(lambda: _proceed(world, message, template, fault))
    return _answer(number, person, out, message, template is not None)


def _recipient(world: World, number: Number, to: str) -> Person:
    """Who it is for. A number that nobody has is accepted, too, and fails afterwards (131026)."""
    if not number.registered:
        raise GraphError(133010, "The account is not registered.")
    found = world.who(number.business, to)
    if digits(to) == number.wa_id and not BSUID.match(to):
        raise GraphError(131021, "Sender and recipient phone number is the same.")
    if number.allowed is not None and (found is None or found.wa_id not in number.allowed):
        raise GraphError(131030, "Recipient phone number not in allowed list: Add recipient phone number to it.")
    if found is not None:
        return found
    if BSUID.match(to):
        raise GraphError(100, f"No user with the business-scoped user ID {to}.")
    return Person(digits(to), digits(to), "", on_whatsapp=False)


def _media_in(kind: str, content: Any) -> tuple[str, Json]:
    """The file of a message, or of its header: which kind, and `{"id" or "link"}`. Two empty ones for none."""
    if kind in KINDS:
        return kind, content
    header = (content.get("header") or {}) if kind in ("template", "interactive") else {}
    inside = header.get("type", "")
    return (inside, header[inside]) if inside in KINDS else ("", {})


def _blob(world: World, number: Number, kind: str, content: Any) -> Blob | None:
    """The file that is named by its id. A media id of another account is as good as none."""
    what, media = _media_in(kind, content)
    if "id" not in media:
        return None
    handle = world.media.find(str(media["id"]))
    if handle is None or handle.number.business is not number.business:
        raise GraphError(131009, f"{what}['id']: media {media['id']} is not there, has expired, or is not yours.")
    return handle.blob


def _message(world: World, number: Number, person: Person, out: Outgoing, shown: Any, blob: Blob | None) -> Message:
    chat = world.chat(number, person) if person.on_whatsapp else Chat(number, person)
    context = {"id": out.reply_to} if out.reply_to in chat.messages else None
    message = Message(wamid(person.wa_id, True), chat, "api", world.clock.now(), out.type, shown, blob, context)
    message.tracker, message.template = out.tracker, out.type == "template"
    message.status, message.shown = "accepted", False
    if out.type == "reaction":
        world.messages[message.id] = message
        return message
    return world.add(message)


def _answer(number: Number, person: Person, out: Outgoing, message: Message, template: bool) -> Json:
    who = {"user_id": out.to} if BSUID.match(out.to) else {"wa_id": person.wa_id}
    contact = {"input": out.to} | who
    told = {"id": message.id} | ({"message_status": "accepted"} if template else {})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [told]}


def _proceed(world: World, message: Message, template: Template | None, fault: Fault | None) -> None:
    reason = _refusal(world, message, template, fault)
    if reason is not None:
        statuses.fail(world, message, *reason)
    elif message.type in KINDS and "link" in message.content:
        world.start(_fetch(world, message))
    else:
        _go(world, message)


async def _fetch(world: World, message: Message) -> None:
    """Media by link: the server gets it first."""
    link = message.content["link"]
    try:
        message.blob = await fetch(world, link)
    except GraphError as error:
        statuses.fail(world, message, error.code, error.details)
        return
    problem = _unfit(world, message)
    if problem:
        statuses.fail(world, message, 131053, problem)
    else:
        _go(world, message)


def _refusal(world: World, message: Message, template: Template | None, fault: Fault | None) -> tuple[int, str] | None:
    """Why it fails after all: code and details."""
    chat, person = message.chat, message.chat.person
    if fault is not None and fault.action == "fail_later":
        return fault.code, fault.details
    if not person.on_whatsapp or chat.number.id in person.blocked:
        return 131026, "Message undeliverable."
    if not message.template and chat.window_until <= world.clock.now():
        return 131047, "Message failed to send because more than 24 hours have passed since the customer last replied."
    if template is not None and template.body["category"] == "MARKETING" and person.refuses_marketing:
        return 131050, "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages."
    if message.type == "reaction" and message.content["message_id"] not in chat.messages:
        return 131009, "Message to react to was not found."
    problem = _unfit(world, message)
    return (131053, problem) if problem else None


def _unfit(world: World, message: Message) -> str:
    """What is wrong with the file, if there is one."""
    if message.blob is None:
        return ""
    kind, content = _media_in(message.type, message.content)
    if content.get("voice") and bare(message.blob.mime) != "audio/ogg":
        return f"Voice messages are audio/ogg with the opus codec, not {message.blob.mime}."
    return send_refusal(KINDS[kind], message.blob, world.options)


def _go(world: World, message: Message) -> None:
    """On its way: told as sent, and as delivered when the person's phone takes it."""
    if world.options.statuses:
        statuses.advance(world, message, "sent")
    if message.type == "reaction":
        _react(message)
    elif world.options.statuses == "delivered" and message.chat.person.online:
        statuses.deliver(world, message)
    else:
        message.chat.touch()


def _react(message: Message) -> None:
    """A reaction changes a message; only `sent` is told of it."""
    chat = message.chat
    target = chat.messages[message.content["message_id"]]
    if message.content["emoji"]:
        target.reactions["business"] = message.content["emoji"]
    else:
        target.reactions.pop("business", None)
    chat.touch()
