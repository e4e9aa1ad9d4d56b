"""What a WhatsApp message says, in the neutral form. Pure: a message of WAHA's goes in, ``Content`` comes out.

WAHA tells only whether there is a file and of which type; what kind of message it is, engines tell in ``_data``
(GOWS ``Message``, NOWEB ``message``, WEBJS ``type``). Where they don't, the type has to do.
"""

import re
from collections.abc import Mapping

from channels.phones import to_e164
from channels.reading import Anomalous, Node
from channels.text import clean
from sales.messages import Content, Location, MessageKind, RemoteFile, SharedContact

NOT_LOADED = "file_not_loaded"
UNSUPPORTED_LABELS = ("poll", "event", NOT_LOADED, "unknown")
"""Every label a message of this platform can carry, for whoever has to have words for them."""

_FILES = {
    "imageMessage": MessageKind.PHOTO,
    "videoMessage": MessageKind.VIDEO,
    "ptvMessage": MessageKind.VIDEO_NOTE,
    "audioMessage": MessageKind.AUDIO,
    "documentMessage": MessageKind.DOCUMENT,
    "documentWithCaptionMessage": MessageKind.DOCUMENT,
    "stickerMessage": MessageKind.STICKER,
    "image": MessageKind.PHOTO,
    "video": MessageKind.VIDEO,
    "ptv": MessageKind.VIDEO_NOTE,
    "gif": MessageKind.ANIMATION,
    "audio": MessageKind.AUDIO,
    "ptt": MessageKind.VOICE,
    "document": MessageKind.DOCUMENT,
    "sticker": MessageKind.STICKER,
}
_BY_TYPE = {"image": MessageKind.PHOTO, "video": MessageKind.VIDEO, "audio": MessageKind.AUDIO}
_LABELS = {
    "pollCreationMessage": "poll",
    "pollCreationMessageV2": "poll",
    "pollCreationMessageV3": "poll",
    "poll_creation": "poll",
    "eventMessage": "event",
    "event_creation": "event",
}
_SERVICE_KINDS = (
    "protocolMessage senderKeyDistributionMessage reactionMessage encReactionMessage pollUpdateMessage "
    "keepInChatMessage pinInChatMessage encEventResponseMessage secretEncryptedMessage albumMessage "
    "e2e_notification notification notification_template gp2 call_log ciphertext protocol revoked album"
)
_SERVICE = frozenset(_SERVICE_KINDS.split())
"""What WhatsApp tells its own programs rather than somebody somebody."""
_VCARD_LIMIT = 16 * 1024
_MOST_VCARDS = 20
_PHONE_LINE = re.compile(r"^TEL[^:\n]*:\s*(\S[^\n]*)$", re.MULTILINE | re.IGNORECASE)
_NAME_LINE = re.compile(r"^FN[^:\n]*:\s*(\S[^\n]*)$", re.MULTILINE | re.IGNORECASE)


def read_content(message: Node, held_by: str, about: str) -> Content | None:
    """``about`` is the message's full name, by which its file can be asked for again. ``None``: it says nothing.

    Raises ``Anomalous``.
    """
    hints = _hints(message)
    if message.maybe_node("location") is not None:
        return Content(MessageKind.LOCATION, location=_location(message.node("location")))
    cards = [_contact(card) for card in _vcards(message)]
    if cards:
        further = "\n".join(f"{card.first_name} {card.phone}" for card in cards[1:])
        return Content(MessageKind.CONTACT, further, contact=cards[0])
    if message.flag("hasMedia"):
        return _file(message, hints, held_by, about)
    return _words(message, hints)


def _words(message: Node, hints: frozenset[str]) -> Content | None:
    text = message.maybe_text("body") or ""
    label = next((_LABELS[hint] for hint in sorted(hints) if hint in _LABELS), None)
    if label is not None:
        return Content(MessageKind.UNSUPPORTED, text, label=label)
    if text:
        return Content(MessageKind.TEXT, text)
    if hints & _SERVICE:
        return None
    label = NOT_LOADED if hints & _FILES.keys() else "unknown"
    return Content(MessageKind.UNSUPPORTED, label=label)


def _file(message: Node, hints: frozenset[str], held_by: str, about: str) -> Content:
    """``hasMedia`` without ``media`` happens: the gateway did not load it, or failed to."""
    caption = message.maybe_text("body") or ""
    media = message.maybe_node("media")
    url = media.maybe_text("url") if media is not None else None
    if media is None or url is None:
        return Content(MessageKind.UNSUPPORTED, caption, label=NOT_LOADED)
    mime, name = media.maybe_text("mimetype"), media.maybe_text("filename")
    kind = _kind(hints, mime or "", name)
    file = RemoteFile(held_by, f"{url}#{about}", mime=mime, file_name=name, unique_id=about.split("_")[2])
    return Content(kind, "" if kind is MessageKind.STICKER else caption, file=file)


def _kind(hints: frozenset[str], mime: str, name: str | None) -> MessageKind:
    told = next((_FILES[hint] for hint in sorted(hints) if hint in _FILES), None)
    if told is MessageKind.VIDEO and "gifPlayback" in hints:
        return MessageKind.ANIMATION
    if told is MessageKind.AUDIO and ("PTT" in hints or _is_voice(mime)):
        return MessageKind.VOICE
    if told is not None:
        return told
    if name:
        return MessageKind.DOCUMENT
    if mime == "image/webp":
        return MessageKind.STICKER
    return MessageKind.VOICE if _is_voice(mime) else _BY_TYPE.get(mime.partition("/")[0], MessageKind.DOCUMENT)


def _is_voice(mime: str) -> bool:
    """What WhatsApp's own programs record."""
    return mime.replace(" ", "").startswith("audio/ogg;codecs=opus")


def _hints(message: Node) -> frozenset[str]:
    """Names of kinds in what the engine adds. Never raises: it may be anything."""
    data = message.fields.get("_data")
    if not isinstance(data, Mapping):
        return frozenset()
    hints = {data["type"]} if isinstance(data.get("type"), str) else set()
    if data.get("isGif") is True:
        hints.add("gifPlayback")
    for inner in (data.get("Message"), data.get("message")):
        if isinstance(inner, Mapping):
            hints |= _kinds_in(inner)
    return frozenset(hints)


def _kinds_in(inner: Mapping[object, object]) -> set[str]:
    found: set[str] = set()
    for name, value in inner.items():
        if not isinstance(name, str) or not isinstance(value, Mapping):
            continue
        found.add(name)
        if value.get("PTT") is True or value.get("ptt") is True:
            found.add("PTT")
        if value.get("gifPlayback") is True:
            found.add("gifPlayback")
    return found


def _location(node: Node) -> Location:
    """Coordinates come as texts (WAHA's swagger) or as numbers."""
    title, address = node.maybe_text("name") or node.maybe_text("description"), node.maybe_text("address")
    return Location(_degrees(node, "latitude"), _degrees(node, "longitude"), title or None, address or None)


def _degrees(node: Node, name: str) -> float:
    value = node.fields.get(name)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError as error:
            raise Anomalous(f"{node.path}.{name}", "not an angle") from error
    return Node({name: value}, node.path).degrees(name)


def _vcards(message: Node) -> list[str]:
    cards = message.fields.get("vCards") or []
    if not isinstance(cards, list) or not all(isinstance(card, str) for card in cards):
        raise Anomalous(f"{message.path}.vCards", "not texts")
    return [clean(card)[:_VCARD_LIMIT] for card in cards[:_MOST_VCARDS]]


def _contact(card: str) -> SharedContact:
    phone, name = _PHONE_LINE.search(card), _NAME_LINE.search(card)
    written = phone[1].strip() if phone else ""
    return SharedContact(to_e164(written) or written, name[1].strip() if name else "?", vcard=card)
