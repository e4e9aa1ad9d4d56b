"""What every event carries: whose eyes see it, which message it is about, whose that is, and with whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.reading import Anomalous, Node
from channels.whatsapp_linked.names import MessageName, OwnIds, no_person, read_name, to_chat
from channels.whatsapp_linked.people import Who, who
from sales.ids import ChannelId, Moment


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose events these are. ``phones``: what is known of phones behind LIDs, by chat. ``since``: when the channel was
    connected; what was said before is history.
    """

    channel_id: ChannelId
    session: str
    own: OwnIds
    phones: Mapping[str, str] = field(default_factory=dict)
    since: Moment | None = None

    @property
    def held_by(self) -> str:
        return f"channel:{self.channel_id}"

    def is_history(self, said_at: Moment) -> bool:
        """WhatsApp tells whole seconds: what was said in the one of the connection is not yet history."""
        return self.since is not None and said_at // 1000 < self.since // 1000


@dataclass(frozen=True, slots=True)
class Said:
    """A message's envelope: which, whose, and with whom."""

    name: MessageName
    ours: bool
    chat: str
    payload: Node


def read_said(payload: Node) -> Said:
    """Whose it is and in which chat: the id says both where it is a full one, else ``fromMe``, ``to`` and ``from``."""
    name = message_name(payload, "id")
    ours = payload.flag("fromMe") if "fromMe" in payload else bool(name.ours)
    chat = name.chat or to_chat(payload.text("to" if ours else "from"))
    return Said(name, ours, chat, payload)


def message_name(node: Node, field_name: str) -> MessageName:
    name = read_name(node.text(field_name))
    if name is None:
        raise Anomalous(f"{node.path}.{field_name}", "no id of a message")
    return name


def nobody(chat: str, envelope: Node) -> str | None:
    """Why nobody on the other side is a client."""
    why = no_person(chat)
    if why is not None:
        return why
    me = envelope.fields.get("me")
    names = [me.get("id"), me.get("lid")] if isinstance(me, Mapping) else []
    return "myself" if chat in names else None


def person_of(eyes: Eyes, said: Said) -> Who:
    return who(said.chat, said.payload, said.ours, eyes.phones)


def answered_id(payload: Node) -> str | None:
    """What it answers. Not every engine tells its id."""
    answered = payload.maybe_node("replyTo")
    told = answered.maybe_text("id") if answered is not None else None
    name = read_name(told) if told is not None else None
    return name.id if name is not None else None


def moment_of(node: Node) -> Moment:
    """Seconds in payloads, with a fraction in some."""
    value = node.fields.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**40:
        raise Anomalous(f"{node.path}.timestamp", "not a moment")
    return Moment(round(value * 1000))
