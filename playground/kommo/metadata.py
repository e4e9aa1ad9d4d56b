"""What incoming leads by forms and calls must say of themselves."""

from __future__ import annotations

from typing import Any

from .reading import Reader

Json = dict[str, Any]

FORMS, SIP, CHATS = "forms", "sip", "chats"
CATEGORIES = (SIP, "mail", FORMS, CHATS)

FORM_TEXTS = ("form_id", "form_name", "form_page")
CALL_TEXTS = ("from", "link", "service_code", "uniq")


def read_metadata(reader: Reader, category: str) -> Json:
    """`metadata` of a form or a call; the optional ones are `ip`, `referer`, `visitor_uid`, `is_call_event_needed`."""
    return _form(reader) if category == FORMS else _call(reader)


def _form(reader: Reader) -> Json:
    reader.only(*FORM_TEXTS, "category", "form_sent_at", "ip", "referer", "visitor_uid")
    found: Json = {name: reader.text(name, required=True) for name in FORM_TEXTS}
    found |= {"form_sent_at": reader.whole("form_sent_at", required=True)}
    return found | {name: reader.text(name) for name in ("ip", "referer", "visitor_uid")}


def _call(reader: Reader) -> Json:
    reader.only(*CALL_TEXTS, "category", "phone", "called_at", "duration", "is_call_event_needed")
    found: Json = {name: reader.text(name, required=name != "uniq") for name in CALL_TEXTS}
    found |= {name: reader.whole(name, required=True) for name in ("called_at", "duration")}
    phone = reader.values.get("phone")
    if phone is None:
        reader.missing("phone")
    return found | {"phone": phone, "is_call_event_needed": reader.flag("is_call_event_needed")}
