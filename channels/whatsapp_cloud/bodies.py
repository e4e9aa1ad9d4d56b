"""What staff wrote, as bodies of the Cloud API (PLATFORMS.md B5). Pure."""

from collections.abc import Mapping

from channels.whatsapp_cloud.cards import to_contact
from channels.whatsapp_cloud.media import WITHOUT_CAPTION, api_kind, file_name
from channels.whatsapp_cloud.messages import whole_id
from channels.whatsapp_cloud.people import is_user_id
from channels.whatsapp_cloud.statuses import callback_data
from sales.ids import OutboxId
from sales.messages import Content, MessageKind, TemplateUse

Body = Mapping[str, object]

_SECTIONS = ("header", "body")


def to_send(address: str, row_id: OutboxId | None, reply_to: str | None, said: Body) -> Body:
    """A message: to whom, what it answers, and what brings its statuses back to the row it is."""
    context = {"context": {"message_id": whole_id(reply_to)}} if reply_to is not None else {}
    back = {"biz_opaque_callback_data": callback_data(row_id)} if row_id is not None else {}
    return {**_to(address), **context, **said, **back}


def to_react(address: str, external_id: str, emoji: str | None) -> Body:
    """No emoji takes it back. Its statuses are nobody's business."""
    reaction = {"message_id": whole_id(external_id), "emoji": emoji or ""}
    return {**_to(address), "type": "reaction", "reaction": reaction}


def to_mark_read(external_id: str) -> Body:
    """And show that somebody is typing, for as long as it takes, 25 s at most."""
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": whole_id(external_id),
        "typing_indicator": {"type": "text"},
    }


def _to(address: str) -> Body:
    """Digits are a number; a user id has a field of its own."""
    to = {"recipient" if is_user_id(address) else "to": address}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to}


def say(content: Content, media_id: str | None) -> Body:
    """What it says. ``media_id`` is given for what has a file."""
    place, contact = content.location, content.contact
    if content.template is not None:
        return {"type": "template", "template": _template(content.template)}
    if media_id is not None:
        kind = api_kind(content.kind)
        return {"type": kind, kind: {"id": media_id, **_beside(content)}}
    if place is not None:
        named = {"name": place.title, "address": place.address or place.title} if place.title else {}
        return {"type": "location", "location": {"latitude": place.latitude, "longitude": place.longitude, **named}}
    if contact is not None:
        return {"type": "contacts", "contacts": [to_contact(contact)]}
    return say_text(content.text)


def say_text(text: str) -> Body:
    return {"type": "text", "text": {"body": text, "preview_url": "https://" in text or "http://" in text}}


def _beside(content: Content) -> Body:
    beside: dict[str, object] = {}
    if content.text and content.kind not in WITHOUT_CAPTION:
        beside["caption"] = content.text
    if content.kind is MessageKind.DOCUMENT:
        beside["filename"] = file_name(content)
    if content.kind is MessageKind.VOICE:
        beside["voice"] = True
    return beside


def _template(use: TemplateUse) -> Body:
    """Places are ``header.1``, ``body.name``, ``button.0.1`` (of a link) and ``button.0.coupon_code``."""
    components: list[Body] = []
    for section in _SECTIONS:
        values = [(name, value) for name, value in _of(use, section)]
        if values:
            components.append({"type": section, "parameters": [_parameter(name, value) for name, value in values]})
    for place, value in _of(use, "button"):
        components.append(_button(place, value))
    return {"name": use.name, "language": {"code": use.language}, **({"components": components} if components else {})}


def _of(use: TemplateUse, section: str) -> list[tuple[str, str]]:
    split = [(place.partition("."), value) for place, value in use.parameters]
    return [(name, value) for (first, _, name), value in split if first == section]


def _parameter(name: str, value: str) -> Body:
    return {"type": "text", "text": value} if name.isdecimal() else _named(name, value)


def _named(name: str, value: str) -> Body:
    return {"type": "text", "parameter_name": name, "text": value}


def _button(place: str, value: str) -> Body:
    index, _, name = place.partition(".")
    if name == "coupon_code":
        parameter = {"type": "coupon_code", "coupon_code": value}
        return {"type": "button", "sub_type": "copy_code", "index": index, "parameters": [parameter]}
    return {"type": "button", "sub_type": "url", "index": index, "parameters": [{"type": "text", "text": value}]}
