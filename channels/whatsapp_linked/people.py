"""Who somebody is: WhatsApp names a person by phone or by a hidden number (LID), and not always by the same one.

A conversation is filed under the phone where it is known; the other one is its alias. Engines tell the second name in
``_data``, each in its own place; what is not there is looked up among the pairs that the gateway knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.phones import from_wa_id
from channels.reading import Node
from channels.text import clean_name
from channels.whatsapp_linked.names import is_lid, is_phone, no_person, number_of, to_chat
from sales.clients import Identity, IdentityKind
from sales.incoming import Sender

_OTHER_NAMES = {
    True: (("Info", "RecipientAlt"), ("Info", "Chat"), ("key", "remoteJidAlt"), ("key", "remoteJid")),
    False: (
        ("Info", "SenderAlt"),
        ("Info", "Sender"),
        ("key", "remoteJidAlt"),
        ("key", "senderPn"),
        ("key", "remoteJid"),
    ),
}
"""Where GOWS (``Info``) and NOWEB (``key``) name the other side, by whether the message is ours."""
_SHOWN_NAMES = (("Info", "PushName"), ("pushName",), ("notifyName",))
"""The sender's own name: GOWS, NOWEB, WEBJS."""


@dataclass(frozen=True, slots=True)
class Who:
    """One person, by chat ids: at least one is known."""

    phone: str | None
    lid: str | None

    @property
    def address(self) -> str:
        return self.phone or self.lid or ""

    @property
    def aliases(self) -> tuple[str, ...]:
        return (self.lid,) if self.phone is not None and self.lid is not None else ()

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The strongest first."""
        found = []
        number = from_wa_id(number_of(self.phone)) if self.phone is not None else None
        if number is not None:
            found.append(Identity(IdentityKind.PHONE, number))
        if self.phone is not None:
            found.append(Identity(IdentityKind.WA_ID, number_of(self.phone)))
        if self.lid is not None:
            found.append(Identity(IdentityKind.LID, number_of(self.lid)))
        return tuple(found)


def who(chat: str, payload: Node, ours: bool, phones: Mapping[str, str]) -> Who:
    """``phones``: the phone's chat by the LID's."""
    names = [chat, *_other_names(payload, ours)]
    phone = next((name for name in names if is_phone(name)), None)
    lid = next((name for name in names if is_lid(name)), None)
    if phone is None and lid is not None:
        phone = phones.get(lid)
    return Who(phone, lid)


def sender(person: Who, payload: Node, ours: bool) -> Sender:
    """``ours``: the name in it is our own, so the person is called by their number."""
    number = from_wa_id(number_of(person.phone)) if person.phone is not None else None
    shown = None if ours else next(filter(None, (dig(payload, "_data", *path) for path in _SHOWN_NAMES)), None)
    return Sender(clean_name(shown, number), person.identities)


def dig(node: Node, *path: str) -> str | None:
    """A text deep in what an engine adds, where anything may be anything."""
    found: object = node.fields
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) and found else None


def _other_names(payload: Node, ours: bool) -> list[str]:
    found = [dig(payload, "_data", *path) for path in _OTHER_NAMES[ours]]
    return [name for name in map(to_chat, filter(None, found)) if no_person(name) is None]
