"""What Kommo is sent. Pure. Times are whole seconds there."""

from collections.abc import Sequence

from crm.kommo.mapping import LOST
from sales.clients import IdentityKind
from sales.ports.crm import CrmError, LeadDraft

MARK_CODE = "DIBS"
"""The code of our field on leads."""
LONGEST_NAME = 255
TEST_TAG = "dibs-test"

Json = dict[str, object]


def to_kommo_id(value: str | None, what: str) -> int:
    """Raises ``CrmError`` for what is no id of Kommo's."""
    if value is None or not value.isascii() or not value.isdecimal():
        raise CrmError(f"no such {what}: {value}")
    return int(value)


def lead(draft: LeadDraft) -> Json:
    """Where no stage is named, Kommo takes the first of the pipeline; where no pipeline is, the main one."""
    body: Json = {**_named(draft), "created_at": draft.created_at // 1000}
    for name, value, what in (
        ("pipeline_id", draft.pipeline_id, "pipeline"),
        ("status_id", draft.stage_id, "stage"),
        ("responsible_user_id", draft.responsible, "user"),
    ):
        if value is not None:
            body[name] = to_kommo_id(value, what)
    return body


def _named(draft: LeadDraft) -> Json:
    """The channel as a tag, our mark in our field."""
    mark: Json = {"field_code": MARK_CODE, "values": [{"value": draft.mark}]}
    body: Json = {"name": draft.title[:LONGEST_NAME], "custom_fields_values": [mark]}
    return body | {"_embedded": {"tags": [{"name": draft.channel_name[:LONGEST_NAME]}]}} if draft.channel_name else body


def lead_of_contact(draft: LeadDraft, contact_id: str) -> Json:
    body = lead(draft)
    return body | {"_embedded": _embedded(body, [{"id": to_kommo_id(contact_id, "contact"), "is_main": True}])}


def lead_with_contact(draft: LeadDraft) -> Json:
    """For ``leads/complex``: both are made by one call, so that a lost answer leaves both or none."""
    body = lead(draft)
    return body | {"_embedded": _embedded(body, [contact(draft)])}


def _embedded(body: Json, contacts: Sequence[Json]) -> Json:
    given = body.get("_embedded")
    return {**(given if isinstance(given, dict) else {}), "contacts": list(contacts)}


def contact(draft: LeadDraft) -> Json:
    body: Json = {"name": (draft.client_name or draft.title)[:LONGEST_NAME]}
    phones = [one.value for one in draft.identities if one.kind is IdentityKind.PHONE]
    if phones:
        values = [{"value": phone, "enum_code": "WORK"} for phone in phones]
        body["custom_fields_values"] = [{"field_code": "PHONE", "values": values}]
    if draft.responsible is not None:
        body["responsible_user_id"] = to_kommo_id(draft.responsible, "user")
    return body


def incoming(draft: LeadDraft) -> Json:
    """Of the category ``forms``: besides calls the only one that is made by hand (PLATFORMS.md D4)."""
    sent_at = draft.created_at // 1000
    body: Json = {
        "source_name": draft.channel_name or "Dibs",
        "source_uid": draft.mark,
        "created_at": sent_at,
        "_embedded": {"leads": [_named(draft)], "contacts": [contact(draft)]},
        "metadata": {
            "form_id": "dibs",
            "form_name": draft.channel_name or "Dibs",
            "form_page": draft.channel_name or "Dibs",
            "form_sent_at": sent_at,
        },
    }
    if draft.pipeline_id is not None:
        body["pipeline_id"] = to_kommo_id(draft.pipeline_id, "pipeline")
    return body


def acceptance(responsible: str | None, stage_id: str) -> Json:
    body: Json = {"status_id": to_kommo_id(stage_id, "stage")}
    return body if responsible is None else body | {"user_id": to_kommo_id(responsible, "user")}


def responsible_user(user_id: str) -> Json:
    return {"responsible_user_id": to_kommo_id(user_id, "user")}


def stage(pipeline_id: str, stage_id: str) -> Json:
    """Both: a stage alone is refused where the pipeline changes, and won and lost are in every pipeline."""
    return {"pipeline_id": to_kommo_id(pipeline_id, "pipeline"), "status_id": to_kommo_id(stage_id, "stage")}


def lost(pipeline_id: str | None) -> Json:
    return {"pipeline_id": to_kommo_id(pipeline_id, "pipeline"), "status_id": LOST}


def note(text: str) -> Json:
    return {"note_type": "common", "params": {"text": text}}


MARK_FIELD: Json = {"name": "Dibs", "type": "text", "code": MARK_CODE, "is_api_only": True}
"""Seen on every lead, changed by nobody but us."""
