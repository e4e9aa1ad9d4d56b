"""Contacts that people share, both ways."""

from collections.abc import Mapping

from channels.phones import to_e164
from channels.reading import Anomalous, Node
from channels.text import NO_NAME, clean_name
from sales.messages import Content, MessageKind, SharedContact

MOST = 50
"""Contacts in one message, at most; WhatsApp lets people choose far fewer."""


def contact_contents(message: Node) -> list[Content]:
    """One per contact, in order. Raises ``Anomalous``."""
    contents = [_content(card) for card in message.nodes("contacts")]
    if not 0 < len(contents) <= MOST:
        raise Anomalous(f"{message.path}.contacts", "none, or too many")
    return contents


def _content(card: Node) -> Content:
    """A card without a phone is told in words: there is nothing to call."""
    names = card.maybe_node("name")
    full, first, last = (
        names.maybe_text(part) if names is not None else None for part in ("formatted_name", "first_name", "last_name")
    )
    shown, phones = clean_name(full, first, last), _all(card, "phones", "phone")
    if not phones:
        words = "\n".join([shown, *_all(card, "emails", "email")])
        return Content(MessageKind.UNSUPPORTED, words, label="contact")
    phone = to_e164(phones[0]) or phones[0]
    contact = SharedContact(phone, clean_name(first, shown), last, vcard=_vcard(card, shown, phones))
    return Content(MessageKind.CONTACT, contact=contact)


def _all(card: Node, name: str, field: str) -> list[str]:
    return [text for text in (item.maybe_text(field) for item in card.nodes(name)) if text]


def _vcard(card: Node, name: str, phones: list[str]) -> str | None:
    """Everything that has a place in a vCard (3.0), where there is more than a name and a number."""
    emails, company = _all(card, "emails", "email"), card.maybe_node("org")
    firm = (company.maybe_text("company") or "") if company is not None else ""
    if len(phones) == 1 and not emails and not firm:
        return None
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{_line(name)}"]
    lines += [f"TEL:{_line(phone)}" for phone in phones]
    lines += [f"EMAIL:{_line(email)}" for email in emails]
    lines += [f"ORG:{_line(firm)}"] if firm else []
    return "\n".join([*lines, "END:VCARD"])


def _line(text: str) -> str:
    for char in ("\\", ",", ";"):
        text = text.replace(char, f"\\{char}")
    return " ".join(text.split())


def to_contact(contact: SharedContact) -> Mapping[str, object]:
    """As the API wants it: one entry of ``contacts``."""
    full = clean_name(f"{contact.first_name} {contact.last_name or ''}")
    name = {"formatted_name": full, "first_name": contact.first_name or NO_NAME}
    if contact.last_name:
        name["last_name"] = contact.last_name
    return {"name": name, "phones": [{"phone": contact.phone, "type": "CELL"}]}
