"""What happens in chats: messages come from channels and find their leads; users answer, and channels are told."""

from __future__ import annotations

import json
import secrets
from typing import Any
from uuid import uuid4

from . import incoming
from .amojo_reading import sign
from .changes import Change
from .chat_types import Channel, Chat, Message, Peer
from .entities import Contact, Lead
from .metadata import CHATS
from .views import leads_of
from .webhooks import Delivery
from .world import World

Json = dict[str, Any]


def register(world: World, title: str, hook: str) -> Channel:
    """What support answers with: an id and a secret."""
    channel = Channel(str(uuid4()), secrets.token_hex(20), title, hook)
    world.channels[channel.id] = channel
    return channel


def scope_id(world: World, channel: Channel) -> str:
    """What the channel is called in this account."""
    return f"{channel.id}_{world.amojo_id}"


def find(world: World, channel: Channel, conversation_id: str) -> Chat | None:
    """By the channel's id of it, or by Kommo's."""
    for chat in world.chats.values():
        if chat.channel is channel and conversation_id in (chat.conversation_id, chat.id):
            return chat
    return None


def open_chat(world: World, channel: Channel, conversation_id: str, peer: Peer, source_id: str) -> Chat:
    """The conversation; made when there is none. Making it makes no lead."""
    chat = find(world, channel, conversation_id)
    if chat is None:
        chat = Chat(channel, conversation_id, peer, world.new_id(), source_id)
        world.chats[chat.id] = chat
    return chat


def receive(world: World, chat: Chat, message: Message) -> None:
    """Something that the channel reports. The customer's message finds its lead, or becomes an incoming one."""
    chat.messages.append(message)
    if message.silent:
        return
    contact = world.contacts.get(chat.contact_id or 0)
    if message.author == "client":
        _place(world, chat, contact, message)
        world.events.add("add_message", message_payload(world, chat, message))
    _talk(world, chat)


def _place(world: World, chat: Chat, contact: Contact | None, message: Message) -> None:
    lead = _open_lead(world, chat, contact)
    chat.lead_id = lead.id if lead is not None else _incoming(world, chat, contact, message)


def _open_lead(world: World, chat: Chat, contact: Contact | None) -> Lead | None:
    """The one that shows the chat, or the contact's newest; closed ones don't count."""
    known = world.leads.get(chat.lead_id or 0)
    found = ([known] if known is not None else []) + (leads_of(world, contact)[::-1] if contact is not None else [])
    return next((lead for lead in found if not lead.is_deleted and lead.closed_at is None), None)


def _incoming(world: World, chat: Chat, contact: Contact | None, message: Message) -> int:
    source = next((item for item in world.sources.values() if item.external_id == chat.source_id), None)
    pipeline = world.pipelines[source.pipeline_id] if source is not None else world.main
    metadata: Json = {"from": chat.peer.client_id, "client": chat.peer.view(), "service": chat.channel.title}
    metadata |= {"received_at": world.now(), "last_message_text": message.text, "origin": {"chat_id": chat.id}}
    about = {"category": CHATS, "source_name": chat.channel.title, "source_uid": chat.id, "metadata": metadata}
    new = [] if contact is not None else [_person(world, chat.peer)]
    item = incoming.add(world, pipeline, about, Change(), new, [], contact)
    chat.contact_id = item.contact_ids[0]
    return item.lead_id


def _person(world: World, peer: Peer) -> Change:
    change = Change(attrs={"name": peer.name})
    for code, value in (("PHONE", peer.phone), ("EMAIL", peer.email)):
        field_ = next(item for item in world.fields_of("contacts") if item.code == code)
        if value:
            enum_id, enum = next(iter(field_.enums.items()))
            change.values[field_.id] = [{"value": value, "enum_id": enum_id, "enum_code": enum}]
    return change


def _talk(world: World, chat: Chat) -> None:
    what = "update_talk" if chat.in_work else "add_talk"
    chat.in_work = True
    world.events.add(what, talk_payload(chat))


def talk_payload(chat: Chat) -> Json:
    """`talk[add][0]`."""
    names: Json = {
        "talk_id": chat.talk_id,
        "contact_id": chat.contact_id,
        "chat_id": chat.id,
        "origin": chat.channel.title,
    }
    names |= {"is_in_work": chat.in_work, "is_read": False, "rate": 0}
    return names | {"entity_id": chat.lead_id, "entity_type": "lead"}


def message_payload(world: World, chat: Chat, message: Message) -> Json:
    """`message[add][0]`: incoming messages only."""
    payload: Json = {"id": message.id, "chat_id": chat.id, "talk_id": chat.talk_id, "contact_id": chat.contact_id}
    payload |= {"text": message.text, "created_at": message.at_ms // 1000, "type": "incoming"}
    payload |= {"element_type": 2, "entity_type": "lead", "element_id": chat.lead_id, "entity_id": chat.lead_id}
    author = {"id": chat.peer.id, "type": "external", "name": chat.peer.name, "avatar_url": chat.peer.avatar}
    payload |= {"origin": chat.channel.title, "author": author}
    if message.media:
        payload["attachment"] = {"type": message.kind, "link": message.media, "file_name": message.file_name}
    return payload


def write(world: World, chat: Chat, message: Message) -> None:
    """A user, or a Salesbot, writes in Kommo: the channel's hook is told once, signed. A bot's has no sender."""
    chat.messages.append(message)
    peer, channel = chat.peer, chat.channel
    content: Json = {"receiver": peer.view(), "conversation": {"id": chat.id, "client_id": chat.conversation_id}}
    if message.author != "bot":
        user = world.users[int(message.author)]
        content["sender"] = {"id": user.amojo_id, "name": user.name}
    if chat.source_id:
        content["source"] = {"external_id": chat.source_id}
    content |= {"timestamp": message.at_ms // 1000, "msec_timestamp": message.at_ms, "message": message.content()}
    tell_channel(world, channel, "message", content)


def tell_channel(world: World, channel: Channel, action: str, content: Json) -> None:
    """`message`, `reaction` or `typing` to the channel's hook: once, with 5 s, never again."""
    body = json.dumps({"account_id": world.amojo_id, "time": world.now(), action: content}).encode()
    url = channel.hook.replace("{scope_id}", scope_id(world, channel))
    if url and channel.connected:
        headers = {"Content-Type": "application/json", "X-Signature": sign(channel.secret, body)}
        world.webhooks.send(Delivery(url, f"chat_{action}", body, headers, None))
