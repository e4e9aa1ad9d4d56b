"""Control actions on the world: time, limits, faults, statuses, webhooks, history, logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.control_actions import change_options, clear_calls, clear_faults, made_calls, plan_fault
from playground.kit.errors import ControlError

from . import business_app, statuses
from .calls import ACTIONS as FAULTS
from .calls import Fault
from .chats import RANKS
from .envelope import encode
from .world import World

Json = dict[str, Any]


def _advance(world: World, values: Json) -> float:
    world.advance(values["seconds"])
    return world.clock.now()


def _options(world: World, values: Json) -> Json:
    """Change options while running; answers all of them. New rates begin with full buckets."""
    options = change_options(world.options, values)
    if values:
        world.limits.reset()
    return options


def _fault(world: World, values: Json) -> bool:
    return plan_fault(world.faults, Fault(**values), FAULTS)


async def _calls(world: World, values: Json) -> Json:
    wanted = values.get("operation", ""), values.get("object", "")
    return await made_calls(world.calls, values, lambda after: world.calls.find(*wanted, after))


def _status(world: World, values: Json) -> bool:
    """Move a sent message on (`sent`, `delivered`, `read`, `played`, `failed`); `again` only tells it."""
    message = world.messages.get(values["message"])
    if message is None or message.by != "api":
        raise ControlError(f"no message {values['message']} that was sent by the API")
    status, code = values["status"], values.get("code", 131000)
    if status not in RANKS and status != "failed":
        raise ControlError(f"statuses are {', '.join(RANKS)}, failed")
    details = values.get("details", "Something went wrong.")
    if values.get("again"):
        statuses.tell_status(world, message, status, code, details)
    elif status == "failed":
        statuses.fail(world, message, code, details)
    else:
        message.shown = message.shown or status != "sent"
        statuses.advance(world, message, status)
    return True


def _hold(world: World, _values: Json) -> bool:
    """From now on webhooks wait."""
    world.delivery.holding = True
    return True


def _release(world: World, values: Json) -> int:
    """What waited goes out: `together` in one POST, in `order` kept or reversed, `times` over."""
    delivery = world.delivery
    return delivery.release(bool(values.get("together")), values.get("order", "kept"), values.get("times", 1))


def _raw(world: World, values: Json) -> bool:
    """Any body to a number's callback, well signed unless `secret` says otherwise. `text` is sent as it is."""
    number = world.number(values["number"])
    raw = values["text"].encode(errors="surrogatepass") if "text" in values else encode(values["body"])
    world.delivery.send(raw, values.get("secret") or number.business.app.secret, number.callback, "raw")
    return True


def _value(world: World, values: Json) -> bool:
    """Any `value` of any `field` in a well-made envelope."""
    world.tell_value(world.number(values["number"]), values["field"], values["value"])
    return True


def _webhooks(world: World, values: Json) -> list[Json]:
    """POSTs tried, oldest first, with their bodies as text."""
    after = values.get("after", 0.0)
    return [item for item in world.webhook_log if item["time"] > after]


async def _settled(world: World, values: Json) -> int:
    """Wait until every webhook was taken, or `seconds` real ones; answers how many are left."""
    await world.delivery.idle(values.get("seconds", 5))
    return world.delivery.pending


def _history(world: World, values: Json) -> bool:
    number = world.number(values["number"])
    if values.get("refused"):
        business_app.refuse_history(world, number)
    else:
        progress = values.get("progress", 100)
        chunk = values.get("chunk", 1)
        business_app.tell_history(world, number, values.get("phase", 0), chunk, progress, values["threads"])
    return True


def _contacts(world: World, values: Json) -> bool:
    people = [world.person(key) for key in values["people"]]
    business_app.tell_contacts(world, world.number(values["number"]), people, values.get("action", "add"))
    return True


def _stats(world: World, _values: Json) -> Json:
    return {
        "calls": world.calls.total,
        "by_operation": dict(world.calls.by_operation),
        "by_code": {str(code): count for code, count in world.calls.by_code.items()},
        "refused": {str(code): count for code, count in world.limits.refused.items()},
        "messages": len(world.messages),
        "pending": world.delivery.pending,
        "delivered": world.delivery.delivered,
        "now": world.clock.now(),
    }


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "advance": _advance,
    "options": _options,
    "fault": _fault,
    "clear_faults": clear_faults,
    "calls": _calls,
    "clear_calls": clear_calls,
    "status": _status,
    "hold": _hold,
    "release": _release,
    "raw": _raw,
    "value": _value,
    "webhooks": _webhooks,
    "settled": _settled,
    "history": _history,
    "contacts": _contacts,
    "stats": _stats,
}
