"""What may be sent: every body of `POST /{phone_number_id}/messages`, checked field by field.

Limits: Meta's reference of messages. Nothing here knows who is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .checks import Fields
from .errors import GraphError, invalid
from .ids import BSUID, PHONE, WAMID
from .interactive import check_interactive
from .media import KINDS

Json = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_TRACKER = 512

_TOP = (
    "messaging_product recipient_type to recipient type context biz_opaque_callback_data recipient_identity_key_hash "
    "text image audio video document sticker location contacts reaction interactive template"
)
_CONTACT = "name phones emails addresses org urls birthday"
_NAME = "formatted_name first_name last_name middle_name suffix prefix"
_ONLY_RECEIVED = ("order", "system", "unsupported", "button", "edit", "revoke", "poll")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A body that passed. `to`: digits or BSUID as given. `content` is the object named as `type`."""

    to: str
    type: str
    content: Any
    reply_to: str
    tracker: str


def read(body: Any, strict: bool) -> Outgoing:
    """Check a body. Raises GraphError with what Meta would answer."""
    kind = str(body.get("type")) if isinstance(body, dict) else ""
    fields = Fields(body, "", f"{_TOP} {kind}", strict)
    for name in ("messaging_product", "type"):
        if name not in fields:
            raise GraphError(100, message=f"(#100) The parameter {name} is required.")
    if fields.value["messaging_product"] != "whatsapp":
        raise GraphError(100, message="(#100) Param messaging_product must be one of {WHATSAPP}.")
    if fields.value.get("recipient_type", "individual") != "individual":
        raise invalid("The stand-in has no groups: recipient_type must be individual.")
    tracker = fields.text("biz_opaque_callback_data", MAX_TRACKER, "")
    return Outgoing(_recipient(fields), kind, _content(fields, kind), _context(fields), tracker)


def _recipient(fields: Fields) -> str:
    to = fields.value.get("to") or fields.value.get("recipient")
    if not to:
        raise GraphError(100, message="(#100) The parameter to is required.")
    to = str(to)
    if "to" in fields and fields.value["to"]:
        if not PHONE.match(to):
            raise invalid("Recipient phone number is not a valid phone number.")
    elif not BSUID.match(to):
        raise invalid("Recipient is not a business-scoped user ID.")
    return to


def _context(fields: Fields) -> str:
    if "context" not in fields:
        return ""
    message_id = fields.inner("context", "message_id").text("message_id", 512)
    if not WAMID.match(message_id):
        raise invalid("context['message_id'] is not a message ID.")
    return message_id


def _content(fields: Fields, kind: str) -> Any:
    if kind in _ONLY_RECEIVED:
        raise GraphError(131051, f"Message type {kind} can't be sent.")
    check = _CHECKS.get(kind)
    if check is None:
        known = ", ".join(sorted(name.upper() for name in _CHECKS))
        raise GraphError(100, message=f'(#100) Param type must be one of {{{known}}} - got "{kind}".')
    others = [name for name in _CHECKS if name != kind and name in fields]
    if others and fields.strict:
        raise GraphError(100, f"Param {others[0]} does not belong to type {kind}.")
    check(fields)
    return fields.need(kind)


def _text(fields: Fields) -> None:
    text = fields.inner("text", "body preview_url")
    text.text("body", MAX_TEXT)
    text.flag("preview_url")


def _media(kind: str) -> Callable[[Fields], None]:
    def check(fields: Fields) -> None:
        extra = {"document": " filename", "audio": " voice"}.get(kind, "")
        media = fields.inner(kind, "id link" + (" caption" if KINDS[kind].captioned else "") + extra)
        if ("id" in media) == ("link" in media):
            raise GraphError(100, f"Param {kind} must have exactly one of id and link.")
        if "link" in media and not media.text("link", 2048).startswith(("http://", "https://")):
            raise invalid(f"{kind}['link'] is not a valid URI.")
        media.text("caption", MAX_CAPTION, "")
        media.text("filename", 240, "")
        media.flag("voice")

    return check


def _location(fields: Fields) -> None:
    location = fields.inner("location", "latitude longitude name address")
    location.number("latitude", -90, 90)
    location.number("longitude", -180, 180)
    location.text("name", 1000, "")
    location.text("address", 1000, "")


def _contacts(fields: Fields) -> None:
    for contact in fields.each("contacts", _CONTACT):
        name = contact.inner("name", _NAME)
        name.text("formatted_name", 1000)
        if len(name.value) < 2:
            raise GraphError(131009, "Contact name: at least one more part than formatted_name is required.")
        for phone in contact.each("phones", "phone type wa_id") if "phones" in contact else []:
            phone.text("phone", 100)


def _reaction(fields: Fields) -> None:
    reaction = fields.inner("reaction", "message_id emoji")
    if not WAMID.match(reaction.text("message_id", 512)):
        raise invalid("reaction['message_id'] is not a message ID.")
    emoji = reaction.need("emoji")
    if not isinstance(emoji, str) or len(emoji) > 16 or (emoji and emoji.isascii()):
        raise invalid("reaction['emoji'] is not an emoji.")


def _interactive(fields: Fields) -> None:
    check_interactive(fields)


def _template(fields: Fields) -> None:
    template = fields.inner("template", "name language components namespace")
    template.text("name", 512)
    template.inner("language", "code policy").text("code", 15)
    if "components" in template:
        for part in (
            template.each("components", "type sub_type index parameters") if template.value["components"] else []
        ):
            part.text("type", 20)


_CHECKS: dict[str, Callable[[Fields], None]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "interactive": _interactive,
    "template": _template,
    **{kind: _media(kind) for kind in KINDS},
}
