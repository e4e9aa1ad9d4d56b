"""`POST leads/complex`: a lead with its contact and its company at once; with `metadata` it is an incoming lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from . import incoming
from .acting import create, update
from .call import Call
from .changes import Change, read_change, stage
from .entities import COMPANIES, CONTACTS, LEADS, Contact, Pipeline
from .metadata import FORMS, SIP, read_metadata
from .reading import Reader
from .world import World

Json = dict[str, Any]

MOST = 50
# `_embedded` of the lead itself; contacts and companies are read apart, since they are new here.
LEAD_EMBEDDED = ("tags", "source")


@dataclass(slots=True)
class Deal:
    """What one item asks for."""

    lead: Change
    contact: Change | None
    company: Change | None
    category: str
    metadata: Json


def create_complex(call: Call) -> list[Json]:
    """Answers an array, unlike the others."""
    return [_make(call, request_id, deal) for request_id, deal in call.batch(lambda r: _read(call, r), MOST)]


def _read(call: Call, reader: Reader) -> Deal:
    embedded = reader.inner("_embedded")
    kept = {name: value for name, value in embedded.values.items() if name in LEAD_EMBEDDED}
    own = Reader(reader.values | {"_embedded": kept}, reader.path, reader.errors, reader.strict)
    deal = Deal(read_change(call.world, LEADS, own), None, None, "", {})
    deal.contact, deal.company = _only(call, embedded, CONTACTS), _only(call, embedded, COMPANIES)
    if "metadata" in embedded:
        metadata = embedded.inner("metadata")
        deal.category = metadata.text("category", required=True, among=(FORMS, SIP)) or FORMS
        deal.metadata = read_metadata(metadata, deal.category)
    return deal


def _only(call: Call, embedded: Reader, kind: str) -> Change | None:
    """At most one: an existing one by its id, or a new one."""
    found = embedded.many(kind)
    if len(found) > 1:
        embedded.wrong(kind, "TooMany", "This collection should contain 1 element or less.")
    if not found:
        return None
    change = read_change(call.world, kind, found[0])
    if change.id is not None and change.id not in call.world.cards(kind):
        found[0].no_choice("id")
    return change


def _make(call: Call, request_id: str, deal: Deal) -> Json:
    world = call.world
    merged = False
    if deal.contact is not None and deal.contact.id is None and world.options.duplicate_control:
        twin = _twin(world, deal.contact)
        merged, deal.contact.id = twin is not None, twin.id if twin is not None else None
    lead_id, contact_id, company_id = _incoming(call, deal) if deal.category else _plain(call, deal)
    answer = {"id": lead_id, "contact_id": contact_id, "company_id": company_id}
    return answer | {"request_id": [request_id], "merged": merged}


def _plain(call: Call, deal: Deal) -> tuple[int, int | None, int | None]:
    contact_id = _made(call, CONTACTS, deal.contact)
    company_id = _made(call, COMPANIES, deal.company)
    deal.lead.contact_ids = [contact_id] if contact_id else []
    deal.lead.company_ids = [company_id] if company_id else []
    return create(call.world, LEADS, deal.lead, call.by).id, contact_id, company_id


def _made(call: Call, kind: str, change: Change | None) -> int | None:
    if change is None:
        return None
    if change.id is None:
        return create(call.world, kind, change, call.by).id
    update(call.world, call.world.cards(kind)[change.id], change, call.by)
    return change.id


def _incoming(call: Call, deal: Deal) -> tuple[int, int | None, int | None]:
    world = call.world
    known = world.contacts.get(deal.contact.id or 0) if deal.contact is not None else None
    about = {"category": deal.category, "source_name": deal.metadata.get("form_name") or deal.category}
    about |= {"source_uid": deal.metadata.get("form_id") or "", "metadata": deal.metadata}
    contacts = [deal.contact] if deal.contact is not None and known is None else []
    companies = [deal.company] if deal.company is not None else []
    item = incoming.add(world, _pipeline(world, deal.lead), about, deal.lead, contacts, companies, known)
    return item.lead_id, next(iter(item.contact_ids), None), next(iter(item.company_ids), None)


def _pipeline(world: World, lead: Change) -> Pipeline:
    """Of the stage that was named; the main one otherwise."""
    found = stage(world, lead.attrs.get("status_id", 0), lead.attrs.get("pipeline_id"))
    return found[0] if found is not None else world.main


def _twin(world: World, change: Change) -> Contact | None:
    """A contact with the same phone or e-mail."""
    wanted = {_bare(item["value"]) for given in change.values.values() for item in given}
    for contact in world.contacts.values():
        has = {_bare(item["value"]) for given in contact.values.values() for item in given}
        if not contact.is_deleted and not contact.is_unsorted and wanted & has:
            return contact
    return None


def _bare(value: Any) -> str:
    return re.sub(r"[\s()-]", "", str(value)).lower()
