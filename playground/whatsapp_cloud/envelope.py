"""What a webhook's body looks like: entries of accounts, changes of fields, and how several events share one."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from .accounts import Business, Number

Json = dict[str, Any]

OVERRIDABLE = frozenset({"messages", "calls", "smb_message_echoes", "smb_app_state_sync", "history"})
"""Fields that follow the callback of a number or an account; the others go to the app's (Meta: "Webhook overrides")."""


@dataclass(slots=True)
class Event:
    """One thing to tell. `key`: what order is kept by. `time`: told in the entry (account fields only)."""

    business: Business
    number: Number | None
    field: str
    value: Json
    key: str
    time: int = 0

    def callback(self) -> str:
        """Where it goes now; empty when nobody asked for it."""
        app = self.business.app
        if not self.business.subscribed or (app.fields is not None and self.field not in app.fields):
            return ""
        if self.field in OVERRIDABLE:
            return self.number.callback() if self.number else self.business.override or app.callback
        return app.callback


def value_of(number: Number, contacts: list[Json], **lists: list[Json]) -> Json:
    """The `value` of most fields: whose number, who, and what."""
    head: Json = {"messaging_product": "whatsapp", "metadata": number.metadata()}
    return head | ({"contacts": contacts} if contacts else {}) | lists


def body_of(events: list[Event]) -> Json:
    """One body for these events; what is of one account and field and number shares its lists, as Meta batches."""
    entries: dict[str, Json] = {}
    for event in events:
        entry = entries.setdefault(event.business.id, {"id": event.business.id, "changes": []})
        if event.time:
            entry["time"] = event.time
        _add(entry["changes"], event)
    return {"object": "whatsapp_business_account", "entry": list(entries.values())}


def _add(changes: list[Json], event: Event) -> None:
    last = changes[-1] if changes else None
    if last is not None and _mergeable(last, event):
        _merge(last["value"], event.value)
    else:
        changes.append({"value": json.loads(json.dumps(event.value)), "field": event.field})


def _mergeable(change: Json, event: Event) -> bool:
    known, new = change["value"], event.value
    if change["field"] != event.field or "metadata" not in known or known["metadata"] != new.get("metadata"):
        return False
    return known.keys() == new.keys() and ("messages" in new or "statuses" in new) and "errors" not in new


def _merge(known: Json, new: Json) -> None:
    for name, items in new.items():
        if isinstance(items, list):
            known[name] += [item for item in items if name != "contacts" or item not in known[name]]


def encode(body: Json) -> bytes:
    """As Meta writes JSON: non-ASCII as lower-case `\\uXXXX`, `/` as `\\/`."""
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()


def signature(secret: str, raw: bytes) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
