"""Where webhooks go: the app's callback, and the overrides of accounts and numbers. Each is asked for its token first.

Source: Meta's page "Webhook overrides".
"""

from __future__ import annotations

import secrets
from typing import Any

from .accounts import App, Business, Number
from .delivery import verify
from .errors import GraphError
from .world import World

Json = dict[str, Any]

MAX_URL = 200
_FIRST_SUBSCRIBE = (
    "(#100) Before override the current callback uri, your app must be subscribed to receive messages for "
    "WhatsApp Business Account"
)


async def check(world: World, url: Any, token: Any) -> str:
    """The address, when it answers the challenge. Raises GraphError."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")) or len(url) > MAX_URL:
        raise GraphError(
            100, message="(#100) Param override_callback_uri must be a valid URI of at most 200 characters."
        )
    if not isinstance(token, str) or not token:
        raise GraphError(100, message="(#100) The parameter verify_token is required.")
    problem = await verify(url, token, str(secrets.randbelow(9 * 10**9) + 10**9), world.options.webhook_timeout)
    if problem:
        raise GraphError(2200, message=f"(#2200) Callback verification failed with the following errors: {problem}")
    return url


async def subscribe(world: World, business: Business, body: Json) -> Json:
    """`POST /{waba_id}/subscribed_apps`: the app gets the account's webhooks; without an override it loses that."""
    url = body.get("override_callback_uri")
    business.override = await check(world, url, body.get("verify_token")) if url is not None else ""
    business.subscribed = True
    return {"success": True}


def unsubscribe(business: Business) -> Json:
    """`DELETE /{waba_id}/subscribed_apps`."""
    business.subscribed, business.override = False, ""
    return {"success": True}


def subscribed(business: Business) -> Json:
    """`GET /{waba_id}/subscribed_apps`."""
    if not business.subscribed:
        return {"data": []}
    app = business.app
    link = f"https://www.facebook.com/games/?app_id={app.id}"
    shown: Json = {"whatsapp_business_api_data": {"link": link, "name": app.name, "id": app.id}}
    return {"data": [shown | ({"override_callback_uri": business.override} if business.override else {})]}


async def configure(world: World, number: Number, body: Json) -> Json:
    """`POST /{phone_number_id}` with `webhook_configuration`: the number's own override, or an empty one."""
    given = body.get("webhook_configuration")
    if not isinstance(given, dict) or set(body) != {"webhook_configuration"}:
        raise GraphError(100, message="(#100) Param webhook_configuration must be a JSON object.")
    url = given.get("override_callback_uri")
    if url and not number.business.subscribed:
        raise GraphError(100, message=_FIRST_SUBSCRIBE)
    number.override = await check(world, url, given.get("verify_token")) if url else ""
    return {"success": True}


async def set_callback(world: World, business: Business, url: str, token: str, fields: list[str] | None) -> None:
    """What a developer does in the app's dashboard: callback, fields, and the account subscribed."""
    business.app.callback = await check(world, url, token)
    business.app.fields = None if fields is None else set(fields)
    business.subscribed = True


async def set_app(world: World, app: App, given: Json) -> Json:
    """`POST /{app_id}/subscriptions`: the app's callback and fields, by the app's own token."""
    if given.get("object") != "whatsapp_business_account":
        raise GraphError(100, message="(#100) Param object must be whatsapp_business_account.")
    app.callback = await check(world, given.get("callback_url"), given.get("verify_token"))
    names = str(given.get("fields") or "")
    app.fields = {name.strip() for name in names.split(",")} if names else None
    return {"success": True}


def app_subscriptions(app: App) -> Json:
    """`GET /{app_id}/subscriptions`."""
    if not app.callback:
        return {"data": []}
    fields = [{"name": name, "version": "v23.0"} for name in sorted(app.fields or ("messages",))]
    about = {"object": "whatsapp_business_account", "callback_url": app.callback, "active": True}
    return {"data": [about | {"fields": fields}]}
