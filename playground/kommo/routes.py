"""Which address is which call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from . import (
    api_account,
    api_cards,
    api_chats,
    api_complex,
    api_links,
    api_notes,
    api_tasks,
    api_unsorted,
    api_webhooks,
)
from .call import Call

PREFIX = "/api/v4/"
MARKS = {
    "kind": "leads|contacts|companies",
    "category": "forms|sip",
    "id": r"\d+",
    "note_id": r"\d+",
    "status_id": r"\d+",
}
ONE = {"leads": "lead", "contacts": "contact", "companies": "company"}


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API; logs and faults know it by its name."""

    method: str
    pattern: re.Pattern[str]
    run: Callable[[Call], Any]
    template: str

    def name(self, path: dict[str, str]) -> str:
        """`create_leads`, `update_lead`, `create_lead_notes`, `create_unsorted`, …"""
        kind = path.get("kind", "")
        return self.template.format(kind=kind, one=ONE.get(kind, ""))


def _route(method: str, path: str, run: Callable[[Call], Any], template: str = "") -> Route:
    def part(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{MARKS.get(found[1], '[^/]+')})"

    return Route(method, re.compile(re.sub(r"\{(\w+)\}", part, path) + "/?"), run, template or run.__name__)


ROUTES = [
    _route("GET", "account", api_account.get_account),
    _route("GET", "users", api_account.list_users),
    _route("GET", "users/{id}", api_account.get_user),
    _route("GET", "leads/pipelines", api_account.list_pipelines),
    _route("POST", "leads/pipelines", api_account.create_pipelines),
    _route("GET", "leads/pipelines/{id}", api_account.get_pipeline),
    _route("GET", "leads/pipelines/{id}/statuses", api_account.list_statuses),
    _route("POST", "leads/pipelines/{id}/statuses", api_account.create_statuses),
    _route("GET", "leads/pipelines/{id}/statuses/{status_id}", api_account.get_status),
    _route("POST", "leads/complex", api_complex.create_complex),
    _route("GET", "leads/unsorted", api_unsorted.list_unsorted),
    _route("GET", "leads/unsorted/summary", api_unsorted.summary, "unsorted_summary"),
    _route("POST", "leads/unsorted/{category}", api_unsorted.create_unsorted),
    _route("GET", "leads/unsorted/{uid}", api_unsorted.get_unsorted),
    _route("POST", "leads/unsorted/{uid}/accept", api_unsorted.accept, "accept_unsorted"),
    _route("DELETE", "leads/unsorted/{uid}/decline", api_unsorted.decline, "decline_unsorted"),
    _route("POST", "leads/unsorted/{uid}/link", api_unsorted.link, "link_unsorted"),
    _route("GET", "contacts/chats", api_chats.list_chats),
    _route("POST", "contacts/chats", api_chats.link_chats),
    _route("GET", "{kind}/custom_fields", api_account.list_fields, "list_{one}_fields"),
    _route("POST", "{kind}/custom_fields", api_account.create_fields, "create_{one}_fields"),
    _route("GET", "{kind}/tags", api_links.list_tags, "list_{one}_tags"),
    _route("POST", "{kind}/tags", api_links.create_tags, "create_{one}_tags"),
    _route("GET", "{kind}/notes", api_notes.list_notes, "list_{one}_notes"),
    _route("POST", "{kind}/notes", api_notes.create_notes, "create_{one}_notes"),
    _route("GET", "{kind}/notes/{note_id}", api_notes.get_note, "get_{one}_note"),
    _route("GET", "{kind}/{id}/notes", api_notes.list_notes, "list_{one}_notes"),
    _route("POST", "{kind}/{id}/notes", api_notes.create_notes, "create_{one}_notes"),
    _route("GET", "{kind}/{id}/notes/{note_id}", api_notes.get_note, "get_{one}_note"),
    _route("PATCH", "{kind}/{id}/notes/{note_id}", api_notes.update_note, "update_{one}_note"),
    _route("GET", "{kind}/{id}/links", api_links.list_links, "list_{one}_links"),
    _route("POST", "{kind}/{id}/link", api_links.link, "link_{one}"),
    _route("POST", "{kind}/{id}/unlink", api_links.unlink, "unlink_{one}"),
    _route("GET", "{kind}", api_cards.list_cards, "list_{kind}"),
    _route("POST", "{kind}", api_cards.create_cards, "create_{kind}"),
    _route("PATCH", "{kind}", api_cards.update_cards, "update_{kind}"),
    _route("GET", "{kind}/{id}", api_cards.get_card, "get_{one}"),
    _route("PATCH", "{kind}/{id}", api_cards.update_card, "update_{one}"),
    _route("GET", "tasks", api_tasks.list_tasks),
    _route("POST", "tasks", api_tasks.create_tasks),
    _route("GET", "tasks/{id}", api_tasks.get_task),
    _route("PATCH", "tasks/{id}", api_tasks.update_task),
    _route("GET", "webhooks", api_webhooks.list_hooks, "list_webhooks"),
    _route("POST", "webhooks", api_webhooks.subscribe),
    _route("DELETE", "webhooks", api_webhooks.unsubscribe),
    _route("GET", "sources", api_chats.list_sources),
    _route("POST", "sources", api_chats.create_sources),
    _route("DELETE", "sources/{id}", api_chats.delete_source),
    _route("GET", "talks/{id}", api_chats.get_talk),
    _route("POST", "talks/{id}/close", api_chats.close_talk),
]


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The call behind a raw path below `/api/v4/`, and the parts of it, decoded."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path) if route.method == method else None
        if found is not None:
            return route, {name: unquote(value) for name, value in found.groupdict().items()}
    return None


def exists(path: str) -> bool:
    """Whether any method has this address."""
    return any(route.pattern.fullmatch(path) for route in ROUTES)
