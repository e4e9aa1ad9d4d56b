"""Which call a path means, and what runs it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp.web import BaseRequest

from . import media_api, nodes, reading, sending, subscribing
from .accounts import Business, Number, Template
from .calls import Fault
from .errors import GraphError, no_object
from .store import Handle
from .world import World

Json = dict[str, Any]

_VERSION = re.compile(r"v\d+\.\d+\Z")


@dataclass(slots=True)
class Call:
    """One call on its way. `target` is the id in the path, `body` the JSON (or a form's values)."""

    world: World
    business: Business
    request: BaseRequest
    operation: str
    target: str
    query: Json
    body: Any = None
    fault: Fault | None = None

    @property
    def verb(self) -> str:
        """The HTTP method."""
        return self.request.method

    def number(self) -> Number:
        """The phone number that is meant; GraphError when it is not this token's."""
        found = self.business.numbers.get(self.target)
        if found is None:
            raise no_object(self.verb, self.target)
        return found

    def media(self) -> Handle:
        """The media id that is meant."""
        return media_api.owned(self.world, self.business, self.target, self.query, self.verb)

    def given(self) -> Json:
        """The body as an object; parameters in the query count, too, as everywhere in the Graph API."""
        body = {} if self.body is None else self.body
        if not isinstance(body, dict):
            raise GraphError(100, message="(#100) The body must be a JSON object.")
        return self.query | body

    def address(self) -> str:
        """The address of this request without its query."""
        return f"{self.world.media.base}{self.request.path}"


Run = Callable[[Call], Any | Awaitable[Any]]


def operation(verb: str, path: str, business: Business, is_status: bool) -> tuple[str, str]:
    """Name of the call and the id it is about. Raises GraphError for paths that don't exist."""
    version, _, rest = path.strip("/").partition("/")
    if not _VERSION.match(version):
        raise GraphError(2500, message=f"Unknown path components: /{path.strip('/')}")
    target, _, edge = rest.strip("/").partition("/")
    if not target:
        raise GraphError(2500, message="An active access token must be used to query information.")
    name = _NAMES.get((verb, _node(target, business), edge))
    if name is None:
        raise no_object(verb, target) if not edge else GraphError(2500, message=f"Unknown path components: /{edge}")
    return ("read" if name == "send" and is_status else name), target


def _node(target: str, business: Business) -> str:
    if target == "debug_token":
        return "debug_token"
    if target in business.numbers:
        return "number"
    if target == business.id:
        return "business"
    if target == business.app.id:
        return "app"
    return "template" if _template(business, target) else "media"


def _template(business: Business, template_id: str) -> Template | None:
    return next((template for template in business.templates if template.id == template_id), None)


def _one_template(call: Call) -> Json:
    template = _template(call.business, call.target)
    if template is None:
        raise no_object(call.verb, call.target)
    return nodes.template_node(template, call.query)


_NAMES = {
    ("POST", "number", "messages"): "send",
    ("POST", "number", "media"): "upload",
    ("GET", "number", ""): "number",
    ("POST", "number", ""): "configure",
    ("GET", "business", ""): "business",
    ("GET", "business", "phone_numbers"): "phone_numbers",
    ("GET", "business", "message_templates"): "templates",
    ("GET", "business", "subscribed_apps"): "subscribed",
    ("POST", "business", "subscribed_apps"): "subscribe",
    ("DELETE", "business", "subscribed_apps"): "unsubscribe",
    ("GET", "app", "subscriptions"): "app_subscriptions",
    ("POST", "app", "subscriptions"): "set_app",
    ("GET", "template", ""): "template",
    ("GET", "media", ""): "media",
    ("DELETE", "media", ""): "delete_media",
    ("GET", "debug_token", ""): "debug_token",
}

RUNS: dict[str, Run] = {
    "send": lambda call: sending.send(call.world, call.number(), call.given(), call.fault),
    "read": lambda call: reading.mark_read(call.world, call.number(), call.given()),
    "upload": lambda call: media_api.upload(call.world, call.number(), call.request),
    "number": lambda call: nodes.number_node(call.world, call.number(), call.query),
    "configure": lambda call: subscribing.configure(call.world, call.number(), call.given()),
    "business": lambda call: nodes.business_node(call.business, call.query),
    "phone_numbers": lambda call: nodes.phone_numbers(call.world, call.business, call.query),
    "templates": lambda call: nodes.templates(call.business, call.query, call.address()),
    "subscribed": lambda call: subscribing.subscribed(call.business),
    "subscribe": lambda call: subscribing.subscribe(call.world, call.business, call.given()),
    "unsubscribe": lambda call: subscribing.unsubscribe(call.business),
    "app_subscriptions": lambda call: subscribing.app_subscriptions(call.business.app),
    "set_app": lambda call: subscribing.set_app(call.world, call.business.app, call.given()),
    "template": _one_template,
    "media": lambda call: media_api.address(call.world, call.media()),
    "delete_media": lambda call: media_api.delete(call.world, call.media()),
    "debug_token": lambda call: nodes.debug_token(call.world, call.query),
}
