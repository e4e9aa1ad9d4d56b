"""What happens to messages after they were written: ticks, reactions, edits, deletions. Pure."""

from channels.reading import Node
from channels.whatsapp_linked.contents import NOT_LOADED, read_content
from channels.whatsapp_linked.envelopes import Eyes, message_name, moment_of, nobody, person_of, read_said
from channels.whatsapp_linked.names import full_name
from channels.whatsapp_linked.people import who
from sales.ids import Moment
from sales.incoming import ClientDeleted, ClientEdited, ClientReacted, Delivered, Event, Ignored
from sales.messages import Content, MessageKind

_STATUSES = {1: "sent", 2: "delivered", 3: "read", 4: "read"}
_ACK_ERROR = -1


def acknowledged(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    """How far a message of ours has come; the ticks that we give to others say nothing."""
    said = read_said(payload)
    why = nobody(said.chat, envelope) or (None if said.ours else "own_ack")
    if why is not None:
        return Ignored(why)
    ack = payload.number("ack")
    if ack != _ACK_ERROR and ack not in _STATUSES:
        return Ignored("pending")
    person = person_of(eyes, said)
    status = _STATUSES.get(ack, "failed")
    problem = "bad_request WhatsApp did not take it" if ack == _ACK_ERROR else None
    row_id = eyes.own.row_of(said.name.id)
    return Delivered(person.address, said.name.id, status, problem, row_id, person.aliases, person.identities)


def reacted(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    """``messageId`` names what is reacted to; the event's own id is the reaction's."""
    reaction = payload.node("reaction")
    about = message_name(reaction, "messageId")
    said = read_said(payload)
    chat = about.chat or said.chat
    why = nobody(chat, envelope) or ("own_reaction" if said.ours else None)
    if why is not None:
        return Ignored(why)
    person = who(chat, payload, said.ours, eyes.phones)
    return ClientReacted(
        person.address, about.id, reaction.maybe_text("text") or None, person.aliases, person.identities
    )


def edited(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    """The event's own id is the edit's, on most engines."""
    said = read_said(payload)
    why = nobody(said.chat, envelope)
    if why is not None:
        return Ignored(why)
    bare = message_name(payload, "editedMessageId").id
    content = read_content(payload, eyes.held_by, full_name(said.ours, said.chat, bare))
    if content is None:
        return Ignored("service")
    if content.file is not None or content.label == NOT_LOADED:  # an edit changes words only; the file is known
        content = Content(MessageKind.TEXT, content.text)
    person = person_of(eyes, said)
    at = moment_of(payload) if "timestamp" in payload else Moment(envelope.natural("timestamp"))
    return ClientEdited(person.address, bare, content, at, person.aliases, person.identities)


def revoked(eyes: Eyes, envelope: Node, payload: Node) -> Event:
    after = payload.maybe_node("after") or payload.node("before")
    said = read_said(after)
    why = nobody(said.chat, envelope)
    if why is not None:
        return Ignored(why)
    bare = message_name(payload, "revokedMessageId").id if "revokedMessageId" in payload else said.name.id
    person = who(said.chat, after, said.ours, eyes.phones)
    return ClientDeleted(person.address, (bare,), person.aliases, person.identities)
