"""Control actions on the world: bots, groups, business, time, limits, faults, logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.control_actions import change_options, clear_calls, clear_faults, made_calls, plan_fault

from .acting import change_connection, connect_business
from .business import DEFAULT_RIGHTS
from .calls import ACTIONS as FAULTS
from .calls import Fault
from .world import World

Json = dict[str, Any]

FLAGS = ("has_topics_enabled", "allows_users_to_create_topics", "can_connect_to_business", "revoked")


def _bot(world: World, values: Json) -> Json:
    return world.add_bot(**values).me()


def _set_bot(world: World, values: Json) -> Json:
    """Change a bot's flags, or its token as BotFather's /revoke does."""
    bot = world.bot(values["bot_id"])
    for name in FLAGS:
        if name in values:
            setattr(bot, name, bool(values[name]))
    if values.get("token"):
        world.bots[values["token"]] = world.bots.pop(bot.token)
        bot.token = values["token"]
    return bot.me()


def _group(world: World, values: Json) -> Json:
    bots = [world.bot(number) for number in values["bots"]]
    people = [world.person(number) for number in values["people"]]
    return world.add_group(values["id"], values["title"], bots, people, bool(values.get("is_forum"))).api()


def _connect(world: World, values: Json) -> Json:
    rights = DEFAULT_RIGHTS if values.get("rights") is None else values["rights"]
    return connect_business(world, world.bot(values["bot_id"]), world.person(values["person_id"]), rights).api()


def _set_connection(world: World, values: Json) -> Json:
    connection = world.connections[values["connection"]]
    if "enabled" in values or "rights" in values:
        change_connection(connection, values.get("enabled"), values.get("rights"))
    return connection.api() | {"read": {str(chat): message for chat, message in connection.mailbox.read.items()}}


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


def _inject(world: World, values: Json) -> list[int]:
    """Raw updates into a bot's queue, whatever they are; `chat` names the lane that a webhook keeps in order."""
    queue = world.bot(values["bot_id"]).updates
    return [queue.inject(update, str(values.get("chat", "injected"))) for update in values["updates"]]


async def _calls(world: World, values: Json) -> Json:
    wanted = values.get("method", ""), values.get("bot_id", 0)
    return await made_calls(world.calls, values, lambda after: world.calls.find(*wanted, after, values.get("code")))


def _webhooks(world: World, values: Json) -> list[Json]:
    wanted = values.get("bot_id")
    return [item for item in world.webhook_log if not wanted or item["bot_id"] == wanted]


def _stats(world: World, _values: Json) -> Json:
    calls = world.calls
    return {
        "calls": calls.total,
        "by_method": dict(calls.by_method),
        "by_code": {str(code): count for code, count in calls.by_code.items()},
        "refused": {str(bot): count for bot, count in world.limits.refused.items()},
        "too_many_requests": calls.by_code[429],
        "per_second": list(calls.per_second),
        "messages": world.messages_total,
        "pending": {str(bot.id): len(bot.updates.entries) for bot in world.bots.values()},
        "delivered": {str(bot.id): bot.updates.delivered for bot in world.bots.values()},
        "now": world.clock.now(),
    }


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "bot": _bot,
    "set_bot": _set_bot,
    "group": _group,
    "connect": _connect,
    "set_connection": _set_connection,
    "advance": _advance,
    "options": _options,
    "fault": _fault,
    "clear_faults": clear_faults,
    "inject": _inject,
    "calls": _calls,
    "clear_calls": clear_calls,
    "webhooks": _webhooks,
    "stats": _stats,
}
