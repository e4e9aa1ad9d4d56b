"""Control actions that furnish the account: users, pipelines, fields, integrations and their tokens, channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.kit.errors import ControlError

from . import chats
from .entities import KINDS
from .tokens import Integration
from .views import field_view, hook_view, pipeline_view, user_view
from .world import World

Json = dict[str, Any]

USER_FACTS = frozenset({"uuid", "amojo_id", "phone_number"})
CHANGEABLE = ("name", "email", "is_admin", "is_active", "phone")


def _account(world: World, _values: Json) -> Json:
    """Who is who, without a token."""
    return {
        "id": world.account_id,
        "amojo_id": world.amojo_id,
        "subdomain": world.options.subdomain,
        "url": world.url,
        "admin_id": world.admin.id,
        "users": [user_view(world, user, USER_FACTS) for user in world.users.values()],
        "pipelines": [_pipeline_view(world, pipeline.id) for pipeline in world.pipelines.values()],
    }


def _user(world: World, values: Json) -> Json:
    """A person, made; or with `id` changed."""
    about = {name: values[name] for name in CHANGEABLE if values.get(name) is not None}
    if values.get("id"):
        user = world.known(world.users, values["id"], "user")
        for name, value in about.items():
            setattr(user, name, value)
    else:
        user = world.new_user(**({"email": f"user{len(world.users)}@example.com"} | about))
    return user_view(world, user, USER_FACTS)


def _pipeline(world: World, values: Json) -> Json:
    """A pipeline with these stages between Incoming leads and won."""
    made = world.new_pipeline(values["name"], values["stages"], values.get("unsorted", True))
    return _pipeline_view(world, made.id)


def _pipeline_view(world: World, pipeline_id: int) -> Json:
    view = pipeline_view(world, world.pipelines[pipeline_id])
    return {name: view[name] for name in ("id", "name", "is_main")} | {"statuses": view["_embedded"]["statuses"]}


def _field(world: World, values: Json) -> Json:
    """A custom field of leads, contacts or companies."""
    if values["kind"] not in KINDS:
        raise ControlError(f"kinds are {', '.join(KINDS)}")
    enums = tuple(values.get("enums") or ())
    return field_view(world, world.new_field(values["kind"], values["name"], values["type"], values.get("code"), enums))


def _integration(world: World, values: Json) -> Json:
    """A private integration, made by an administrator."""
    made = world.tokens.register(
        values.get("name", "Integration"), values.get("redirect_uri", "https://example.com/cb")
    )
    return {name: getattr(made, name) for name in Integration.__slots__}


def _integration_of(world: World, values: Json) -> Integration:
    return world.known(world.tokens.integrations, values["client_id"], "integration")


def _token(world: World, values: Json) -> str:
    """A long-lived token with the rights of whoever makes it."""
    user_id = values.get("user") or world.admin.id
    integration = _integration_of(world, values)
    return world.tokens.long_lived(integration, user_id, world.clock.now(), values.get("days", 365))


def _code(world: World, values: Json) -> str:
    """An administrator agrees: what the redirect carries. It lives 20 minutes."""
    return world.tokens.code(_integration_of(world, values), values.get("user") or world.admin.id, world.clock.now())


def _revoke(world: World, values: Json) -> bool:
    """The integration is switched off: 401 for all its tokens."""
    world.tokens.revoke(_integration_of(world, values))
    return True


def _expire(world: World, values: Json) -> bool:
    """One access token is too old from now on; its refresh token works."""
    world.tokens.expire(values["token"])
    return True


def _subscription(world: World, values: Json) -> bool:
    """The plan has ended (402), or is paid again. `days_ago` backdates the end: reading is refused after 30."""
    ended = world.clock.now() - values.get("days_ago", 0) * 86_400
    world.ended_at = ended if values["ended"] else None
    return world.ended_at is None


def _channel(world: World, values: Json) -> Json:
    """A chat channel, as Kommo's support registers it. `hook` may contain `{scope_id}`."""
    channel = chats.register(world, values.get("title", "Chats"), values.get("hook", ""))
    names = {"channel_id": channel.id, "secret": channel.secret, "bot_id": channel.bot_id}
    return names | {"scope_id": chats.scope_id(world, channel)}


def _hooks(world: World, _values: Json) -> list[Json]:
    """Webhook subscriptions as they are."""
    return [hook_view(hook) for hook in world.hooks.values()]


ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    "account": _account,
    "user": _user,
    "pipeline": _pipeline,
    "field": _field,
    "integration": _integration,
    "token": _token,
    "code": _code,
    "revoke": _revoke,
    "expire": _expire,
    "subscription": _subscription,
    "channel": _channel,
    "hooks": _hooks,
}
