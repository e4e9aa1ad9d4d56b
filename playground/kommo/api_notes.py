"""Notes of cards."""

from __future__ import annotations

from typing import Any

from .acting import add_note
from .call import Call
from .entities import Note
from .errors import not_found
from .filters import in_order, values, within
from .reading import Reader
from .views import links, note_view

Json = dict[str, Any]

# The parameters of each type: required ones, then others (NoteFactory of the official client).
TYPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "common": (("text",), ()),
    "call_in": (("uniq", "duration", "source", "phone"), ("link", "call_status", "call_result", "call_responsible")),
    "call_out": (("uniq", "duration", "source", "phone"), ("link", "call_status", "call_result", "call_responsible")),
    "service_message": (("service", "text"), ()),
    "extended_service_message": (("service", "text"), ()),
    "message_cashier": (("status", "text"), ("shop", "shop_id")),
    "geolocation": (("text", "address", "longitude", "latitude"), ()),
    "sms_in": (("text", "phone"), ()),
    "sms_out": (("text", "phone"), ()),
    "attachment": (("file_uuid", "file_name"), ("version_uuid",)),
}
WHOLES = ("duration",)
LONGEST = 65_000


def create_notes(call: Call) -> Json:
    """`POST {kind}/notes`, each with its entity_id, or `POST {kind}/{id}/notes`."""
    entity_id = call.card().id if "id" in call.path else None
    made = []
    for request_id, item in call.batch(lambda reader: _read(call, reader, entity_id)):
        about = {name: item[name] for name in ("created_by", "created_at", "responsible_user_id") if item[name]}
        target = entity_id or item["entity_id"]
        note = add_note(call.world, call.kind, target, item["note_type"], item["params"], call.by, **about)
        view: Json = {"id": note.id, "entity_id": target, "request_id": request_id}
        made.append(view | links(call.world, f"{call.kind}/{target}/notes/{note.id}"))
    return call.made("notes", made)


def _read(call: Call, reader: Reader, entity_id: int | None) -> Json:
    names = ("entity_id", "note_type", "params", "created_by", "created_at", "responsible_user_id", "request_id")
    reader.only(*names, "is_need_to_trigger_digital_pipeline", "updated_at", "updated_by")
    alive = {card.id for card in call.world.cards(call.kind).values() if not card.is_deleted}
    note_type = reader.text("note_type", required=True, among=TYPES)
    return {
        "entity_id": reader.whole("entity_id", required=entity_id is None, among=alive),
        "note_type": note_type,
        "params": _params(reader.inner("params", required=True), note_type) if note_type in TYPES else {},
        "created_by": reader.whole("created_by", among=call.world.users.keys() | {0}),
        "responsible_user_id": reader.whole("responsible_user_id", among=call.world.users.keys()),
        "created_at": reader.whole("created_at"),
    }


def _params(reader: Reader, note_type: str) -> Json:
    required, others = TYPES[note_type]
    reader.only(*required, *others)
    for name in required:
        if name in WHOLES:
            reader.whole(name, required=True)
        else:
            reader.text(name, required=True, longest=LONGEST)
    return dict(reader.values)


def list_notes(call: Call) -> Json | None:
    """`GET {kind}/notes` and `GET {kind}/{id}/notes`, filtered by `id`, `note_type`, `updated_at`."""
    entity_id = call.card().id if "id" in call.path else None
    wanted = call.filters
    found = [
        note
        for note in call.world.notes.values()
        if note.kind == call.kind and entity_id in (None, note.entity_id) and _fits(note, wanted)
    ]
    return call.page("notes", in_order(call, found), lambda note: note_view(call.world, note))


def _fits(note: Note, wanted: Json) -> bool:
    exact = all(
        str(getattr(note, name)) in values(wanted[name]) for name in ("id", "note_type", "entity_id") if name in wanted
    )
    return exact and ("updated_at" not in wanted or within(wanted["updated_at"], note.updated_at))


def get_note(call: Call) -> Json | None:
    """`GET {kind}/{id}/notes/{note_id}` and `GET {kind}/notes/{note_id}`; 204 where there is none."""
    note = call.world.notes.get(call.number("note_id"))
    return None if note is None or note.kind != call.kind else note_view(call.world, note)


def update_note(call: Call) -> Json:
    """`PATCH {kind}/{id}/notes/{note_id}`: its parameters."""
    note = call.world.notes.get(call.number("note_id"))
    if note is None or note.kind != call.kind:
        raise not_found()
    item = call.one(lambda reader: _read(call, reader, note.entity_id))
    note.params, note.updated_at = item["params"], call.world.now()
    return {"id": note.id, "entity_id": note.entity_id, "updated_at": note.updated_at} | links(
        call.world, f"{call.kind}/{note.entity_id}/notes/{note.id}"
    )
