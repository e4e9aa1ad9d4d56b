"""Control actions on the world: linking phones, time, faults, webhooks, logs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from playground.kit.control_actions import change_options, clear_calls, clear_faults, made_calls, plan_fault
from playground.kit.errors import ControlError

from .calls import ACTIONS as FAULTS
from .calls import Fault
from .sessions import Session
from .world import World

Json = dict[str, Any]


def _scan(world: World, values: Json) -> Json:
    """The owner scans the code of a session; with `code` it is the pairing code that they type."""
    session, account = world.session(values["session"]), world.account(values["account"])
    if values.get("code") and (values["code"], account.phone) != (session.pairing, session.pairing_phone):
        raise ControlError("wrong pairing code, or one for another number")
    if values.get("qr") and values["qr"] != session.qr:
        raise ControlError("this QR code is old")
    session.link(account)
    return _session_view(session)


def _unlink(world: World, values: Json) -> Json:
    """The owner removes the linked device on the phone."""
    world.session(values["session"]).lose_phone()
    return _session_view(world.session(values["session"]))


def _ban(world: World, values: Json) -> Json:
    """WhatsApp bans the account (`banned=False` forgives): its sessions fail, and fail again when restarted."""
    account = world.account(values["account"])
    account.banned = values.get("banned", True)
    for session in world.sessions.values():
        if session.account is account and session.running and account.banned:
            session.fail()
    return account.me()


def _fail(world: World, values: Json) -> Json:
    """A session breaks down; the phone stays linked."""
    world.session(values["session"]).fail(values.get("data"))
    return _session_view(world.session(values["session"]))


def _session(world: World, values: Json) -> Json:
    return _session_view(world.session(values["session"]))


def _session_view(session: Session) -> Json:
    account = session.account.phone if session.account is not None else ""
    shown = {"qr": session.qr, "pairing": session.pairing, "account": account, "statuses": session.statuses}
    return session.info() | shown


async def _advance(world: World, values: Json) -> float:
    """Time moves ahead; what comes due happens, webhooks are tried again, all before this returns."""
    await world.timers.advance(values["seconds"], world.webhooks.errands.settled)
    return world.clock.now()


def _speed(world: World, values: Json) -> float:
    world.timers.set_speed(values["speed"])
    return world.clock.now()


async def _settled(world: World, _values: Json) -> bool:
    """Wait until no webhook is under way."""
    await world.webhooks.errands.settled()
    return True


def _options(world: World, values: Json) -> Json:
    """Change options while running; answers all of them."""
    return change_options(world.options, values)


def _fault(world: World, values: Json) -> bool:
    return plan_fault(world.faults, Fault(**values), FAULTS)


def _mute(world: World, values: Json) -> bool:
    """An outage of the webhooks: what happens while muted is never delivered."""
    world.webhooks.muted = values["muted"]
    return world.webhooks.muted


def _inject(world: World, values: Json) -> int:
    """Any event with any payload, or any `base64` as the whole body, signed with the webhook's key or with `key`.

    Goes to every webhook of the session, subscribed or not; returns to how many.
    """
    session = world.session(values["session"])
    body = base64.b64decode(values["base64"]) if values.get("base64") is not None else _envelope(world, session, values)
    hooks = session.config.get("webhooks") or []
    for hook in hooks:
        changed = hook if values.get("key") is None else hook | {"hmac": {"key": values["key"]}}
        world.post(session, changed, body, values.get("lane", "injected"))
    return len(hooks)


def _envelope(world: World, session: Session, values: Json) -> bytes:
    envelope = world.envelope(session, values["event"], values["payload"]) | (values.get("envelope") or {})
    return json.dumps(envelope).encode()


def _repeat(world: World, values: Json) -> str:
    """Deliver an envelope once more, the newest when no `event_id` is given. Returns its id."""
    delivery = world.webhooks.find(values.get("event_id", ""))
    if delivery is None:
        raise ControlError("no such delivery")
    world.webhooks.send(delivery.again())
    return delivery.event_id


async def _calls(world: World, values: Json) -> Json:
    wanted = values.get("name", ""), values.get("session", "")
    return await made_calls(world.calls, values, lambda after: world.calls.find(*wanted, after, values.get("status")))


def _webhooks(world: World, values: Json) -> list[Json]:
    wanted = values.get("session")
    return [item for item in world.webhooks.log if not wanted or item["session"] == wanted]


def _stats(world: World, _values: Json) -> Json:
    return {
        "calls": world.calls.total,
        "by_name": dict(world.calls.by_name),
        "by_status": {str(status): count for status, count in world.calls.by_status.items()},
        "deliveries": len(world.webhooks.log),
        "now": world.clock.now(),
    }


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "scan": _scan,
    "unlink": _unlink,
    "ban": _ban,
    "fail": _fail,
    "session": _session,
    "advance": _advance,
    "speed": _speed,
    "settled": _settled,
    "options": _options,
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
