"""The whole gateway and the small WhatsApp behind it, and how news get from one to the other."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from playground.kit.clock import Clock
from playground.kit.errands import Errands
from playground.kit.errors import ControlError
from playground.kit.faults import Faults
from playground.kit.timers import Timers

from .body import to_json
from .calls import CallLog, Fault
from .chats import Account, Contact, Message, Room
from .files import FileStore
from .ids import new_event_id
from .options import Options
from .payloads import media_payload, message_payload
from .sessions import WORKING, Session
from .webhooks import Webhooks, prepare

Json = dict[str, Any]


class World:
    """State of one server. `start` runs something in the background for as long as the server lives."""

    def __init__(self, options: Options, start: Callable[[Awaitable[None]], None]) -> None:
        self.options = options
        self.clock = Clock()
        self.timers = Timers(self.clock)
        self.files = FileStore(self.clock)
        self.calls = CallLog(options.call_log)
        self.faults = Faults[Fault]()
        self.sessions: dict[str, Session] = {}
        self.accounts: dict[str, Account] = {}
        self.contacts: dict[str, Contact] = {}
        self.rooms: dict[str, Room] = {}
        self.url = ""
        log: deque[Json] = deque(maxlen=options.webhook_log)
        self.webhooks = Webhooks(options, self.timers, Errands(start), log, deque(maxlen=options.webhook_log))

    def new_session(self, name: str, config: Json) -> Session:
        """A stopped session."""
        session = Session(name, config, self.options, self.timers, self._status_changed)
        self.sessions[name] = session
        return session

    def session(self, name: str) -> Session:
        """For the control API; ControlError when there is none."""
        if name not in self.sessions:
            raise ControlError(f"no session {name}")
        return self.sessions[name]

    def account(self, phone: str) -> Account:
        """The owner's account with this number; ControlError when there is none."""
        if phone not in self.accounts:
            raise ControlError(f"no account {phone}")
        return self.accounts[phone]

    def contact(self, phone: str) -> Contact:
        """The person with this number; ControlError when there is none."""
        if phone not in self.contacts:
            raise ControlError(f"no person {phone}")
        return self.contacts[phone]

    def contact_by_lid(self, lid: str) -> Contact | None:
        """The person with this hidden number."""
        return next((contact for contact in self.contacts.values() if contact.lid == lid), None)

    def tell(self, account: Account, event: str, payload: Callable[[], Json], lane: str) -> None:
        """Tell every working session of an account; `payload` is made at the moment of telling. `lane` is the chat.

        What comes while a session is not working is lost to it, unless `offline_events` is on.
        """
        for session in self.sessions.values():
            if session.account is not account or session.ignores(lane):
                continue
            if session.status == WORKING:
                self.emit(session, event, payload(), lane)
            elif self.options.offline_events:
                session.missed.append((event, payload, lane))

    def tell_message(self, account: Account, message: Message) -> None:
        """`message.any`, and `message` when it came in."""
        lane = message.chat.id
        if not message.from_me:
            self.tell(account, "message", lambda: self.message_payload(message), lane)
        self.tell(account, "message.any", lambda: self.message_payload(message), lane)

    def message_payload(self, message: Message, media: bool = True) -> Json:
        """With its file published, unless media isn't wanted."""
        if not media or message.blob is None:
            return message_payload(message, None)
        name = self.files.publish(message.full_id, message.blob, self.options.file_seconds)
        base = (self.options.media_base_url or self.url).rstrip("/")
        return message_payload(message, media_payload(message, f"{base}/api/files/{name}"))

    def emit(self, session: Session, event: str, payload: Json, lane: str = "") -> str:
        """An envelope to whoever has subscribed to the event; returns its id."""
        envelope = self.envelope(session, event, payload)
        session.activity = self.clock.now()
        for hook in session.config.get("webhooks") or []:
            if event in hook["events"] or "*" in hook["events"]:
                self.post(session, hook, to_json(envelope), lane)
        return str(envelope["id"])

    def envelope(self, session: Session, event: str, payload: Json) -> Json:
        """What every webhook is wrapped in."""
        options = self.options
        return {
            "id": new_event_id(),
            "timestamp": int(self.clock.now() * 1000),
            "event": event,
            "session": session.name,
            "metadata": session.config.get("metadata") or {},
            "me": session.account.me() if session.account is not None else None,
            "payload": payload,
            "environment": {"tier": "CORE", "version": options.version, "engine": options.engine, "browser": None},
            "engine": options.engine,
        }

    def post(self, session: Session, hook: Json, body: bytes, lane: str) -> None:
        """Send any body, signed as the webhook wants it."""
        number = secrets.token_hex(13)
        version = self.options.version
        self.webhooks.send(prepare(hook, session.name, body, lane, self.clock.now(), number, version))

    def _status_changed(self, session: Session) -> None:
        self.emit(session, "session.status", session.status_payload(), "session.status")
        if session.status == WORKING:
            missed, session.missed = session.missed, []
            for event, payload, lane in missed:
                self.emit(session, event, payload(), lane)

    async def close(self) -> None:
        """Stop everything and delete files."""
        self.timers.close()
        for session in self.sessions.values():
            session.close()
        await self.webhooks.close()
        self.files.close()
