"""The WhatsApp Business app on a phone that shares its number with the API (coexistence), and the account itself."""

from __future__ import annotations

import base64
from typing import Any

from playground.kit.errors import ControlError
from playground.kit.files import Blob

from .accounts import Business, Number, Person
from .chats import Message
from .envelope import value_of
from .ids import wamid
from .world import World

Json = dict[str, Any]


def write(world: World, number: Number, person: Person, kind: str, content: Any, blob: Blob | None) -> Message:
    """Somebody typed on the phone: the person has it, and the API is told (`smb_message_echoes`)."""
    _require_coexistence(number)
    chat = world.chat(number, person)
    message = Message(wamid(person.wa_id, True), chat, "phone", world.clock.now(), kind, content, blob)
    message.status = "delivered"
    world.add(message)
    _echo(world, message, kind, _shown(world, message))
    return message


def edit(world: World, message: Message, text: str) -> None:
    """Change on the phone what was written there."""
    _require_own(message)
    message.versions.append(message.content)
    message.content = {"body": text} if message.type == "text" else {**message.content, "caption": text}
    inner = {"type": message.type, message.type: _shown(world, message)}
    _echo(world, message, "edit", {"original_message_id": message.id, "message": inner}, wamid("0", True))


def revoke(world: World, message: Message) -> None:
    """Delete on the phone what was written there."""
    _require_own(message)
    message.deleted = True
    _echo(world, message, "revoke", {"original_message_id": message.id}, wamid("0", True))


def _require_coexistence(number: Number) -> None:
    if not number.coexistence:
        raise ControlError("this number is not in the Business app: make it with coexistence=True")


def _require_own(message: Message) -> None:
    if message.by != "phone":
        raise ControlError("this message was not written on the phone")


def _shown(world: World, message: Message) -> Any:
    if message.blob is None:
        return message.content
    return {**message.content, **world.media.arrived(message.blob, message.chat.number)}


def _echo(world: World, message: Message, kind: str, content: Any, new_id: str = "") -> None:
    number, person = message.chat.number, message.chat.person
    told: Json = {"from": number.wa_id} | _addressee(number, person)
    told |= {"id": new_id or message.id, "timestamp": str(int(world.clock.now())), "type": kind, kind: content}
    message.chat.touch()
    world.tell(message.chat, "smb_message_echoes", message_echoes=[told])


def _addressee(number: Number, person: Person) -> Json:
    known = {} if person.hidden else {"to": person.wa_id}
    return known | {"to_user_id": person.bsuid(number.business)}


def tell_history(world: World, number: Number, phase: int, chunk: int, progress: int, threads: list[Json]) -> None:
    """A chunk of old messages. `threads`: `{"person": key, "messages": [{"text" or "type"…, "outgoing", "at"}, …]}`."""
    shaped = [_thread(world, number, thread) for thread in threads]
    told = {"metadata": {"phase": phase, "chunk_order": chunk, "progress": progress}, "threads": shaped}
    world.tell_value(number, "history", value_of(number, [], history=[told]))


def refuse_history(world: World, number: Number) -> None:
    """The owner did not share the history."""
    title = "History sharing is turned off by the business from the WhatsApp Business App"
    details = "History sync is turned off by the business from the WhatsApp Business App"
    error = {"code": 2593109, "title": title, "message": title, "error_data": {"details": details}}
    world.tell_value(number, "history", value_of(number, [], history=[{"errors": [error]}]))


def _thread(world: World, number: Number, thread: Json) -> Json:
    person = world.person(thread["person"])
    messages = [_old(world, number, person, message) for message in thread["messages"]]
    return {"id": person.bsuid(number.business) if person.hidden else person.wa_id, "messages": messages}


def _old(world: World, number: Number, person: Person, given: Json) -> Json:
    kind = given.get("type", "text")
    outgoing = bool(given.get("outgoing"))
    ends = {"from": number.wa_id} | _addressee(number, person) if outgoing else person.sender(number.business)
    content = given.get("content", {"body": given.get("text", "")})
    if given.get("base64"):
        blob = world.media.put(base64.b64decode(given["base64"]), given.get("name", "file"), given["mime"])
        content = {**content, **world.media.arrived(blob, number)}
    told = {"id": given.get("id") or wamid(person.wa_id, outgoing), "timestamp": str(int(given["at"])), "type": kind}
    return ends | told | {kind: content, "history_context": {"status": given.get("status", "READ")}}


def tell_contacts(world: World, number: Number, people: list[Person], action: str) -> None:
    """The phone's address book: `add` or `remove`."""
    now = str(int(world.clock.now()))
    items = [
        {
            "type": "contact",
            "contact": {"full_name": who.name, "first_name": who.name.split(" ")[0], "phone_number": who.wa_id},
            "action": action,
            "metadata": {"timestamp": now},
        }
        for who in people
    ]
    world.tell_value(number, "smb_app_state_sync", value_of(number, [], state_sync=items))


def account_update(world: World, business: Business, event: str, details: Json) -> None:
    """Bans, restrictions, a partner removed. A ban also makes calls fail with 131031 until it is lifted."""
    if event == "DISABLED_UPDATE":
        state = (details.get("ban_info") or {}).get("waba_ban_state")
        business.failure = 131031 if state == "DISABLE" else 0
    world.tell_account(business, "account_update", {"event": event} | details)


def template_update(world: World, business: Business, name: str, language: str, status: str, reason: str) -> None:
    """A template changes its status; the account is told."""
    for template in business.templates:
        if template.name == name and template.language == language:
            template.body["status"] = status
            told = {
                "event": status,
                "message_template_id": int(template.id),
                "message_template_name": name,
                "message_template_language": language,
                "reason": reason,
                "message_template_category": template.body["category"],
            }
            world.tell_account(business, "message_template_status_update", told)
            return
    raise ControlError(f"no template {name} in {language}")
