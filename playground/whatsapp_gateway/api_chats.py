"""`/api/{session}/chats…`: reading back what was written, editing and deleting. And files, contacts, LIDs."""

from __future__ import annotations

from typing import Any

from .acting import Scene
from .chats import Account, Chat, Contact, Message
from .errors import bad_request, unprocessable
from .ids import LID, PERSON
from .sessions import WORKING
from .targets import Call, message_in

Json = dict[str, Any]

DEFAULT_MESSAGES = 10
SORTS = ("asc", "desc")


def get_chats(call: Call) -> list[Json]:
    """Newest first; a chat is there when it has messages."""
    return [_chat(chat) for chat in _page(call, _chats(call))]


def get_overview(call: Call) -> list[Json]:
    """Chats with their last messages."""
    found = []
    for chat in _page(call, _chats(call)):
        last = call.world.message_payload(chat.ordered()[-1], media=False)
        chat_id, name = chat.id, chat.peer.name or None
        found.append({"id": chat_id, "name": name, "picture": None, "lastMessage": last, "_chat": _chat(chat)})
    return found


def get_messages(call: Call) -> list[Json]:
    """Newest first, ten when no limit is given. Files become downloadable again unless `downloadMedia=false`."""
    media = call.query.flag("downloadMedia", True)
    messages = [message for message in _messages(call) if _passes(call, message)]
    if _order(call) == "desc":
        messages.reverse()
    return [call.world.message_payload(message, media) for message in _page(call, messages, DEFAULT_MESSAGES)]


def get_message(call: Call) -> Json:
    """One message."""
    scene = call.scene(call.path["chatId"])
    message = message_in(scene.chat, call.path["messageId"])
    return call.world.message_payload(message, call.query.flag("downloadMedia", True))


def edit_message(call: Call) -> Json:
    """Own messages, for a quarter of an hour."""
    scene = call.scene(call.path["chatId"])
    message = _own(call, scene, call.world.options.edit_seconds)
    if message.kind not in ("text", "image", "video", "document"):
        raise unprocessable(f"A message of kind {message.kind} can't be edited")
    scene.edit(message, call.body.text("text", empty=False))
    return {"id": message.full_id}


def delete_message(call: Call) -> Json:
    """Own messages, for two days and a half; for everyone."""
    scene = call.scene(call.path["chatId"])
    message = _own(call, scene, call.world.options.revoke_seconds)
    scene.revoke(message)
    return {"id": message.full_id}


def check_exists(call: Call) -> Json:
    """Whether a phone number is on WhatsApp, and the chat id of it, which may have other digits."""
    call.session(WORKING)
    phone = call.query.text("phone", empty=False)
    found = PERSON.fullmatch(phone)
    if found is None:
        raise bad_request("phone must be a phone number without +")
    contact = next((one for one in call.world.contacts.values() if _has(one, found[1])), None)
    if contact is None:
        return {"numberExists": False}
    return {"numberExists": True, "chatId": f"{contact.phone}@c.us"}


def get_lids(call: Call) -> list[Json]:
    """All LIDs that the gateway knows a phone of."""
    call.session(WORKING)
    known = [contact for contact in call.world.contacts.values() if contact.lid and contact.mapped and contact.phone]
    return [_mapping(contact) for contact in _page(call, sorted(known, key=lambda contact: contact.lid))]


def get_lid(call: Call) -> Json:
    """The phone behind a LID; null when the gateway doesn't know it."""
    call.session(WORKING)
    found = LID.fullmatch(call.path["lid"]) or LID.fullmatch(call.path["lid"] + "@lid")
    if found is None:
        raise unprocessable("Invalid LID - it must end with @lid")
    contact = call.world.contact_by_lid(found[1])
    return _mapping(contact) if contact is not None and contact.mapped else {"lid": f"{found[1]}@lid", "pn": None}


def get_lid_of_phone(call: Call) -> Json:
    """The LID of a phone; null when the gateway doesn't know it."""
    call.session(WORKING)
    found = PERSON.fullmatch(call.path["phone"])
    if found is None:
        raise unprocessable("Invalid phone number")
    contact = call.world.contacts.get(found[1])
    if contact is None or not contact.lid or not contact.mapped:
        return {"lid": None, "pn": f"{found[1]}@c.us"}
    return _mapping(contact)


def _has(contact: Contact, phone: str) -> bool:
    return contact.exists and (contact.phone == phone or phone in contact.others)


def _mapping(contact: Contact) -> Json:
    return {"lid": f"{contact.lid}@lid", "pn": f"{contact.phone}@c.us" if contact.phone else None}


def _chat(chat: Chat) -> Json:
    return {"id": chat.id, "name": chat.peer.name or None, "conversationTimestamp": int(chat.ordered()[-1].at)}


def _account(call: Call) -> Account:
    account = call.session(WORKING).account
    if account is None:
        raise unprocessable("The session has no account")
    return account


def _chats(call: Call) -> list[Chat]:
    chats = [chat for chat in _account(call).chats.values() if chat.messages]
    keys = {
        "conversationTimestamp": lambda chat: chat.ordered()[-1].at,
        "id": lambda chat: chat.id,
        "name": lambda chat: chat.peer.name,
    }
    by = call.query.text("sortBy", "conversationTimestamp")
    if by not in keys:
        raise bad_request(f"sortBy must be one of the following values: {', '.join(keys)}")
    return sorted(chats, key=keys[by], reverse=_order(call) == "desc")


def _messages(call: Call) -> list[Message]:
    if call.path["chatId"] == "all":
        chats = _account(call).chats.values()
        return sorted((one for chat in chats for one in chat.messages.values()), key=lambda message: message.at)
    return call.scene(call.path["chatId"]).chat.ordered()


def _passes(call: Call, message: Message) -> bool:
    after, before = call.query.whole("filter.timestamp.gte", 0), call.query.whole("filter.timestamp.lte", 2**40)
    if "filter.fromMe" in call.query and call.query.flag("filter.fromMe") != message.from_me:
        return False
    return after <= int(message.at) <= before


def _order(call: Call) -> str:
    order = call.query.text("sortOrder", "desc")
    if order not in SORTS:
        raise bad_request(f"sortOrder must be one of the following values: {', '.join(SORTS)}")
    return order


def _page(call: Call, found: list[Any], default: int = 2**31) -> list[Any]:
    limit, offset = call.query.whole("limit", default), call.query.whole("offset", 0)
    return found[offset : offset + limit]


def _own(call: Call, scene: Scene, seconds: float) -> Message:
    message = message_in(scene.chat, call.path["messageId"])
    if not message.from_me:
        raise unprocessable("The message is somebody else's")
    if call.world.clock.now() - message.at > seconds:
        raise unprocessable("The message is too old")
    return message
