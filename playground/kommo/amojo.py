"""The Chats API: `/v2/origin/custom/…`, every call signed with the channel's secret."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from . import chats
from .chats import TYPES, Channel, Chat, Message, Peer
from .errors import HttpError
from .world import World

Json = dict[str, Any]

PREFIX = "/v2/origin/custom/"
PATH = re.compile(r"/v2/origin/custom/(?P<channel>[0-9a-f-]{36})(?:_(?P<account>[0-9a-f-]{36}))?(?P<rest>/.*)?")
STATUSES, ERRORS = (-1, 1, 2), range(901, 906)


def refused(status: int, text: str) -> HttpError:
    """A refusal of the Chats API. Its words are not documented; the statuses are."""
    return HttpError(status, {"error_code": status, "error_description": text})


def check(channel: Channel, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
    """403 unless the signature is right; Content-MD5 and Date are part of what is signed, and checked as well.

    The date is compared with real time, not with the server's clock, which tests move.
    """
    names = ("Content-MD5", "Content-Type", "Date")
    given = [headers.get(name, "") for name in names]
    if not all(given) or given[0] != hashlib.md5(body).hexdigest():  # noqa: S324 - what Kommo wants
        raise refused(403, "Content-MD5, Content-Type and Date are required, and the hash must be the body's")
    signed = "\n".join([method, *given, path]).encode()
    if not hmac.compare_digest(chats.sign(channel.secret, signed), headers.get("X-Signature", "")):
        raise refused(403, "wrong signature")
    try:
        at = parsedate_to_datetime(given[2]).timestamp()
    except ValueError:
        raise refused(403, "wrong date") from None
    if abs(time.time() - at) > seconds:
        raise refused(403, "the date is too old")


class Amojo:
    """Performs the calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def answer(
        self, method: str, path: str, headers: Mapping[str, str], query: Json, body: bytes
    ) -> tuple[str, Any, Any]:
        """The call's name, its body and its answer; raises HttpError."""
        found = PATH.fullmatch(path)
        channel = self.world.channels.get(found["channel"]) if found is not None else None
        if found is None or channel is None:
            raise refused(404, "no such channel")
        check(channel, method, path, headers, body, self.world.options.date_seconds)
        values = _json(body)
        rest = (found["rest"] or "").rstrip("/")
        if found["account"] is None:
            name, act = self._of_channel(method, rest)
            return name, values, act(channel, values)
        if found["account"] != self.world.amojo_id or not channel.connected:
            raise refused(403, "the channel is not connected to this account")
        return self._of_scope(method, rest, channel, values, query)

    def _of_channel(self, method: str, rest: str) -> tuple[str, Callable[[Channel, Json], Json]]:
        if (method, rest) == ("POST", "/connect"):
            return "chat_connect", self._connect
        if (method, rest) == ("DELETE", "/disconnect"):
            return "chat_disconnect", self._disconnect
        raise refused(404, "no such call")

    def _of_scope(self, method: str, rest: str, channel: Channel, values: Json, query: Json) -> tuple[str, Any, Any]:
        if (method, rest) == ("POST", ""):
            return f"chat_{values.get('event_type', 'event')}", values, self._event(channel, values)
        if (method, rest) == ("POST", "/chats"):
            return "chat_create", values, self._create(channel, values)
        if (method, rest) == ("POST", "/typing"):
            self._chat(channel, _text(values, "conversation_id")).typing.append(self.world.clock.now())
            return "chat_typing", values, {}
        if (method, rest) == ("POST", "/react"):
            return "chat_react", values, self._react(channel, values)
        status = re.fullmatch(r"/([^/]+)/delivery_status", rest)
        if method == "POST" and status is not None:
            return "chat_delivery_status", values, self._status(channel, status[1], values)
        history = re.fullmatch(r"/chats/([^/]+)/history", rest)
        if method == "GET" and history is not None:
            return "chat_history", query, self._history(self._chat(channel, history[1]), query)
        raise refused(404, "no such call")

    def _connect(self, channel: Channel, values: Json) -> Json:
        self._account(values)
        if values.get("hook_api_version") != "v2":
            raise refused(400, "hook_api_version is v2")
        channel.title, channel.connected = _text(values, "title"), True
        scope = chats.scope_id(self.world, channel)
        return {"account_id": self.world.amojo_id, "scope_id": scope, "title": channel.title, "hook_api_version": "v2"}

    def _disconnect(self, channel: Channel, values: Json) -> Json:
        self._account(values)
        channel.connected = False
        return {}

    def _account(self, values: Json) -> None:
        if _text(values, "account_id") != self.world.amojo_id:
            raise refused(404, "no such account")

    def _create(self, channel: Channel, values: Json) -> Json:
        chat = self._open(channel, values, _peer(_inner(values, "user")))
        return {"id": chat.id, "user": chat.peer.view()}

    def _open(self, channel: Channel, values: Json, peer: Peer) -> Chat:
        source = values.get("source") or {}
        conversation_id = _text(values, "conversation_id")
        return chats.open_chat(self.world, channel, conversation_id, peer, str(source.get("external_id", "")))

    def _event(self, channel: Channel, values: Json) -> Json:
        payload = _inner(values, "payload")
        if values.get("event_type") == "new_message":
            return {"new_message": self._new(channel, payload)}
        if values.get("event_type") == "edit_message":
            return {"edit_message": self._edit(channel, payload)}
        raise refused(400, "event_type is new_message or edit_message")

    def _new(self, channel: Channel, payload: Json) -> Json:
        """The same msgid again makes the same message again: nothing documented says otherwise."""
        sender = _inner(payload, "sender")
        ref = str(sender.get("ref_id", ""))
        peer = _peer(_inner(payload, "receiver") if ref else sender)
        author = self._author(channel, ref)
        message = _message(payload, author)
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
        chat = self._chat(channel, _text(payload, "conversation_id"))
        message = self._message(chat, _text(payload, "msgid"))
        message.versions.append(message.text)
        message.text = str(_inner(payload, "message").get("text", ""))
        return {"conversation_id": chat.id, "msgid": message.id, "ref_id": message.msgid}

    def _status(self, channel: Channel, msgid: str, values: Json) -> Json:
        """Of a message that was written in Kommo, by Kommo's id."""
        status = values.get("delivery_status")
        if _text(values, "msgid") != msgid or status not in STATUSES:
            raise refused(400, "delivery_status is 1, 2 or -1, and msgid that of the address")
        if status == -1 and values.get("error_code") not in ERRORS:
            raise refused(400, "error_code is 901 to 905")
        for chat in self.world.chats.values():
            for message in chat.messages if chat.channel is channel else ():
                if message.id == msgid:
                    message.status, message.error = status, str(values.get("error", ""))
                    return {}
        raise refused(404, "no such message")

    def _react(self, channel: Channel, values: Json) -> Json:
        chat = self._chat(channel, _text(values, "conversation_id"))
        message = self._message(chat, str(values.get("id") or values.get("msgid") or ""))
        who = _text(_inner(values, "user"), "id")
        if values.get("type") == "unreact":
            message.reactions.pop(who, None)
        else:
            message.reactions[who] = _text(values, "emoji")
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


def _message(payload: Json, author: str) -> Message:
    content = _inner(payload, "message")
    kind = _text(content, "type")
    if kind not in TYPES:
        raise refused(400, f"message.type is one of {', '.join(TYPES)}")
    if kind == "text" and not content.get("text"):
        raise refused(400, "message.text is required")
    if kind in ("file", "video", "picture", "voice", "audio", "sticker") and not content.get("media"):
        raise refused(400, "message.media is required")
    at_ms = payload.get("msec_timestamp")
    if not isinstance(at_ms, int) or not isinstance(payload.get("timestamp"), int):
        raise refused(400, "timestamp and msec_timestamp are required")
    replied = ((payload.get("reply_to") or {}).get("message") or {}).get("msgid", "")
    return Message(
        author,
        at_ms,
        kind,
        str(content.get("text", "")),
        str(content.get("media", "")),
        str(content.get("file_name", "")),
        int(content.get("file_size", 0)),
        _text(payload, "msgid"),
        replied,
        bool(payload.get("silent", False)),
    )


def _peer(values: Json) -> Peer:
    profile = values.get("profile") or {}
    about = {name: str(profile.get(name, "")) for name in ("phone", "email")}
    return Peer(_text(values, "id"), _text(values, "name"), avatar=str(values.get("avatar", "")), **about)


def _text(values: Json, name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise refused(400, f"{name} is required")
    return value


def _inner(values: Json, name: str) -> Json:
    value = values.get(name)
    if not isinstance(value, dict):
        raise refused(400, f"{name} is required")
    return value


def _json(body: bytes) -> Json:
    try:
        values = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        raise refused(400, "the body is no JSON") from None
    if not isinstance(values, dict):
        raise refused(400, "the body is no object")
    return values
