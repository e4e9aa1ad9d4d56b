"""What a message says, in columns and back."""

from typing import Any

from sales.messages import Content, Entity, Location, MessageKind, Referral, RemoteFile, SharedContact, TemplateUse
from storage.texts import dump, load

COLUMNS = ("kind", "text", "entities", "details")


def to_columns(content: Content) -> dict[str, Any]:
    """The file is not among them: it lies in ``media``."""
    return {
        "kind": content.kind,
        "text": content.text,
        "entities": dump([_entity(entity) for entity in content.entities]) if content.entities else None,
        "details": _details(content),
    }


def from_columns(
    kind: str, text: str, entities: str | None, details: str | None, file: RemoteFile | None = None
) -> Content:
    parts = load(details) if details else {}
    return Content(
        MessageKind(kind),
        text,
        tuple(Entity(*values) for values in load(entities)) if entities else (),
        file,
        Location(**parts["location"]) if "location" in parts else None,
        SharedContact(**parts["contact"]) if "contact" in parts else None,
        parts.get("label"),
        Referral(**parts["referral"]) if "referral" in parts else None,
        _template(parts["template"]) if "template" in parts else None,
    )


def _template(parts: dict[str, Any]) -> TemplateUse:
    parameters = tuple((place, value) for place, value in parts.get("parameters", ()))
    return TemplateUse(parts["name"], parts["language"], parameters)


def _entity(entity: Entity) -> list[Any]:
    values = [entity.type, entity.offset, entity.length, entity.url, entity.language, entity.custom_emoji_id]
    while values[-1] is None:
        values.pop()
    return values


def _details(content: Content) -> str | None:
    parts: dict[str, Any] = {}
    if content.location is not None:
        parts["location"] = _fields(content.location)
    if content.contact is not None:
        parts["contact"] = _fields(content.contact)
    if content.label is not None:
        parts["label"] = content.label
    if content.referral is not None:
        parts["referral"] = _fields(content.referral)
    if content.template is not None:
        parts["template"] = _fields(content.template)
    return dump(parts) if parts else None


def _fields(part: Location | SharedContact | Referral | TemplateUse) -> dict[str, Any]:
    return {name: value for name in part.__slots__ if (value := getattr(part, name)) is not None}
