"""Incoming leads over the API."""

from __future__ import annotations

from typing import Any

from . import incoming
from .call import Call
from .changes import Change, read_change, stage
from .entities import COMPANIES, CONTACTS, INCOMING, LEADS, Lead, Unsorted
from .errors import bad_request, invalid_field, not_found
from .filters import in_order, values, within
from .metadata import CATEGORIES, CHATS, read_metadata
from .reading import NO_CHOICE, Reader
from .views import links, unsorted_embedded, unsorted_view

Json = dict[str, Any]

FILTERS = {"uid", "category", "pipeline_id", "created_at"}


def create_unsorted(call: Call) -> Json:
    """`POST leads/unsorted/forms` and `…/sip`. Again, `request_id` is only echoed."""
    made = []
    for request_id, (about, lead, contacts, companies) in call.batch(lambda reader: _read(call, reader)):
        pipeline = call.world.pipelines[about.pop("pipeline_id", None) or call.world.main.id]
        item = incoming.add(call.world, pipeline, about, lead, contacts, companies)
        view: Json = {"uid": item.uid, "account_id": call.world.account_id, "request_id": request_id}
        view |= links(call.world, f"leads/unsorted/{item.uid}")
        made.append(view | {"_embedded": unsorted_embedded(call.world, item)})
    return {"_total_items": len(made)} | call.made("unsorted", made)


def _read(call: Call, reader: Reader) -> tuple[Json, Change, list[Change], list[Change]]:
    reader.only("request_id", "source_name", "source_uid", "pipeline_id", "created_at", "_embedded", "metadata")
    category = call.path["category"]
    about: Json = {name: reader.text(name, required=True) for name in ("source_name", "source_uid")}
    about |= {"category": category, "pipeline_id": reader.whole("pipeline_id", among=call.world.pipelines.keys())}
    about |= {"created_at": reader.whole("created_at") or call.world.now()}
    about |= {"metadata": read_metadata(reader.inner("metadata", required=True), category)}
    embedded = reader.inner("_embedded", required=True)
    found = {kind: [_new(call, kind, item) for item in embedded.many(kind)] for kind in (LEADS, CONTACTS, COMPANIES)}
    if "_embedded" in reader and not any(found.values()):
        reader.missing("_embedded.leads")
    if len(found[LEADS]) > 1:
        embedded.wrong("leads", "TooMany", "This collection should contain 1 element or less.")
    return about, next(iter(found[LEADS]), Change()), found[CONTACTS], found[COMPANIES]


def _new(call: Call, kind: str, item: Reader) -> Change:
    return read_change(call.world, kind, item)


def list_unsorted(call: Call) -> Json | None:
    """`GET leads/unsorted`."""
    wanted = call.filters
    if wanted.keys() - FILTERS:
        raise bad_request(f"unknown filters {sorted(wanted.keys() - FILTERS)}")
    found = [item for item in call.world.unsorted.values() if _fits(item, wanted)]
    return call.page("unsorted", in_order(call, found), lambda item: unsorted_view(call.world, item))


def _fits(item: Unsorted, wanted: Json) -> bool:
    exact = all(
        str(getattr(item, name)) in values(wanted[name])
        for name in ("uid", "category", "pipeline_id")
        if name in wanted
    )
    return exact and ("created_at" not in wanted or within(wanted["created_at"], item.created_at))


def summary(call: Call) -> Json:
    """`GET leads/unsorted/summary`: counts of those that wait."""
    waiting = list(call.world.unsorted.values())
    counts = {name: {"total": sum(item.category == name for item in waiting)} for name in CATEGORIES}
    return {"total": len(waiting), "accepted": 0, "declined": 0, "average_sort_time": 0, "categories": counts}


def get_unsorted(call: Call) -> Json:
    """`GET leads/unsorted/{uid}`; 404 once it is accepted or declined."""
    return unsorted_view(call.world, _item(call))


def accept(call: Call) -> Json:
    """`POST leads/unsorted/{uid}/accept`; without a stage it goes to the first one of its pipeline."""
    item, world = _item(call), call.world
    user_id, status_id = call.one(lambda reader: _read_accept(call, reader))
    status_id = status_id or world.pipelines[item.pipeline_id].first.id
    found = stage(world, status_id, item.pipeline_id) or stage(world, status_id, None)
    if found is None or found[1].type == INCOMING:
        raise invalid_field("NotSupportedChoice", "status_id", NO_CHOICE)
    view, by = _ended(call, item, {"pipeline_id": found[0].id}), user_id or call.by
    incoming.accept(world, item, by, status_id, found[0].id, by)
    return view


def _read_accept(call: Call, reader: Reader) -> tuple[int | None, int | None]:
    reader.only("user_id", "status_id")
    users = {user.id for user in call.world.users.values() if user.is_active}
    return reader.whole("user_id", among=users), reader.whole("status_id")


def decline(call: Call) -> Json:
    """`DELETE leads/unsorted/{uid}/decline`; the body is optional."""
    item = _item(call)
    call.body = call.body or {}
    user_id, _status = call.one(lambda reader: _read_accept(call, reader))
    view = _ended(call, item, {})
    incoming.decline(call.world, item, user_id or call.by)
    return view


def link(call: Call) -> Json:
    """`POST leads/unsorted/{uid}/link`: chats and mail only, to a lead."""
    item = _item(call)
    if item.category not in (CHATS, "mail"):
        raise bad_request(f"unsorted of category {item.category} can't be linked")
    lead = call.one(lambda reader: _read_link(call, reader))
    view = _ended(call, item, {})
    if lead is not None:
        incoming.link(call.world, item, lead, call.by)
    return view


def _read_link(call: Call, reader: Reader) -> Lead | None:
    reader.only("link", "user_id")
    target = reader.inner("link", required=True)
    target.only("entity_id", "entity_type", "metadata")
    target.text("entity_type", required=True, among=(LEADS,))
    open_leads = [lead.id for lead in call.world.leads.values() if not lead.is_deleted]
    return call.world.leads.get(target.whole("entity_id", required=True, among=open_leads) or 0)


def _item(call: Call) -> Unsorted:
    item = call.world.unsorted.get(call.path["uid"])
    if item is None:
        raise not_found()
    return item


def _ended(call: Call, item: Unsorted, more: Json) -> Json:
    names = ("uid", "pipeline_id", "category", "created_at")
    view: Json = {name: getattr(item, name) for name in names}
    return view | more | {"_embedded": unsorted_embedded(call.world, item)}
