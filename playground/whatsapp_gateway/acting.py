"""What happens in chats, whoever does it: the customer, the owner on the phone, or the API."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.kit.errors import ControlError

from .chats import DEVICE, ERROR, PENDING, PLAYED, READ, SERVER, Account, Chat, Contact, Message
from .ids import new_message_id
from .payloads import ack_payload, edited_payload, reaction_payload, revoked_payload
from .world import World

Json = dict[str, Any]

OWNER = "owner"


@dataclass(slots=True)
class Scene:
    """A chat of an account. Whoever acts is given as `who`; None is the owner."""

    world: World
    account: Account
    chat: Chat

    def say(self, who: Contact | None, announce: bool = True, message_id: str = "", **fields: Any) -> Message:
        """A new message; `fields` are those of `Message`. Without `announce` it is only there to be read back."""
        api = fields.get("source") == "api"
        fields.setdefault("at", self.world.clock.now())
        message = Message(message_id or new_message_id(from_web=api), self.chat, who, **fields)
        message.ack = DEVICE if who is not None else self._first_ack()
        self.chat.messages[message.id] = message
        if who is None:
            self.chat.stop_typing(self.world.clock.now())
        self.chat.touch()
        if announce:
            self.world.tell_message(self.account, message)
            if who is None:
                self.tick(message)
        return message

    def _first_ack(self) -> int:
        return SERVER if self._reachable() and self.world.options.auto_ack >= SERVER else PENDING

    def _reachable(self) -> bool:
        return not isinstance(self.chat.peer, Contact) or self.chat.peer.exists

    def tick(self, message: Message) -> None:
        """What happens to a sent message by itself; a number that doesn't exist makes it an error."""
        if not self._reachable():
            self.set_ack(message, ERROR)
            return
        peer = self.chat.peer
        phone_on = isinstance(peer, Contact) and peer.phone_on
        for ack in range(SERVER, min(self.world.options.auto_ack, DEVICE if phone_on else SERVER) + 1):
            self.set_ack(message, ack)

    def set_ack(self, message: Message, ack: int) -> None:
        """Set the ticks, and tell."""
        message.ack = ack
        self.chat.touch()
        payload = ack_payload(message)
        self.tell("message.ack", lambda: payload)

    def arrive(self) -> None:
        """The customer's phone is on again: what was sent meanwhile gets its second tick."""
        for message in self.chat.ordered():
            if message.from_me and message.ack in (PENDING, SERVER):
                self.tick(message)

    def read(self, upto: Message | None = None) -> None:
        """The customer has read the owner's messages, up to one of them."""
        for message in self.chat.ordered():
            if message.from_me and PENDING <= message.ack < READ and (upto is None or message.at <= upto.at):
                self.set_ack(message, READ)

    def play(self, message: Message) -> None:
        """The customer has listened to a voice message."""
        self.set_ack(message, PLAYED)

    def mark_seen(self, messages: list[Message]) -> None:
        """The owner, or the API, has read these of the customer; they see blue ticks."""
        for message in messages:
            message.ack = READ
        self.chat.touch()

    def edit(self, message: Message, text: str) -> None:
        """Another text."""
        message.versions.append(message.text)
        message.text, message.edited = text, True
        payload = edited_payload(message)
        self._changed("message.edited", lambda: payload)

    def revoke(self, message: Message) -> None:
        """Delete for everyone."""
        message.versions.append(message.text)
        message.text, message.blob, message.revoked = "", None, True
        message.location, message.vcards = None, []
        payload = revoked_payload(message)
        self._changed("message.revoked", lambda: payload)

    def react(self, message: Message, who: Contact | None, emoji: str, source: str = "app") -> None:
        """One reaction for each person; an empty one takes it away."""
        name = who.phone if who is not None else OWNER
        message.reactions.pop(name, None)
        if emoji:
            message.reactions[name] = emoji
        payload = reaction_payload(message, who, emoji, self.world.clock.now(), source)
        self._changed("message.reaction", lambda: payload)

    def call(self, video: bool, outcome: str) -> str:
        """The customer calls; `outcome` is `missed`, `accepted` or `rejected`. Returns the call's id."""
        number = secrets.token_hex(14).upper()
        events = {"missed": [], "accepted": ["call.accepted"], "rejected": ["call.rejected"]}
        if outcome not in events:
            raise ControlError(f"calls end as {', '.join(events)}")
        at = int(self.world.clock.now())
        payload = {"id": number, "from": self.chat.id, "timestamp": at, "isVideo": video, "isGroup": False}
        for event in ["call.received", *events[outcome]]:
            self.tell(event, lambda: payload)
        return number

    def customer_types(self, presence: str) -> None:
        """`typing`, `recording` or `paused`."""
        chat = self.chat.id
        seen = {"participant": chat, "lastKnownPresence": presence, "lastSeen": None}
        self.tell("presence.update", lambda: {"id": chat, "presences": [seen]})

    def tell(self, event: str, payload: Callable[[], Json]) -> None:
        """Tell the account's sessions, in the order of this chat."""
        self.world.tell(self.account, event, payload, self.chat.id)

    def _changed(self, event: str, payload: Callable[[], Json]) -> None:
        self.chat.touch()
        self.tell(event, payload)
