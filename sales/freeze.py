"""Content as text and back, for dialogs that keep what was written until it is known for whom."""

import json
from dataclasses import asdict

from sales.messages import Content, Entity, Location, MessageKind, RemoteFile, SharedContact


def to_text(content: Content) -> str:
    return json.dumps(asdict(content), ensure_ascii=False)


def from_text(text: str) -> Content:
    """What ``to_text`` made."""
    data = json.loads(text)
    return Content(
        MessageKind(data["kind"]),
        data["text"],
        tuple(Entity(**entity) for entity in data["entities"]),
        RemoteFile(**data["file"]) if data["file"] else None,
        Location(**data["location"]) if data["location"] else None,
        SharedContact(**data["contact"]) if data["contact"] else None,
        data["label"],
    )
