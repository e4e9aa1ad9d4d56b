"""What happened, told to whoever subscribed: one body for all events of a kind that one call caused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .brackets import encode
from .webhooks import Hook, Webhooks

Json = dict[str, Any]

# What a subscription names, and where it stands in the body.
PLACES = {
    **{f"{what}_lead": ("leads", what) for what in ("add", "update", "delete", "restore", "status", "responsible")},
    **{f"{what}_contact": ("contacts", what) for what in ("add", "update", "delete", "restore", "responsible")},
    **{f"{what}_company": ("contacts", what) for what in ("add", "update", "delete", "restore", "responsible")},
    **{f"{what}_task": ("task", what) for what in ("add", "update", "delete", "responsible")},
    **{f"{what}_unsorted": ("unsorted", what) for what in ("add", "update", "delete")},
    **{f"{what}_talk": ("talk", what) for what in ("add", "update")},
    "note_lead": ("leads", "note"),
    "note_contact": ("contacts", "note"),
    "note_company": ("companies", "note"),
    "add_message": ("message", "add"),
}


class Events:
    """Gathers until `flush`, so that a batch of leads becomes one webhook with many items, as Kommo sends it."""

    def __init__(self, hooks: dict[str, Hook], webhooks: Webhooks, account: Callable[[], Json]) -> None:
        self._hooks = hooks
        self._webhooks = webhooks
        self._account = account
        self._pending: dict[str, list[Json]] = {}

    def add(self, event: str, fields: Json) -> None:
        """Something has happened."""
        self._pending.setdefault(event, []).append(fields)

    def flush(self) -> None:
        """The call is over: send what it caused."""
        pending, self._pending = self._pending, {}
        for event, items in pending.items():
            body = self.body(event, items)
            for hook in self._hooks.values():
                if event in hook.settings and not hook.disabled:
                    self._webhooks.post(hook, event, body)

    def body(self, event: str, items: list[Json]) -> bytes:
        """The form that a webhook carries."""
        entity, action = PLACES[event]
        return encode({entity: {action: items}, "account": self._account()})
