"""A number that lives in the WhatsApp Business app as well: what is typed there, and what was said before.

Echoes open no window and are never sent again. History is up to 180 days, asks nobody for anything, and has its files
told of separately: then both the message and its change are told, whichever was first. (PLATFORMS.md B4)
"""

from channels.reading import Node
from channels.whatsapp_cloud.capabilities import WINDOW
from channels.whatsapp_cloud.messages import Named, numbered, read_change, read_id, read_moment
from channels.whatsapp_cloud.people import Person, find_person
from sales.ids import Moment
from sales.incoming import ClientEdited, ClientWrote, Event, Ignored, WrittenOutside
from sales.messages import Content

_NOT_SAID = frozenset({"system", "request_welcome", "reaction"})


def echo_events(value: Node, echo: Node, held_by: str) -> list[Named]:
    """One item of ``message_echoes``. Raises ``Anomalous``."""
    wamid, kind = read_id(echo), echo.text("type")
    if "group_id" in echo or kind in _NOT_SAID:
        return [Named(wamid, Ignored("group" if "group_id" in echo else "own_reaction"))]
    person = find_person(value, echo.maybe_text("to"), echo.maybe_text("to_user_id"))
    if kind in ("edit", "revoke"):
        return [Named(wamid, read_change(echo, person, held_by))]
    return [
        Named(name, _ours(person, name, content, read_moment(echo), reply_to, history=False))
        for name, content, reply_to in numbered(echo, wamid, held_by)
    ]


def history_events(
    value: Node, message: Node, with_whom: str | None, held_by: str, *, late: bool = False
) -> list[Named]:
    """One message of a thread ``with_whom``, or one whose file is told of ``late``. Raises ``Anomalous``."""
    wamid, kind = read_id(message), message.text("type")
    if kind in _NOT_SAID or kind in ("edit", "revoke") or "group_id" in message:
        return [Named(wamid, Ignored("history"))]
    person, theirs = _sides(value, message, with_whom)
    at, told = read_moment(message), []
    for name, content, reply_to in numbered(message, wamid, held_by):
        event = (_theirs if theirs else _ours)(person, name, content, at, reply_to, history=True)
        told.append(Named(name, event))
        if late:
            change = ClientEdited(person.address, name, content, at, person.aliases, person.identities())
            told.append(Named(f"media:{name}", change))
    return told


def _sides(value: Node, message: Node, with_whom: str | None) -> tuple[Person, bool]:
    """The client, and whether it was they who wrote. Without a thread that is told by our own number."""
    sender = message.maybe_text("from"), message.maybe_text("from_user_id")
    receiver = message.maybe_text("to"), message.maybe_text("to_user_id")
    theirs = with_whom in sender if with_whom is not None else sender[0] != _our_number(value)
    wa_id, user_id = sender if theirs else receiver
    return find_person(value, wa_id or with_whom, user_id or with_whom), theirs


def _our_number(value: Node) -> str | None:
    metadata = value.maybe_node("metadata")
    return metadata.maybe_text("display_phone_number") if metadata is not None else None


def _theirs(person: Person, name: str, content: Content, at: Moment, reply_to: str | None, *, history: bool) -> Event:
    return ClientWrote(
        person.address,
        name,
        person.sender(),
        content,
        at,
        reply_to,
        window=WINDOW,
        history=history,
        aliases=person.aliases,
        known_by=person.identities(),
    )


def _ours(person: Person, name: str, content: Content, at: Moment, reply_to: str | None, *, history: bool) -> Event:
    return WrittenOutside(
        person.address,
        name,
        person.sender(),
        content,
        at,
        reply_to,
        window=WINDOW,
        history=history,
        aliases=person.aliases,
        known_by=person.identities(),
    )
