"""Control actions on the world: time, limits, faults, webhooks, logs."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from playground.kit.control_actions import change_options, clear_calls, clear_faults, made_calls, plan_fault
from playground.kit.errors import ControlError

from .calls import ACTIONS as FAULT_ACTIONS
from .calls import Fault
from .events import PLACES
from .world import World

Json = dict[str, Any]


async def _advance(world: World, values: Json) -> float:
    """Time moves ahead; webhooks that come due are tried again, all before this returns."""
    await world.timers.advance(values["seconds"], world.webhooks.settled)
    return world.clock.now()


def _speed(world: World, values: Json) -> float:
    world.timers.set_speed(values["speed"])
    return world.clock.now()


async def _settled(world: World, _values: Json) -> bool:
    """Wait until no webhook is under way."""
    await world.webhooks.settled()
    return True


def _options(world: World, values: Json) -> Json:
    """Change options while running; answers all of them."""
    return change_options(world.options, values)


def _block(world: World, values: Json) -> bool:
    """The integration is blocked with 403 for that long, or no longer (0)."""
    world.limits.block(values["client_id"], world.clock.now() + values["seconds"])
    return True


def _reset_limits(world: World, _values: Json) -> bool:
    """All that was sent so far is forgotten, blocks too."""
    world.limits.reset()
    return True


def _fault(world: World, values: Json) -> bool:
    return plan_fault(world.faults, Fault(**values), FAULT_ACTIONS)


def _mute(world: World, values: Json) -> bool:
    """What happens while muted is never told to any webhook."""
    world.webhooks.muted = values["muted"]
    return world.webhooks.muted


def _inject(world: World, values: Json) -> int:
    """Any event with any items, or any bytes (`base64`), to every subscriber; returns to how many."""
    event = values.get("event", "update_lead")
    if event not in PLACES:
        raise ControlError(f"no event {event}")
    given = values.get("base64")
    body = world.events.body(event, values.get("items") or []) if given is None else base64.b64decode(given)
    for hook in world.hooks.values():
        world.webhooks.post(hook, event, body)
    return len(world.hooks)


def _repeat(world: World, values: Json) -> str:
    """Deliver the newest webhook once more, or the newest of an event. Returns the event."""
    wanted = values.get("event", "")
    for delivery in reversed(world.webhooks.kept):
        if wanted in ("", delivery.event):
            world.webhooks.send(delivery.again())
            return delivery.event
    raise ControlError("no such delivery")


async def _calls(world: World, values: Json) -> Json:
    """Calls made; with `wait`, as soon as there are more than `after`."""
    name, status = values.get("name", ""), values.get("status")
    return await made_calls(world.calls, values, lambda after: world.calls.find(name, after, status))


def _webhooks(world: World, values: Json) -> list[Json]:
    wanted = values.get("event")
    return [item for item in world.webhooks.log if not wanted or item["event"] == wanted]


def _stats(world: World, _values: Json) -> Json:
    return {
        "calls": world.calls.total,
        "by_name": dict(world.calls.by_name),
        "by_status": {str(status): count for status, count in world.calls.by_status.items()},
        "refused": world.limits.refused,
        "deliveries": len(world.webhooks.log),
        "now": world.clock.now(),
    }


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "advance": _advance,
    "speed": _speed,
    "settled": _settled,
    "options": _options,
    "block": _block,
    "reset_limits": _reset_limits,
    "fault": _fault,
    "clear_faults": clear_faults,
    "mute": _mute,
    "inject": _inject,
    "repeat": _repeat,
    "calls": _calls,
    "clear_calls": clear_calls,
    "webhooks": _webhooks,
    "stats": _stats,
}
