"""Who a webhook speaks of: by their number, by WhatsApp's own user id (BSUID), or both. (PLATFORMS.md B10)

With a username people may keep their number to themselves, so nothing here takes it for granted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from channels.phones import from_wa_id, to_wa_id, variants
from channels.reading import Anomalous, Node
from channels.text import clean_name
from sales.clients import Identity, IdentityKind
from sales.incoming import Sender

_WA_ID = re.compile(r"[1-9][0-9]{4,19}")
_BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,160}")


@dataclass(frozen=True, slots=True)
class Person:
    """``wa_id`` is digits; at least one of the first two is there."""

    user_id: str | None
    wa_id: str | None
    parent_id: str | None = None
    name: str | None = None
    username: str | None = None

    @property
    def address(self) -> str:
        """Where they are written to."""
        return self.user_id or self.wa_id or ""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Where a conversation with them may lie still: under the number, as WhatsApp spells it or as we dialled it."""
        return tuple(place for place in _spellings(self.wa_id) if place != self.address)

    def sender(self) -> Sender:
        return Sender(clean_name(self.name), self.identities(), self.username)

    def identities(self) -> tuple[Identity, ...]:
        """The strongest first."""
        phone = from_wa_id(self.wa_id) if self.wa_id is not None else None
        known = (
            (IdentityKind.WHATSAPP_USER, self.user_id),
            (IdentityKind.WA_ID, self.wa_id),
            (IdentityKind.PHONE, phone),
            (IdentityKind.WHATSAPP_USER, self.parent_id),
        )
        return tuple(Identity(kind, value) for kind, value in known if value is not None)


def _spellings(wa_id: str | None) -> Sequence[str]:
    if wa_id is None:
        return ()
    phone = from_wa_id(wa_id)
    others = variants(phone) if phone is not None else ()
    return tuple(dict.fromkeys((wa_id, *map(to_wa_id, others))))


def is_user_id(address: str) -> bool:
    """Whether this address is a BSUID rather than a number."""
    return _BSUID.fullmatch(address) is not None


def find_person(value: Node, wa_id: str | None, user_id: str | None) -> Person:
    """The person with these ids, and what ``contacts`` tells besides. Raises ``Anomalous`` when there is neither id."""
    known_wa, known_user = _wa_id(wa_id), _user_id(user_id)
    contact = _contact_of(value, known_wa, known_user)
    if contact is not None:
        known_wa = known_wa or _wa_id(contact.maybe_text("wa_id"))
        known_user = known_user or _user_id(contact.maybe_text("user_id"))
    if known_wa is None and known_user is None:
        raise Anomalous(value.path, "nobody is named")
    profile = contact.maybe_node("profile") if contact is not None else None
    return Person(
        known_user,
        known_wa,
        _user_id(contact.maybe_text("parent_user_id")) if contact is not None else None,
        profile.maybe_text("name") if profile is not None else None,
        profile.maybe_text("username") if profile is not None else None,
    )


def _contact_of(value: Node, wa_id: str | None, user_id: str | None) -> Node | None:
    """The entry with one of the ids; or the only one there is, when nobody was named by an id."""
    found = value.fields.get("contacts")
    contacts = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    for name, wanted in (("user_id", user_id), ("wa_id", wa_id)):
        for contact in contacts:
            if wanted is not None and contact.get(name) == wanted:
                return Node(contact, f"{value.path}.contacts[]")
    alone = len(contacts) == 1 and wa_id is None and user_id is None
    return Node(contacts[0], f"{value.path}.contacts[]") if alone else None


def person_of(node: Node, user_id: str | None, wa_id: str | None) -> Person:
    """Without anything but the ids. Raises ``Anomalous`` when neither is one."""
    person = Person(_user_id(user_id), _wa_id(wa_id))
    if not person.address:
        raise Anomalous(node.path, "nobody is named")
    return person


def identities_of(address: str) -> tuple[Identity, ...]:
    """What a number tells of its owner; of anything else nothing, for only numbers change hands."""
    return Person(None, _wa_id(address)).identities()


def _wa_id(text: str | None) -> str | None:
    digits = (text or "").removeprefix("+")
    return digits if _WA_ID.fullmatch(digits) else None


def _user_id(text: str | None) -> str | None:
    return text if text is not None and is_user_id(text) else None
