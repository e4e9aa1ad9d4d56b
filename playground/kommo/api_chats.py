"""Chats as API v4 sees them: which contact has which, sources, and talks."""

from __future__ import annotations

from typing import Any

from .call import Call
from .chat_types import Chat
from .chats import talk_payload
from .entities import Source
from .errors import not_found
from .reading import Reader
from .views import links, source_view

Json = dict[str, Any]


def link_chats(call: Call) -> Json:
    """`POST contacts/chats`: a chat that was made before its first message belongs to that contact."""
    made = []
    for request_id, (contact_id, chat_id) in call.batch(lambda reader: _read_chat(call, reader)):
        call.world.chats[chat_id].contact_id = contact_id
        made.append({"chat_id": chat_id, "contact_id": contact_id, "id": contact_id, "request_id": request_id})
    return {"_total_items": len(made)} | call.made("chats", made)


def _read_chat(call: Call, reader: Reader) -> tuple[int, str]:
    reader.only("contact_id", "chat_id", "request_id")
    alive = {contact.id for contact in call.world.contacts.values() if not contact.is_deleted}
    contact_id = reader.whole("contact_id", required=True, among=alive)
    return contact_id or 0, reader.text("chat_id", required=True, among=call.world.chats.keys()) or ""


def list_chats(call: Call) -> Json | None:
    """`GET contacts/chats`, by contact_id or chat_id."""
    wanted = {name: str(call.query[name]) for name in ("contact_id", "chat_id") if name in call.query}
    found = [chat for chat in call.world.chats.values() if chat.contact_id and wanted.items() <= _pair(chat).items()]
    return call.page("chats", found, lambda chat: {"chat_id": chat.id, "contact_id": chat.contact_id}, total=True)


def _pair(chat: Chat) -> dict[str, str]:
    return {"contact_id": str(chat.contact_id), "chat_id": chat.id}


def create_sources(call: Call) -> Json:
    """`POST sources`."""
    made = []
    for request_id, item in call.batch(lambda reader: _read_source(call, reader)):
        source = Source(call.world.new_id(), *item)
        call.world.sources[source.id] = source
        made.append(source_view(call.world, source) | {"request_id": request_id})
    return {"_total_items": len(made)} | call.made("sources", made)


def _read_source(call: Call, reader: Reader) -> tuple[str, str, int, list[Json]]:
    reader.only("name", "external_id", "pipeline_id", "services", "default", "origin_code", "request_id")
    name, external_id = reader.text("name", required=True), reader.text("external_id", required=True)
    taken = {source.external_id for source in call.world.sources.values()}
    if external_id in taken:
        reader.wrong("external_id", "NotUnique", "This value is already used.")
    pipeline_id = reader.whole("pipeline_id", among=call.world.pipelines.keys())
    services = [item.values for item in reader.many("services")]
    return name or "", external_id or "", pipeline_id or call.world.main.id, services


def list_sources(call: Call) -> Json | None:
    """`GET sources`."""
    found = list(call.world.sources.values())
    return call.page("sources", found, lambda source: source_view(call.world, source), total=True)


def delete_source(call: Call) -> None:
    """`DELETE sources/{id}`; 204."""
    if call.world.sources.pop(call.number(), None) is None:
        raise not_found()


def get_talk(call: Call) -> Json:
    """`GET talks/{id}`."""
    chat = _talk(call)
    return talk_payload(chat) | links(call.world, f"talks/{chat.talk_id}")


def close_talk(call: Call) -> Json:
    """`POST talks/{id}/close`."""
    chat = _talk(call)
    chat.in_work = False
    call.world.events.add("update_talk", talk_payload(chat))
    return {}


def _talk(call: Call) -> Chat:
    for chat in call.world.chats.values():
        if chat.talk_id == call.number() and chat.contact_id is not None:
            return chat
    raise not_found()
