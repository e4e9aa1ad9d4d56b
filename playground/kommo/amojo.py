"""The Chats API: `/v2/origin/custom/…`, every call signed with the channel's secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import chats
from .amojo_reading import check, inner, read_json, read_message, read_peer, refused, text
from .chat_types import Channel, Chat, Message, Peer
from .world import World

Json = dict[str, Any]

PREFIX = "/v2/origin/custom/"
PATH = re.compile(r"/v2/origin/custom/(?P<channel>[0-9a-f-]{36})(?:_(?P<account>[0-9a-f-]{36}))?(?P<rest>/.*)?")
STATUSES, ERRORS = (-1, 1, 2), range(901, 906)


@dataclass(slots=True)
class Action:
    """A call of the Chats API that may be performed; logs and faults know it by its name."""

    name: str
    values: Json
    act: Callable[[], Json]


class Amojo:
    """Performs the calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def find(self, method: str, path: str, headers: Mapping[str, str], query: Json, body: bytes) -> Action:
        """What is asked; raises 403 or 404 when it isn't to be done."""
        found = PATH.fullmatch(path)
        channel = self.world.channels.get(found["channel"]) if found is not None else None
        if found is None or channel is None:
            raise refused(404, "no such channel")
        check(channel, method, path, headers, body, self.world.options.date_seconds)
        values, rest = read_json(body), (found["rest"] or "").rstrip("/")
        if found["account"] is None:
            return self._of_channel(method, rest, channel, values)
        if found["account"] != self.world.amojo_id or not channel.connected:
            raise refused(403, "the channel is not connected to this account")
        return self._of_scope(method, rest, channel, values, query)

    def _of_channel(self, method: str, rest: str, channel: Channel, values: Json) -> Action:
        if (method, rest) == ("POST", "/connect"):
            return Action("chat_connect", values, lambda: self._connect(channel, values))
        if (method, rest) == ("DELETE", "/disconnect"):
            return Action("chat_disconnect", values, lambda: self._disconnect(channel, values))
        raise refused(404, "no such call")

    def _of_scope(self, method: str, rest: str, channel: Channel, values: Json, query: Json) -> Action:
        acts = {"": self._event, "/chats": self._create, "/typing": self._typing, "/react": self._react}
        if method == "POST" and rest in acts:
            name = {"": values.get("event_type", "event"), "/chats": "create"}.get(rest, rest[1:])
            return Action(f"chat_{name}", values, lambda: acts[rest](channel, values))
        status = re.fullmatch(r"/([^/]+)/delivery_status", rest)
        if method == "POST" and status is not None:
            return Action("chat_delivery_status", values, lambda: self._status(channel, status[1], values))
        history = re.fullmatch(r"/chats/([^/]+)/history", rest)
        if method == "GET" and history is not None:
            return Action("chat_history", query, lambda: self._history(self._chat(channel, history[1]), query))
        raise refused(404, "no such call")

    def _connect(self, channel: Channel, values: Json) -> Json:
        self._account(values)
        if values.get("hook_api_version") != "v2":
            raise refused(400, "hook_api_version is v2")
        channel.title, channel.connected = text(values, "title"), True
        scope = chats.scope_id(self.world, channel)
        return {"account_id": self.world.amojo_id, "scope_id": scope, "title": channel.title, "hook_api_version": "v2"}

    def _disconnect(self, channel: Channel, values: Json) -> Json:
        self._account(values)
        channel.connected = False
        return {}

    def _account(self, values: Json) -> None:
        if text(values, "account_id") != self.world.amojo_id:
            raise refused(404, "no such account")

    def _create(self, channel: Channel, values: Json) -> Json:
        chat = self._open(channel, values, read_peer(inner(values, "user")))
        return {"id": chat.id, "user": chat.peer.view()}

    def _open(self, channel: Channel, values: Json, peer: Peer) -> Chat:
        source = values.get("source") or {}
        conversation_id = text(values, "conversation_id")
        return chats.open_chat(self.world, channel, conversation_id, peer, str(source.get("external_id", "")))

    def _event(self, channel: Channel, values: Json) -> Json:
        payload = inner(values, "payload")
        if values.get("event_type") == "new_message":
            return {"new_message": self._new(channel, payload)}
        if values.get("event_type") == "edit_message":
            return {"edit_message": self._edit(channel, payload)}
        raise refused(400, "event_type is new_message or edit_message")

    def _new(self, channel: Channel, payload: Json) -> Json:
        """The same msgid again makes the same message again: nothing documented says otherwise."""
        sender = inner(payload, "sender")
        ref = str(sender.get("ref_id", ""))
        peer = read_peer(inner(payload, "receiver") if ref else sender)
        author = self._author(channel, ref)
        message = read_message(payload, author)
        chat = self._open(channel, payload, peer)
        chats.receive(self.world, chat, message)
        made = {"conversation_id": chat.id, "sender_id": ref or chat.peer.id, "msgid": message.id}
        return made | {"receiver_id": chat.peer.id if ref else "", "ref_id": message.msgid}

    def _author(self, channel: Channel, ref: str) -> str:
        if not ref or ref == channel.bot_id:
            return "bot" if ref else "client"
        for user in self.world.users.values():
            if user.amojo_id == ref:
                return str(user.id)
        raise refused(400, "sender.ref_id is no user and no bot")

    def _edit(self, channel: Channel, payload: Json) -> Json:
        chat = self._chat(channel, text(payload, "conversation_id"))
        message = self._message(chat, text(payload, "msgid"))
        message.versions.append(message.text)
        message.text = str(inner(payload, "message").get("text", ""))
        return {"conversation_id": chat.id, "msgid": message.id, "ref_id": message.msgid}

    def _status(self, channel: Channel, msgid: str, values: Json) -> Json:
        """Of a message that was written in Kommo, by Kommo's id."""
        status = values.get("delivery_status")
        if text(values, "msgid") != msgid or status not in STATUSES:
            raise refused(400, "delivery_status is 1, 2 or -1, and msgid that of the address")
        if status == -1 and values.get("error_code") not in ERRORS:
            raise refused(400, "error_code is 901 to 905")
        for chat in self.world.chats.values():
            for message in chat.messages if chat.channel is channel else ():
                if message.id == msgid:
                    message.status, message.error = status, str(values.get("error", ""))
                    return {}
        raise refused(404, "no such message")

    def _typing(self, channel: Channel, values: Json) -> Json:
        self._chat(channel, text(values, "conversation_id")).typing.append(self.world.clock.now())
        return {}

    def _react(self, channel: Channel, values: Json) -> Json:
        chat = self._chat(channel, text(values, "conversation_id"))
        message = self._message(chat, str(values.get("id") or values.get("msgid") or ""))
        who = text(inner(values, "user"), "id")
        if values.get("type") == "unreact":
            message.reactions.pop(who, None)
        else:
            message.reactions[who] = text(values, "emoji")
        return {}

    def _history(self, chat: Chat, query: Json) -> Json:
        offset, limit = int(query.get("offset", 0)), min(50, int(query.get("limit", 50)))
        found = chat.messages[::-1][offset : offset + limit]
        return {"messages": [self._line(chat, message) for message in found]}

    def _line(self, chat: Chat, message: Message) -> Json:
        """The newest comes first."""
        client = message.author == "client"
        user = self.world.users.get(int(message.author)) if message.author.isdecimal() else None
        own = (
            {"id": user.amojo_id, "name": user.name} if user is not None else {"id": chat.channel.bot_id, "name": "Bot"}
        )
        sender, receiver = (chat.peer.view(), own) if client else (own, chat.peer.view())
        line = {"timestamp": message.at_ms // 1000, "sender": sender, "receiver": receiver}
        return line | {"message": message.content() | {"client_id": message.msgid}}

    def _chat(self, channel: Channel, conversation_id: str) -> Chat:
        chat = chats.find(self.world, channel, conversation_id)
        if chat is None:
            raise refused(404, "no such conversation")
        return chat

    def _message(self, chat: Chat, number: str) -> Message:
        for message in chat.messages:
            if number in (message.id, message.msgid):
                return message
        raise refused(404, "no such message")
