"""What people do: write, send, react, tap, edit, delete, read, call. Businesses learn of it by webhooks."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from playground.kit.errors import ControlError
from playground.kit.files import Blob

from . import statuses
from .accounts import Number, Person
from .chats import Chat, Message
from .envelope import value_of
from .errors import webhook_error
from .ids import wamid
from .interactive import choices
from .media import KINDS
from .world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Scene:
    """A person facing a business number."""

    world: World
    person: Person
    number: Number

    @property
    def chat(self) -> Chat:
        """The chat of the two."""
        return self.world.chat(self.number, self.person)

    def say(
        self,
        kind: str,
        content: Any,
        blob: Blob | None = None,
        context: Json | None = None,
        extra: Json | None = None,
        given: Json | None = None,
    ) -> Message:
        """Send a message of a kind: it opens the window, and the business is told.

        `extra` are fields beside the content (`referral`, `errors`), `given` replaces the envelope's (`timestamp`).
        """
        message = self._message(kind, content, blob, context, extra or {})
        self.world.add(message)
        self.open_window()
        self.tell(message, given)
        return message

    def _message(self, kind: str, content: Any, blob: Blob | None, context: Json | None, extra: Json) -> Message:
        now = self.world.clock.now()
        new_id = wamid(self.person.wa_id, False)
        return Message(new_id, self.chat, "person", now, kind, content, blob, context, extra)

    def open_window(self) -> None:
        """Any message or call opens the 24 hours anew."""
        self.chat.window_until = self.world.clock.now() + self.world.options.window_seconds

    def tell(self, message: Message, given: Json | None = None) -> None:
        """The webhook of a message."""
        self.world.tell(self.chat, messages=[self.shape(message) | (given or {})])

    def shape(self, message: Message) -> Json:
        """An item of `messages`."""
        head = self.person.sender(self.number.business)
        shown: Json = head | {"id": message.id, "timestamp": str(int(message.at)), "type": message.type}
        if message.context:
            shown = {"context": message.context} | shown
        return shown | self.content(message) | message.extra

    def content(self, message: Message) -> Json:
        """The object named as the type; a file gets a new media id each time it is told."""
        if message.blob is None:
            return {message.type: message.content}
        arrived = self.world.media.arrived(message.blob, self.number)
        return {message.type: {**message.content, **arrived}}

    def reply_context(self, message_id: str) -> Json:
        """Answering a message that is in the chat."""
        original = self.find(message_id)
        who = self.number.wa_id if original.outgoing else self.person.wa_id
        return {"from": who, "id": message_id}

    def find(self, message_id: str) -> Message:
        """A message of this chat."""
        message = self.chat.messages.get(message_id)
        if message is None:
            raise ControlError(f"no message {message_id} in this chat")
        return message

    def own(self, message_id: str) -> Message:
        """A message that this person wrote."""
        message = self.find(message_id)
        if message.outgoing:
            raise ControlError("this message is the business's")
        return message

    def react(self, message_id: str, emoji: str, removal: str) -> None:
        """Set or take back the reaction; it is taken back with `emoji` empty, or without it (`missing`)."""
        target = self.find(message_id)
        if emoji:
            target.reactions["person"] = emoji
        else:
            target.reactions.pop("person", None)
        reaction = {"message_id": message_id} | ({} if not emoji and removal == "missing" else {"emoji": emoji})
        self._tell_only("reaction", reaction)

    def tap(self, label: str, message_id: str) -> Message:
        """Tap a reply button, a list's row or a template's quick reply, by its label."""
        newest = reversed(list(self.chat.messages.values()))
        for message in [self.find(message_id)] if message_id else newest:
            answer = _answer_of(message, label) if message.outgoing and message.shown else None
            if answer is not None:
                return self.say(*answer, context=self.reply_context(message.id))
        raise ControlError(f"no button {label!r} in sight")

    def edit(self, message_id: str, text: str, blob: Blob | None) -> Message:
        """Change an own text or caption, or the file."""
        message = self.own(message_id)
        message.versions.append(message.content)
        message.blob = blob or message.blob
        message.content = {"body": text} if message.type == "text" else {**message.content, "caption": text}
        inner = {"context": {"id": "M0"}, "type": message.type} | self.content(message)
        self._tell_only("edit", {"original_message_id": message_id, "message": inner})
        return message

    def revoke(self, message_id: str) -> None:
        """Delete an own message for everyone."""
        self.own(message_id).deleted = True
        self._tell_only("revoke", {"original_message_id": message_id})

    def _tell_only(self, kind: str, content: Json, extra: Json | None = None) -> None:
        """Tell of it as a message, though it is none in the chat. What a person does opens the window all the same."""
        if kind != "system":
            self.open_window()
        self.chat.touch()
        self.tell(self._message(kind, content, None, None, extra or {}))

    def change_identity(self) -> None:
        """WhatsApp was installed anew: the key of the encryption is another one."""
        now = str(int(self.world.clock.now()))
        identity = {"acknowledged": True, "created_timestamp": now, "hash": secrets.token_hex(6)}
        system = {"body": "User identity changed", "type": "customer_identity_changed"}
        self._tell_only("system", system, {"identity": identity})

    def read(self, message_id: str, status: str) -> list[str]:
        """Read everything up to a message (or all), or hear it (`played`). Told only with receipts on."""
        told = []
        for message in self.chat.messages.values():
            if message.by == "api" and message.shown and not message.error:
                if message.status == "sent":
                    statuses.deliver(self.world, message)
                told.append(self._seen(message, status))
            if message.id == message_id:
                break
        return told

    def _seen(self, message: Message, status: str) -> str:
        if self.person.receipts:
            statuses.advance(self.world, message, status)
        return message.id

    def come_online(self) -> None:
        """The phone is on again: what waited is delivered."""
        self.person.online = True
        for message in list(self.chat.messages.values()):
            if message.by == "api" and message.status == "sent" and not message.error:
                statuses.deliver(self.world, message)

    def unsupported(self, kind: str) -> Message:
        """Something that the API does not pass on."""
        told = {"title": "Message type unknown", "message": "Message type unknown"}
        error = webhook_error(131051, "Message type is currently not supported.") | told
        del error["href"]
        return self.say("unsupported", {"type": kind}, extra={"errors": [error]})

    def change_number(self, wa_id: str) -> None:
        """Move to another phone number. The message comes from the old one and names the new one."""
        business = self.number.business
        was, sender, contact = self.person.wa_id, self.person.sender(business), self.person.contact(business)
        self.world.renumber(self.person, wa_id)
        body = f"User {self.person.name} changed from {was} to {wa_id}"
        system: Json = {"body": body, "type": "user_changed_number", "user_id": self.person.bsuid(business)}
        if not self.person.hidden:
            system["wa_id"] = wa_id
        told = self.shape(self._message("system", system, None, None, {})) | sender
        self.world.tell_value(self.number, "messages", value_of(self.number, [contact], messages=[told]), self.chat.key)

    def call(self, answered: bool) -> str:
        """Call the business: told as it rings, and as it ends. A call opens the window, too."""
        self.open_window()
        now = int(self.world.clock.now())
        call_id = "wacid." + wamid(self.person.wa_id, False).removeprefix("wamid.")
        both = self.person.sender(self.number.business) | {"id": call_id, "to": self.number.wa_id}
        both |= {"timestamp": str(now), "direction": "USER_INITIATED"}
        session = {"sdp_type": "offer", "sdp": "v=0\r\n"}
        self.world.tell(self.chat, "calls", calls=[both | {"event": "connect", "session": session}])
        end: Json = both | {"event": "terminate", "status": "COMPLETED" if answered else "FAILED"}
        if answered:
            end |= {"start_time": str(now), "end_time": str(now + 60), "duration": 60}
        self.world.tell(self.chat, "calls", calls=[end])
        return call_id


def _answer_of(message: Message, label: str) -> tuple[str, Json] | None:
    """What tapping the label on this message sends: type and content."""
    if message.type == "interactive":
        for choice in choices(message.content):
            if choice["title"] == label:
                reply = {name: choice[name] for name in ("id", "title", "description") if name in choice}
                return "interactive", {"type": choice["kind"], choice["kind"]: reply}
    if message.type == "template":
        for button in message.content["buttons"]:
            if button["type"] == "QUICK_REPLY" and button["text"] == label:
                return "button", {"payload": button["payload"], "text": label}
    return None


def file_content(kind: str, caption: str, name: str, options: Json) -> Json:
    """What a message with a file says beside the file. `options`: `voice`, `animated`."""
    content: Json = {"caption": caption} if caption and KINDS[kind].captioned else {}
    if kind == "document":
        content["filename"] = name
    if kind == "audio":
        content["voice"] = bool(options.get("voice"))
    if kind == "sticker":
        content["animated"] = bool(options.get("animated"))
    return content
