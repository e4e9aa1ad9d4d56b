"""Webhook subscriptions; administrators only."""

from __future__ import annotations

from typing import Any

from .call import Call
from .errors import bad_request, not_found
from .events import PLACES
from .reading import Reader
from .views import hook_view
from .webhooks import Hook

Json = dict[str, Any]

# Also known to Kommo, though nothing here causes them.
OTHERS = (
    "restore_talk",
    "add_customer",
    "update_customer",
    "delete_customer",
    "responsible_customer",
    "note_customer",
    "add_catalog_element",
    "update_catalog_element",
    "delete_catalog_element",
    "add_chat_template_review",
)


def subscribe(call: Call) -> Json:
    """`POST webhooks`; the same address again changes its events, and switches it on."""
    call.admin()
    world, now = call.world, call.world.now()
    destination, settings, sort = call.one(_read)
    hook = world.hooks.get(destination)
    if hook is None and len(world.hooks) >= world.options.most_webhooks:
        raise bad_request(f"{world.options.most_webhooks} webhooks at most")
    if hook is None:
        hook = Hook(world.new_id(), destination, settings, sort, call.by, now, now)
        world.hooks[destination] = hook
    hook.settings, hook.sort, hook.updated_at, hook.disabled = settings, sort, now, False
    return hook_view(hook)


def _read(reader: Reader) -> tuple[str, list[str], int]:
    reader.only("destination", "settings", "sort")
    destination = reader.text("destination", required=True, longest=2000) or ""
    if destination and not destination.startswith(("http://", "https://")):
        reader.wrong("destination", "InvalidUrl", "This value is not a valid URL.")
    settings = reader.texts("settings", {*PLACES, *OTHERS}) if "settings" in reader else []
    if not settings:
        reader.missing("settings")
    return destination, settings, reader.whole("sort") or 0


def list_hooks(call: Call) -> Json | None:
    """`GET webhooks`, by `filter[destination]`; 204 when there are none."""
    call.admin()
    wanted = str(call.filters.get("destination", ""))
    found = [hook for hook in call.world.hooks.values() if wanted in ("", hook.destination)]
    return call.page("webhooks", found, hook_view, total=True)


def unsubscribe(call: Call) -> None:
    """`DELETE webhooks` with the destination in the body; 204."""
    call.admin()

    def read(reader: Reader) -> str:
        return reader.text("destination", required=True, longest=2000) or ""

    if call.world.hooks.pop(call.one(read), None) is None:
        raise not_found()
