"""What WAHA tells, as ``sales.incoming`` events. Pure; raw JSON ends here.

A message's update id is its own, not the envelope's: what is read back from the chats later is the same message.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

from channels.reading import Anomalous, Node
from channels.whatsapp_linked.changes import acknowledged, edited, reacted, revoked
from channels.whatsapp_linked.contents import read_content
from channels.whatsapp_linked.envelopes import (
    Eyes,
    Said,
    answered_id,
    message_name,
    moment_of,
    nobody,
    person_of,
    read_said,
)
from channels.whatsapp_linked.names import full_name, read_name, to_chat
from channels.whatsapp_linked.people import sender, who
from channels.whatsapp_linked.states import account_changed
from sales.incoming import ClientWrote, Event, Ignored, Incoming, Malformed, WrittenOutside
from sales.messages import Content, MessageKind

EVENTS = (
    "message.any",
    "message.ack",
    "message.reaction",
    "message.edited",
    "message.revoked",
    "call.received",
    "session.status",
)
"""What we ask the gateway to tell us."""

_UNASKED_EVENTS = (
    "message.ack.group message.waiting group.v2.join group.v2.leave group.v2.update group.v2.participants "
    "group.v2.participants.join-request presence.update poll.vote poll.vote.failed chat.archive call.accepted "
    "call.rejected label.upsert label.deleted label.chat.added label.chat.deleted event.response "
    "event.response.failed engine.event group.join group.leave state.change"
)
_UNASKED = frozenset(_UNASKED_EVENTS.split())


def parse_event(eyes: Eyes, raw: bytes) -> Incoming | Malformed:
    """One envelope, whatever it is: never raises."""
    update_id = f"raw:{hashlib.sha256(raw).hexdigest()[:32]}"
    try:
        envelope = Node(json.loads(raw), "event")
        update_id = _update_id(envelope, update_id)
        return Incoming(eyes.channel_id, update_id, to_event(eyes, envelope), raw)
    except Anomalous as error:
        return Malformed(eyes.channel_id, update_id, raw, str(error))
    except (ValueError, RecursionError):
        return Malformed(eyes.channel_id, update_id, raw, "event: not JSON")


def to_event(eyes: Eyes, envelope: Node) -> Event:
    """Raises ``Anomalous``."""
    kind = envelope.text("event")
    if kind in _UNASKED:
        return Ignored(kind)
    if kind not in _READERS:
        raise Anomalous("event.event", "of no known kind")
    if (envelope.maybe_text("session") or eyes.session) != eyes.session:
        return Ignored("other_session")
    return _READERS[kind](eyes, envelope, envelope.node("payload"))


def _update_id(envelope: Node, otherwise: str) -> str:
    """Messages and calls by their own ids; whatever can't be read so far by the envelope's."""
    kind, payload = envelope.fields.get("event"), envelope.fields.get("payload")
    told = envelope.fields.get("id")
    found = otherwise if not isinstance(told, str) or not told else f"event:{told[:100]}"
    if not isinstance(payload, Mapping) or not isinstance(payload.get("id"), str):
        return _clean(found, otherwise)
    if kind in ("message", "message.any"):
        name = read_name(payload["id"])
        side = "out" if payload.get("fromMe") is True else "in"
        return found if name is None else f"msg:{side}:{name.id}"
    return _clean(f"call:{payload['id'][:100]}" if kind == "call.received" else found, otherwise)


def _clean(update_id: str, otherwise: str) -> str:
    return update_id if update_id.isascii() and update_id.isprintable() else otherwise


def _message(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    said = read_said(payload)
    why = nobody(said.chat, envelope)
    if why is not None:
        return Ignored(why)
    content = read_content(payload, eyes.held_by, full_name(said.ours, said.chat, said.name.id))
    if content is None:
        return Ignored("service")
    return _written(eyes, said, content) if said.ours else _wrote(eyes, said, content)


def _wrote(eyes: Eyes, said: Said, content: Content) -> Event:
    person, at = person_of(eyes, said), moment_of(said.payload)
    return ClientWrote(
        person.address,
        said.name.id,
        sender(person, said.payload, ours=False),
        content,
        at,
        answered_id(said.payload),
        history=eyes.is_history(at),
        aliases=person.aliases,
        known_by=person.identities,
    )


def _written(eyes: Eyes, said: Said, content: Content) -> Event:
    """By us: from the phone, or an echo of what we sent. A file's echo carries an id that WAHA chose and that its
    answer tells; so what came by the API without our id is passed over.
    """
    row_id = eyes.own.row_of(said.name.id)
    if row_id is None and said.payload.maybe_text("source") == "api":
        return Ignored("own_echo")
    person, at = person_of(eyes, said), moment_of(said.payload)
    return WrittenOutside(
        person.address,
        said.name.id,
        sender(person, said.payload, ours=True),
        content,
        at,
        answered_id(said.payload),
        history=eyes.is_history(at),
        row_id=row_id,
        aliases=person.aliases,
        known_by=person.identities,
    )


def _call(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    """Somebody rings: nobody can answer here, so it is told as a missed one."""
    chat = to_chat(payload.text("from"))
    why = "group" if payload.flag("isGroup") else nobody(chat, envelope)
    if why is not None:
        return Ignored(why)
    person, at = who(chat, payload, False, eyes.phones), moment_of(payload)
    content = Content(MessageKind.CALL)
    call_id = message_name(payload, "id").id
    return ClientWrote(
        person.address,
        f"call:{call_id}",
        sender(person, payload, ours=False),
        content,
        at,
        history=eyes.is_history(at),
        aliases=person.aliases,
        known_by=person.identities,
    )


def _status(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    return account_changed(payload)


_READERS: dict[str, Callable[[Eyes, Node, Node], Event]] = {
    "message": _message,
    "message.any": _message,
    "message.ack": acknowledged,
    "message.reaction": reacted,
    "message.edited": edited,
    "message.revoked": revoked,
    "call.received": _call,
    "session.status": _status,
}
