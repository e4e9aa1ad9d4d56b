"""How a bot gets its updates: polling or a webhook."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playground.telegram.errors import BadRequest, TooManyRequests
from playground.telegram.updates import WEBHOOK_SET
from playground.telegram.webhooks import Webhook

from .registry import METHODS, Call, Json, method

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
MAX_CONNECTIONS = 100
DEFAULT_CONNECTIONS = 40


def _allowed(call: Call) -> list[Any] | None:
    return call.params.items_of("allowed_updates") if "allowed_updates" in call.params else None


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    """Long polling."""
    queue = call.bot.updates
    if queue.listener is None:
        queue.allow(_allowed(call))
    return await queue.poll(
        call.params.integer("offset"), call.params.integer("limit", 100), call.params.integer("timeout")
    )


@method("setWebhook")
async def set_webhook(call: Call) -> bool:
    """An empty url removes it. The cloud server wants https and four ports; any address is fine here."""
    url = call.params.text("url")
    if not url:
        return await delete_webhook_now(call)
    secret = call.params.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
    _not_too_often(call)
    call.bot.updates.terminate(WEBHOOK_SET)
    await _remove(call)
    call.bot.updates.allow(_allowed(call))
    if call.params.boolean("drop_pending_updates"):
        call.bot.updates.clear()
    call.bot.webhook = _webhook(call, url, secret)
    call.bot.webhook.open()
    return True


def _not_too_often(call: Call) -> None:
    now = call.world.clock.now()
    if now - call.bot.webhook_set_at < call.world.options.webhook_interval:
        raise TooManyRequests(1)
    call.bot.webhook_set_at = now


def _webhook(call: Call, url: str, secret: str) -> Webhook:
    asked = call.params.integer("max_connections", DEFAULT_CONNECTIONS)
    connections = asked if 1 <= asked <= MAX_CONNECTIONS else DEFAULT_CONNECTIONS
    world, bot = call.world, call.bot

    async def run(answer: Json) -> None:
        await world.run_reply(bot, answer)

    return Webhook(
        url, secret, connections, bot.updates, world.timers, world.options, world.webhook_log, bot.id, run, world.start
    )


async def _remove(call: Call) -> None:
    webhook, call.bot.webhook = call.bot.webhook, None
    if webhook is not None:
        await webhook.shutdown()


async def delete_webhook_now(call: Call) -> bool:
    """Updates wait for getUpdates again, or are dropped."""
    await _remove(call)
    if call.params.boolean("drop_pending_updates"):
        call.bot.updates.clear()
    return True


METHODS_REPLY_REFUSES = ("get", "setwebhook", "deletewebhook", "close", "logout")
method("deleteWebhook")(delete_webhook_now)


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    """`WebhookInfo`; url is empty while polling."""
    queue, webhook = call.bot.updates, call.bot.webhook
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(queue.pending())}
    if webhook is not None:
        info |= webhook.info()
    if queue.allowed_listed:
        info["allowed_updates"] = queue.allowed_listed
    return info


def reply_allowed(name: str) -> bool:
    """Which methods may stand in a webhook's answer."""
    return name.lower() in METHODS and not name.lower().startswith(METHODS_REPLY_REFUSES)
