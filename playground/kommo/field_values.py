"""Values of custom fields as callers give them, each type by its own rule."""

from __future__ import annotations

from .entities import CustomField
from .errors import Json
from .reading import Reader
from .world import World

TEXT_LONGEST = {"text": 255, "tracking_data": 255, "multitext": 255, "url": 2000, "textarea": 65_000}
WHOLE = ("date", "date_time", "birthday")
CHOICES = ("select", "multiselect", "radiobutton")


def read_values(world: World, kind: str, reader: Reader) -> dict[int, list[Json]]:
    """`custom_fields_values` of a card, by the field's id; an empty list clears the field."""
    found = {}
    for item in reader.many("custom_fields_values"):
        item.only("field_id", "field_code", "field_name", "field_type", "values")
        field = _field(world, kind, item)
        if field is not None:
            found[field.id] = [_value(field, value) for value in _given(item)]
    return found


def _given(item: Reader) -> list[Reader]:
    """`values` must be named; null is the documented way to clear a field."""
    if "values" not in item.values:
        item.missing("values")
    return item.many("values")


def _field(world: World, kind: str, item: Reader) -> CustomField | None:
    field_id, code = item.whole("field_id"), item.text("field_code")
    if field_id is None and code is None:
        item.missing("field_id")
        return None
    for field in world.fields_of(kind):
        if field.id == field_id or (field_id is None and field.code == code):
            return field
    item.no_choice("field_code" if field_id is None else "field_id")
    return None


def _value(field: CustomField, item: Reader) -> Json:
    item.only("value", "enum_id", "enum_code", "enum")
    if field.type in CHOICES:
        return _choice(field, item)
    if field.type == "multitext":
        text = item.text("value", required=True, longest=TEXT_LONGEST["multitext"])
        return {"value": text, **_enum(field, item)}
    return {"value": _plain(field, item)}


def _plain(field: CustomField, item: Reader) -> str | int | bool | None:
    if field.type == "checkbox":
        return item.flag("value")
    if field.type in WHOLE:
        return item.whole("value", required=True)
    if field.type == "numeric" and not isinstance(item.values.get("value"), str):
        number = item.whole("value", required=True)
        return None if number is None else str(number)
    return item.text("value", required=True, longest=TEXT_LONGEST.get(field.type, 255))


def _enum(field: CustomField, item: Reader) -> Json:
    """Which kind of phone or e-mail; WORK when nobody says."""
    enum_id = item.whole("enum_id", among=field.enums.keys())
    code = item.text("enum_code", among=field.enums.values())
    if enum_id is None:
        wanted = code or next(iter(field.enums.values()))
        enum_id = next(number for number, name in field.enums.items() if name == wanted)
    return {"enum_id": enum_id, "enum_code": field.enums[enum_id]}


def _choice(field: CustomField, item: Reader) -> Json:
    """By id, or by the words."""
    enum_id = item.whole("enum_id", among=field.enums.keys())
    if enum_id is None:
        text = item.text("value", required=True, among=field.enums.values())
        enum_id = next((number for number, name in field.enums.items() if name == text), 0)
    return {"value": field.enums.get(enum_id, ""), "enum_id": enum_id, "enum_code": None}
