"""What a WhatsApp message says, in the neutral form. Pure: a raw message goes in, ``Content`` comes out.

``interactive`` may come without its object, and types nobody knows do come (PLATFORMS.md B2): each becomes
``unsupported``, with whatever words there are, rather than nothing.
"""

from collections.abc import Callable

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.cards import contact_contents
from channels.whatsapp_cloud.client import reason
from sales.messages import Content, Location, MessageKind, Referral, RemoteFile

UNSUPPORTED_LABELS = ("order", "form", "call_permission", "poll", "elsewhere", "contact", "unknown")
"""Every label a message of this platform can carry, for whoever has to have words for them."""

_FILES = {
    "image": MessageKind.PHOTO,
    "video": MessageKind.VIDEO,
    "document": MessageKind.DOCUMENT,
    "audio": MessageKind.AUDIO,
    "voice": MessageKind.VOICE,
    "sticker": MessageKind.STICKER,
}
_POLLS = frozenset({"pool", "poll", "poll_creation"})
"""Types of what is unsupported; the first is how Meta spells it."""


def read_contents(message: Node, held_by: str) -> list[Content]:
    """One, or several for a message that shares several contacts. Raises ``Anomalous``."""
    kind = message.text("type")
    if kind == "contacts":
        return contact_contents(message)
    if kind in _FILES:
        return [_file(message, kind, held_by)]
    read = _READERS.get(kind)
    return [read(message) if read is not None else _unknown(message)]


def read_referral(message: Node) -> Referral | None:
    """The advertisement behind a first message, or the product that a question is about."""
    advertisement = message.maybe_node("referral")
    if advertisement is not None:
        return Referral(
            advertisement.maybe_text("source_url"),
            advertisement.maybe_text("source_id"),
            advertisement.maybe_text("headline"),
            advertisement.maybe_text("body"),
            advertisement.maybe_text("ctwa_clid"),
        )
    context = message.maybe_node("context")
    product = context.maybe_node("referred_product") if context is not None else None
    if product is None:
        return None
    return Referral(source_id=product.maybe_text("catalog_id"), headline=product.maybe_text("product_retailer_id"))


def _text(message: Node) -> Content:
    return Content(MessageKind.TEXT, message.node("text").text("body"))


def _file(message: Node, kind: str, held_by: str) -> Content:
    """``sha256`` is the same for the same file, while its id is another one each time it is told of."""
    node = message.node(kind)
    found = MessageKind.VOICE if kind == "audio" and node.flag("voice") else _FILES[kind]
    remote = RemoteFile(
        held_by,
        node.text("id"),
        mime=node.maybe_text("mime_type"),
        file_name=node.maybe_text("filename"),
        unique_id=node.maybe_text("sha256"),
    )
    return Content(found, node.maybe_text("caption") or "", file=remote)


def _location(message: Node) -> Content:
    node = message.node("location")
    place = Location(
        node.degrees("latitude"), node.degrees("longitude"), node.maybe_text("name"), node.maybe_text("address")
    )
    return Content(MessageKind.LOCATION, location=place)


def _button(message: Node) -> Content:
    """The quick reply of a template: what the button says is what the client says."""
    return Content(MessageKind.TEXT, message.node("button").text("text"))


def _interactive(message: Node) -> Content:
    node = message.maybe_node("interactive")
    if node is None:
        return _unknown(message)
    for name in ("button_reply", "list_reply"):
        reply = node.maybe_node(name)
        if reply is not None:
            lines = (reply.text("title"), reply.maybe_text("description"))
            return Content(MessageKind.TEXT, "\n".join(line for line in lines if line))
    form = node.maybe_node("nfm_reply")
    if form is not None:
        words = (form.maybe_text("body"), form.maybe_text("response_json"))
        return Content(MessageKind.UNSUPPORTED, "\n".join(line for line in words if line), label="form")
    permission = node.maybe_node("call_permission_reply")
    if permission is not None:
        return Content(MessageKind.UNSUPPORTED, permission.maybe_text("response") or "", label="call_permission")
    return _unknown(message)


def _order(message: Node) -> Content:
    order = message.node("order")
    lines = [_ordered(item) for item in order.nodes("product_items")]
    note = order.maybe_text("text")
    return Content(MessageKind.UNSUPPORTED, "\n".join([*lines, *([note] if note else [])]), label="order")


def _ordered(item: Node) -> str:
    """``3 × HAMBURGER, 30 ILS``."""
    amounts = (_amount(item, "quantity"), _amount(item, "item_price"))
    price = " ".join(part for part in (amounts[1], item.maybe_text("currency")) if part)
    what = f"{amounts[0] or '?'} × {item.maybe_text('product_retailer_id') or '?'}"
    return f"{what}, {price}" if price else what


def _amount(item: Node, name: str) -> str:
    """A number, whole or not; Meta was seen to send both, and texts."""
    value = item.fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or len(str(value)) > 40:
        raise Anomalous(f"{item.path}.{name}", "not an amount")
    return item.text(name) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _unsupported(message: Node) -> Content:
    """WhatsApp has such a message, and its business API has not."""
    node = message.maybe_node("unsupported")
    label = "poll" if node is not None and node.fields.get("type") in _POLLS else "unknown"
    return Content(MessageKind.UNSUPPORTED, _said(message) if label == "unknown" else "", label=label)


def _elsewhere(message: Node) -> Content:
    """A file of a time before the connection: it is on the phone, or it comes by itself."""
    return Content(MessageKind.UNSUPPORTED, label="elsewhere")


def _unknown(message: Node) -> Content:
    """A type that is new: the words it may have are better than none."""
    node = message.fields.get(message.text("type"))
    words = node.get("body") or node.get("caption") or node.get("text") if isinstance(node, dict) else None
    return Content(MessageKind.UNSUPPORTED, reason(words) or _said(message), label="unknown")


def _said(message: Node) -> str:
    """Meta's own words about what it does not tell."""
    errors = message.fields.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    data = first.get("error_data") if isinstance(first, dict) else None
    return reason(data.get("details") if isinstance(data, dict) else None)


_READERS: dict[str, Callable[[Node], Content]] = {
    "text": _text,
    "location": _location,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "unsupported": _unsupported,
    "media_placeholder": _elsewhere,
}
