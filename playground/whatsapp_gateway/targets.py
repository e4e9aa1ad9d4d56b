"""Finding what a call names: sessions that are ready, chats by their ids, messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .acting import Scene
from .body import Fields, Query
from .chats import Chat, Contact, Message
from .errors import bad_request, no_session, not_found, unprocessable, wrong_status
from .ids import LID, PERSON, STATUS, bare
from .sessions import WORKING, Session
from .world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One call on the API. `path` holds the parts of the address `url`, `accept` the header of this name."""

    world: World
    name: str
    path: dict[str, str] = field(default_factory=dict)
    query: Query = field(default_factory=lambda: Query({}))
    body: Fields = field(default_factory=lambda: Fields({}))
    accept: str = ""
    url: str = ""

    @property
    def session_name(self) -> str:
        """Which session is meant: by the address, the body or the query."""
        found = self.path.get("session") or self.body.values.get("session") or self.query.values.get("session")
        return found if isinstance(found, str) else ""

    def session(self, *expected: str) -> Session:
        """The session; 404 when there is none, 422 when it is in another status than one of those."""
        name = self.path.get("session") or (self.query if "session" in self.query else self.body).text("session")
        session = self.world.sessions.get(name)
        if session is None:
            raise no_session(name)
        if expected and session.status not in expected:
            raise wrong_status(name, session.status, *expected)
        return session

    def scene(self, chat_id: str) -> Scene:
        """A chat of the working session's account."""
        session = self.session(WORKING)
        account = session.account
        if account is None:
            raise wrong_status(session.name, session.status, WORKING)
        return Scene(self.world, account, account.chat(self._peer(chat_id)))

    def scene_of_body(self) -> Scene:
        """The chat that `chatId` names."""
        self.session(WORKING)
        return self.scene(self.body.text("chatId", empty=False))

    def _peer(self, chat_id: str) -> Any:
        if chat_id in self.world.rooms:
            return self.world.rooms[chat_id]
        person, lid = PERSON.fullmatch(chat_id), LID.fullmatch(chat_id)
        if person is not None:
            return self._contact(person[1])
        if lid is not None:
            return self.world.contact_by_lid(lid[1]) or self._stranger(lid[1])
        if chat_id.endswith(("@g.us", "@newsletter")) or chat_id == STATUS:
            raise unprocessable(f"Chat not found: {chat_id}")
        raise bad_request("chatId must be a chat id")

    def _contact(self, phone: str) -> Contact:
        return self.world.contacts.setdefault(phone, Contact(phone, exists=False))

    def _stranger(self, lid: str) -> Contact:
        return self.world.contacts.setdefault(f"lid{lid}", Contact("", lid=lid, by_lid=True, exists=False))


def message_in(chat: Chat, message_id: str) -> Message:
    """A message by its bare id, or by its full one, which must say rightly whose it is."""
    message = chat.messages.get(bare_id(message_id))
    wrong_side = message is not None and message_id.startswith("false_" if message.from_me else "true_")
    if message is None or message.revoked or wrong_side:
        raise not_found(f"Message with id '{message_id}' not found")
    return message


def bare_id(message_id: str) -> str:
    """Of a full id or a bare one; 400 for what is neither."""
    number = bare(message_id)
    if number is None:
        raise bad_request("messageId must be a message id")
    return number


def chat_of(message_id: str) -> str:
    """The chat that a full id names; 400 for a bare one."""
    parts = message_id.split("_")
    if len(parts) < 3 or parts[0] not in ("true", "false"):
        raise bad_request("messageId must look like {fromMe}_{chatId}_{id}")
    return parts[1]
