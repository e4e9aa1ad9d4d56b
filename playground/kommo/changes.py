"""What a caller wants of a lead, a contact or a company, read and checked; `acting` does it."""

from __future__ import annotations

from dataclasses import dataclass, field

from .entities import COMPANIES, CONTACTS, INCOMING, LEADS, LOST, WON, Card, Lead, Pipeline, Status
from .errors import Json
from .field_values import read_values
from .reading import Reader
from .world import World

COMMON = ("id", "name", "responsible_user_id", "created_by", "updated_by", "created_at", "updated_at")
OTHERS = ("custom_fields_values", "tags_to_add", "tags_to_delete", "request_id", "_embedded")
OWN = {
    LEADS: ("price", "status_id", "pipeline_id", "loss_reason_id", "closed_at", "visitor_uid"),
    CONTACTS: ("first_name", "last_name"),
    COMPANIES: (),
}
MOST_FIELDS = 40


@dataclass(slots=True)
class Change:
    """Only what was given. `attrs` are attributes of the card; `tags` replaces them all."""

    id: int | None = None
    attrs: Json = field(default_factory=dict)
    values: dict[int, list[Json]] = field(default_factory=dict)
    tags: list[str] | None = None
    tags_to_add: list[str] = field(default_factory=list)
    tags_to_delete: list[str] = field(default_factory=list)
    contact_ids: list[int] | None = None
    company_ids: list[int] | None = None


def read_change(world: World, kind: str, reader: Reader, card: Card | None = None) -> Change:
    """A change of `card`, or a new one where there is none."""
    reader.only(*COMMON, *OTHERS, *OWN[kind])
    change = Change(reader.whole("id"), _attrs(world, kind, reader), read_values(world, kind, reader))
    if len(change.values) > MOST_FIELDS and card is None:
        reader.wrong("custom_fields_values", "TooMany", f"This collection should contain {MOST_FIELDS} or less.")
    if kind == LEADS:
        _read_stage(world, reader, card, change.attrs)
    change.tags_to_add = _tags(world, kind, reader, "tags_to_add") or []
    change.tags_to_delete = _tags(world, kind, reader, "tags_to_delete") or []
    _read_embedded(world, kind, reader.inner("_embedded"), change, card is None)
    return change


def _attrs(world: World, kind: str, reader: Reader) -> Json:
    users = {user.id for user in world.users.values() if user.is_active}
    attrs: Json = {"name": reader.text("name"), "responsible_user_id": reader.whole("responsible_user_id", among=users)}
    attrs |= {name: reader.whole(name, among=users | {0}) for name in ("created_by", "updated_by")}
    attrs |= {name: reader.whole(name) for name in ("created_at", "updated_at")}
    if kind == LEADS:
        attrs |= {name: reader.whole(name) for name in ("price", "loss_reason_id", "closed_at")}
    if kind == CONTACTS:
        attrs |= {name: reader.text(name) for name in ("first_name", "last_name")}
    return {name: value for name, value in attrs.items() if value is not None}


def _read_stage(world: World, reader: Reader, card: Card | None, attrs: Json) -> None:
    """A stage belongs to a pipeline; who changes the pipeline must name the stage, and nobody moves into Incoming."""
    pipeline_id = reader.whole("pipeline_id", among=world.pipelines.keys())
    status_id = reader.whole("status_id")
    now = card if isinstance(card, Lead) else None
    if status_id is None:
        if now is not None and pipeline_id not in (None, now.pipeline_id):
            reader.missing("status_id")
        elif now is None and pipeline_id is not None:
            attrs |= {"pipeline_id": pipeline_id, "status_id": world.pipelines[pipeline_id].first.id}
        return
    found = stage(world, status_id, pipeline_id or (now.pipeline_id if now is not None else None))
    if found is None or found[1].type == INCOMING:
        reader.no_choice("status_id")
    else:
        attrs |= {"pipeline_id": found[0].id, "status_id": status_id}


def stage(world: World, status_id: int, pipeline_id: int | None) -> tuple[Pipeline, Status] | None:
    """The stage in that pipeline, or in any; won and lost are in all, so without a pipeline the main one is meant."""
    if pipeline_id is None and status_id in (WON, LOST):
        pipeline_id = world.main.id
    for pipeline in world.pipelines.values():
        status = pipeline.status(status_id) if pipeline_id in (None, pipeline.id) else None
        if status is not None:
            return pipeline, status
    return None


def _tags(world: World, kind: str, reader: Reader, name: str) -> list[str] | None:
    """Names of tags, given by name or by id."""
    if name not in reader:
        return None
    found = []
    for item in reader.many(name):
        tag_id, text = item.whole("id", among=world.tags[kind].keys()), item.text("name")
        if tag_id is not None:
            found.append(world.tags[kind][tag_id].name)
        elif text:
            found.append(text)
        else:
            item.missing("name")
    return found


def _read_embedded(world: World, kind: str, reader: Reader, change: Change, new: bool) -> None:
    """Tags; and of a new card what it is linked with, which later only the links' own calls change."""
    reader.only("contacts", "companies", "tags", "metadata", "source", "loss_reason", "leads", "catalog_elements")
    change.tags = _tags(world, kind, reader, "tags")
    if new and kind == LEADS and "contacts" in reader:
        given = reader.many("contacts")
        ids = [(item.whole("id", True, world.contacts.keys()), item.flag("is_main") or False) for item in given]
        change.contact_ids = [number for number, _main in sorted(ids, key=lambda pair: not pair[1]) if number]
    if new and kind != COMPANIES and "companies" in reader:
        found = [item.whole("id", True, world.companies.keys()) for item in reader.many("companies")]
        change.company_ids = [number for number in found if number]
