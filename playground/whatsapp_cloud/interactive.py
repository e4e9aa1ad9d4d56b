"""Interactive messages: reply buttons, lists, a link button, requests for a place or the number.

Limits and the words of refusals: Meta's reference of interactive messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .checks import Fields, bounded
from .errors import GraphError, invalid, missing

Json = dict[str, Any]

_PARTS = "type header body footer action"
_MEDIA_HEADERS = ("image", "video", "document")


def check_interactive(fields: Fields) -> None:
    """Check `interactive`. Raises GraphError."""
    interactive = fields.inner("interactive", _PARTS)
    kind = interactive.text("type", 40)
    check = _ACTIONS.get(kind)
    if check is None:
        raise GraphError(131051, f"The stand-in knows no interactive message of type {kind}.")
    bounded(interactive.inner("body", "text").value.get("text"), "Body text", 4096 if kind == "list" else 1024)
    if "footer" in interactive:
        bounded(interactive.inner("footer", "text").value.get("text"), "Footer text", 60)
    if "header" in interactive:
        _header(interactive, kind)
    check(interactive)


def _header(interactive: Fields, kind: str) -> None:
    header = interactive.inner("header", "type text image video document")
    what = header.text("type", 20)
    if what == "text":
        bounded(header.value.get("text"), "Header text", 60)
    elif what in _MEDIA_HEADERS and kind != "list":
        media = header.inner(what, "id link filename")
        if "id" not in media and "link" not in media:
            raise missing(header.place(what))
    else:
        raise invalid(f"Header of type {what} is not allowed here.")


def _buttons(interactive: Fields) -> None:
    buttons = interactive.inner("action", "buttons").each("buttons", "type reply")
    if len(buttons) > 3:
        raise invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    replies = [button.inner("reply", "id title") for button in buttons]
    for button, reply in zip(buttons, replies, strict=True):
        if button.text("type", 20) != "reply":
            raise invalid("Button type must be reply.")
        bounded(reply.value.get("title"), "Button title", 20)
        bounded(reply.value.get("id"), "Button id", 256)
    if len({reply.value["id"] for reply in replies}) < len(replies):
        raise invalid("Duplicated button ids found.")
    if len({reply.value["title"] for reply in replies}) < len(replies):
        raise invalid("Duplicated button titles found.")


def _list(interactive: Fields) -> None:
    action = interactive.inner("action", "button sections")
    bounded(action.value.get("button"), "Button label", 20)
    sections = action.each("sections", "title rows")
    if len(sections) > 10:
        raise invalid("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10")
    rows = [row for section in sections for row in section.each("rows", "id title description")]
    if len(rows) > 10:
        raise invalid("Total row count exceed max allowed count: 10")
    for section in sections:
        if len(sections) > 1 or "title" in section:
            bounded(section.value.get("title"), "Section title", 24)
    for row in rows:
        _row(row)
    if len({row.value["id"] for row in rows}) < len(rows):
        raise invalid("Duplicated row ids found.")


def _row(row: Fields) -> None:
    bounded(row.value.get("id"), "Row id", 200)
    bounded(row.value.get("title"), "Row title", 24)
    if "description" in row:
        bounded(row.value["description"], "Row description", 72)


def _link(interactive: Fields) -> None:
    action = interactive.inner("action", "name parameters")
    if action.text("name", 40) != "cta_url":
        raise invalid("interactive['action']['name'] must be cta_url.")
    parameters = action.inner("parameters", "display_text url")
    bounded(parameters.value.get("display_text"), "Display text", 20)
    if not parameters.text("url", 2000).startswith(("http://", "https://")):
        raise invalid("interactive['action']['parameters']['url'] is not a valid URI.")


def _named(name: str) -> Callable[[Fields], None]:
    def check(interactive: Fields) -> None:
        if interactive.inner("action", "name").text("name", 40) != name:
            raise invalid(f"interactive['action']['name'] must be {name}.")

    return check


_ACTIONS: dict[str, Callable[[Fields], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _named("send_location"),
    "request_contact_info": _named("request_contact_info"),
}


def choices(interactive: Json) -> list[Json]:
    """What a person can tap: `{"kind": "button_reply"|"list_reply", "id", "title", …}`."""
    action = interactive["action"]
    if interactive["type"] == "button":
        return [{"kind": "button_reply"} | button["reply"] for button in action["buttons"]]
    if interactive["type"] == "list":
        return [{"kind": "list_reply"} | row for section in action["sections"] for row in section["rows"]]
    return []
