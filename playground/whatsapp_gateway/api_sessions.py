"""`/api/sessions…` and `/api/{session}/auth…`: making sessions, and linking phones to them."""

from __future__ import annotations

import base64
import re
from typing import Any
from urllib.parse import urlsplit

from .body import Fields
from .errors import bad_request, not_found, unprocessable
from .qr import png
from .sessions import IGNORABLE, SCAN, STOPPED, Session
from .targets import Call

Json = dict[str, Any]

EVENTS = frozenset(
    (
        "*",
        "session.status",
        "message",
        "message.reaction",
        "message.any",
        "message.ack",
        "message.ack.group",
        "message.waiting",
        "message.revoked",
        "message.edited",
        "group.v2.join",
        "group.v2.leave",
        "group.v2.update",
        "group.v2.participants",
        "presence.update",
        "poll.vote",
        "poll.vote.failed",
        "chat.archive",
        "call.received",
        "call.accepted",
        "call.rejected",
        "label.upsert",
        "label.deleted",
        "label.chat.added",
        "label.chat.deleted",
        "event.response",
        "event.response.failed",
        "engine.event",
        "group.join",
        "group.leave",
        "state.change",
    )
)
POLICIES = ("linear", "exponential", "constant")
CONFIG = frozenset(("webhooks", "metadata", "proxy", "debug", "ignore", "noweb", "gows", "client"))
WEBHOOK = frozenset(("url", "events", "hmac", "retries", "customHeaders"))
NAME = re.compile(r"[A-Za-z0-9_-]{1,54}")


def list_sessions(call: Call) -> list[Json]:
    """Those that run; all of them when asked for."""
    everything = call.query.flag("all", False)
    return [session.info() for session in call.world.sessions.values() if everything or session.status != STOPPED]


def get_session(call: Call) -> Json:
    """`SessionInfo`."""
    return _session(call).info()


def create_session(call: Call) -> Json:
    """With `start` it begins at once, which is also the default."""
    name = call.body.text("name", "default")
    if not NAME.fullmatch(name):
        raise bad_request("name must match /^[a-zA-Z0-9_-]+$/ regular expression and have up to 54 characters")
    start, config = call.body.flag("start", True), _config(call)
    if name in call.world.sessions:
        raise unprocessable(f"Session '{name}' already exists. Use PUT to update it.")
    session = call.world.new_session(name, config)
    if start:
        session.start()
    return session.info()


def update_session(call: Call) -> Json:
    """Another configuration; a running session is started anew with it."""
    session, config = _session(call), _config(call)
    running = session.running
    session.config = config
    if running:
        session.start()
    return session.info()


def delete_session(call: Call) -> None:
    """Also when there is none."""
    session = call.world.sessions.get(call.path["session"])
    if session is not None:
        session.stop()
        session.close()
        del call.world.sessions[session.name]


def start_session(call: Call) -> Json:
    """Changes nothing when it runs, even when it has FAILED: that needs a restart."""
    session = _session(call)
    if not session.running:
        session.start()
    return session.info()


def stop_session(call: Call) -> Json:
    """The phone stays linked."""
    session = _session(call)
    session.stop()
    return session.info()


def restart_session(call: Call) -> Json:
    """Stop and start."""
    session = _session(call)
    session.start()
    return session.info()


def logout_session(call: Call) -> Json:
    """Forget the phone; a running session shows a code next."""
    session = _session(call)
    session.forget_phone()
    if session.running:
        session.start()
    return session.info()


def get_me(call: Call) -> Json | None:
    """The account, or null."""
    me: Json | None = call.session().info()["me"]
    return me


def get_qr(call: Call) -> Json | bytes:
    """A picture; as JSON when that is accepted; its text with `format=raw`."""
    session = call.session(SCAN)
    wanted = call.query.text("format", "image")
    if wanted not in ("image", "raw"):
        raise bad_request("format must be one of the following values: image, raw")
    if wanted == "raw":
        return {"value": session.qr}
    if call.accept == "application/json":
        return {"mimetype": "image/png", "data": base64.b64encode(png(session.qr)).decode()}
    return png(session.qr)


def request_code(call: Call) -> Json:
    """A pairing code for one number."""
    session = call.session(SCAN)
    phone = call.body.text("phoneNumber", empty=False)
    if not re.fullmatch(r"[0-9]{7,15}", phone):
        raise bad_request("phoneNumber must be digits in international format")
    return {"code": session.request_code(phone)}


def _session(call: Call) -> Session:
    session = call.world.sessions.get(call.path["session"])
    if session is None:
        raise not_found("Session not found")
    return session


def _config(call: Call) -> Json:
    """The configuration, checked."""
    if "config" not in call.body:
        return {}
    config = call.body.inner("config")
    config.only(CONFIG, call.world.options.strict_parameters)
    if "ignore" in config:
        _check_ignore(config.inner("ignore"), call.world.options.strict_parameters)
    if "metadata" in config:
        _check_metadata(config.inner("metadata"))
    for hook in config.items("webhooks") if "webhooks" in config else ():
        _check_webhook(hook, call.world.options.strict_parameters)
    return config.values


def _check_ignore(ignore: Fields, strict: bool) -> None:
    ignore.only(frozenset(IGNORABLE), strict)
    for name in ignore.values:
        ignore.flag(name, False)


def _check_metadata(metadata: Fields) -> None:
    for name in metadata.values:
        metadata.text(name)


def _check_webhook(hook: Fields, strict: bool) -> None:
    hook.only(WEBHOOK, strict)
    if not _is_url(hook.text("url")):
        raise bad_request("config.webhooks.0.url must be a URL address")
    unknown = [event for event in hook.texts("events") if event not in EVENTS]
    if unknown:
        raise bad_request("config.webhooks.0.each value in events must be one of the following values: …")
    if "hmac" in hook:
        hook.inner("hmac").text("key", "")
    if "retries" in hook:
        _check_retries(hook.inner("retries"))
    for header in hook.items("customHeaders") if "customHeaders" in hook else ():
        header.text("name", empty=False)
        header.text("value")


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return url.scheme in ("http", "https") and bool(url.hostname)


def _check_retries(retries: Fields) -> None:
    retries.number("delaySeconds", 2)
    retries.number("attempts", 15)
    if retries.text("policy", "constant") not in POLICIES:
        raise bad_request(f"config.webhooks.0.retries.policy must be one of: {', '.join(POLICIES)}")
