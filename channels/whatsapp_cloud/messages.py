"""Messages of clients, and what comes in the same place: edits, deletions, reactions, new numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.capabilities import WINDOW
from channels.whatsapp_cloud.contents import read_contents, read_referral
from channels.whatsapp_cloud.people import Person, find_person, identities_of, person_of
from sales.clients import Identity
from sales.ids import Moment
from sales.incoming import ClientDeleted, ClientEdited, ClientMoved, ClientReacted, ClientWrote, Event, Ignored
from sales.messages import Content

LATEST = 4_000_000_000
"""Unix seconds, in the year 2096: nothing that is told happens later."""
LONGEST_ID = 512

_MOVES = frozenset({"user_changed_number", "customer_changed_number", "user_changed_user_id"})


@dataclass(frozen=True, slots=True)
class Named:
    """An event and its identity."""

    update_id: str
    event: Event


def message_events(value: Node, message: Node, held_by: str) -> list[Named]:
    """One item of ``messages``. Raises ``Anomalous``."""
    wamid, kind = read_id(message), message.text("type")
    if "group_id" in message:
        return [Named(wamid, Ignored("group"))]
    if kind == "system":
        return _system(message, wamid)
    if kind == "request_welcome":  # the chat was opened, nothing was said
        return [Named(wamid, Ignored(kind))]
    person = find_person(value, message.maybe_text("from"), message.maybe_text("from_user_id"))
    if kind == "reaction":
        return [Named(wamid, _reaction(message, person))]
    if kind in ("edit", "revoke"):
        return [Named(wamid, read_change(message, person, held_by))]
    return _wrote(message, wamid, person, held_by)


def _wrote(message: Node, wamid: str, person: Person, held_by: str) -> list[Named]:
    said_at, referral = read_moment(message), read_referral(message)
    events = []
    for name, content, reply_to in numbered(message, wamid, held_by):
        told = replace(content, referral=referral)
        wrote = ClientWrote(
            person.address,
            name,
            person.sender(),
            told,
            said_at,
            reply_to,
            window=WINDOW,
            aliases=person.aliases,
            known_by=person.identities(),
        )
        events.append(Named(name, wrote))
    return events


def numbered(message: Node, wamid: str, held_by: str) -> Sequence[tuple[str, Content, str | None]]:
    """Ids, contents, and what is answered. The parts after the first are named ``<id>#2`` and so on."""
    context = message.maybe_node("context")
    reply_to = context.maybe_text("id") if context is not None else None
    contents = read_contents(message, held_by)
    return [
        (wamid if place == 1 else f"{wamid}#{place}", content, reply_to) for place, content in enumerate(contents, 1)
    ]


def whole_id(external_id: str) -> str:
    """The platform's id of the message that this is a part of."""
    return external_id.partition("#")[0]


def _reaction(message: Node, person: Person) -> Event:
    """Without an emoji it was taken back."""
    reaction = message.node("reaction")
    emoji = reaction.maybe_text("emoji") or None
    return ClientReacted(person.address, read_id(reaction, "message_id"), emoji, person.aliases, person.identities())


def read_change(message: Node, person: Person, held_by: str) -> Event:
    """An edit or a deletion, by whoever."""
    kind = message.text("type")
    node = message.node(kind)
    original = read_id(node, "original_message_id")
    if kind == "revoke":
        return ClientDeleted(person.address, (original,), person.aliases, person.identities())
    content = read_contents(node.node("message"), held_by)[0]
    at, known_by = read_moment(message), person.identities()
    return ClientEdited(person.address, original, content, at, person.aliases, known_by)


def _system(message: Node, wamid: str) -> list[Named]:
    """What WhatsApp tells about a client. A move is told once per place where the client may have been filed."""
    system = message.node("system")
    kind = system.maybe_text("type") or ""
    if kind not in _MOVES:
        return [Named(wamid, Ignored("identity_changed" if kind == "customer_identity_changed" else "system"))]
    wa_id = system.maybe_text("wa_id") or system.maybe_text("new_wa_id")
    now = person_of(system, system.maybe_text("user_id"), wa_id)
    told = [(message, "from_user_id"), (system, "previous_user_id"), (message, "from"), (system, "customer")]
    former = dict.fromkeys(node.maybe_text(name) for node, name in told)
    return _moves([address for address in former if address and address != now.address], now, wamid)


def moved_user(item: Node) -> Named:
    """One item of ``user_id_update``: the same person by another user id."""
    ids = item.node("user_id")
    now = person_of(item, ids.text("current"), item.maybe_text("wa_id"))
    former = read_id(ids, "previous")
    return Named(f"user_id:{former}:{now.address}", ClientMoved(former, now.address, now.identities()))


def _moves(former: list[str], now: Person, wamid: str) -> list[Named]:
    gone = _given_up(former, now)
    moves = [ClientMoved(address, now.address, now.identities(), gone) for address in former]
    if not moves:
        return [Named(wamid, Ignored("system"))]
    return [Named(wamid if place == 1 else f"{wamid}#{place}", move) for place, move in enumerate(moves, 1)]


def _given_up(former: list[str], now: Person) -> tuple[Identity, ...]:
    """Their former number, where another one is told."""
    if now.wa_id is None:
        return ()
    numbers = (identity for address in former for identity in identities_of(address))
    return tuple(identity for identity in numbers if identity not in now.identities())


def read_id(node: Node, name: str = "id") -> str:
    found = node.text(name)
    if not 0 < len(found) <= LONGEST_ID:
        raise Anomalous(f"{node.path}.{name}", "not an id")
    return found


def read_moment(node: Node, name: str = "timestamp") -> Moment:
    """Unix seconds, as text mostly."""
    told = node.fields.get(name)
    if isinstance(told, str) and told.isascii() and told.isdecimal() and len(told) <= 10:
        told = int(told)
    if type(told) is not int or not 0 < told < LATEST:
        raise Anomalous(f"{node.path}.{name}", "not a time")
    return Moment(told * 1000)
