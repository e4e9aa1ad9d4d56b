"""The session at the gateway: that it is there, runs, and tells us what happens."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels.reading import Anomalous, Node
from channels.whatsapp_linked.client import AnswerLost, Gateway, GatewayError
from channels.whatsapp_linked.mapping import EVENTS
from channels.whatsapp_linked.names import to_chat
from channels.whatsapp_linked.outcomes import is_missing
from channels.whatsapp_linked.states import FAILED, STOPPED

RETRIES = {"policy": "constant", "delaySeconds": 2, "attempts": 15}
"""WAHA's own. After half a minute it gives up, and what it wanted to tell is read back from the chats."""
_IGNORED = {"status": True, "groups": True, "channels": True, "broadcast": True}
_STORED = {"noweb": {"store": {"enabled": True, "fullSync": False}}}
"""NOWEB keeps no messages unless told to; other engines keep them anyway."""


@dataclass(frozen=True, slots=True)
class Session:
    """``config`` as the gateway has it. ``phone`` and ``lid`` are the linked account's chats, if one is linked."""

    status: str
    phone: str | None = None
    lid: str | None = None
    name: str | None = None
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the gateway is to deliver, and with which key it signs."""

    url: str
    key: str = field(repr=False)
    shown: list[Mapping[str, object]] = field(default_factory=list, repr=False, compare=False)
    """How the gateway showed what it had just been told: one that hides keys is not to be told for ever."""

    def wanted(self) -> dict[str, object]:
        return {"url": self.url, "events": list(EVENTS), "hmac": {"key": self.key}, "retries": RETRIES}

    def is_set_in(self, config: Mapping[str, object]) -> bool:
        """Only what matters is compared: gateways add fields of their own."""
        return any(self._is(hook) or hook in self.shown for hook in _hooks(config))

    def note(self, config: Mapping[str, object]) -> None:
        """``config`` is what the gateway answered when it was told."""
        self.shown[:] = [hook for hook in _hooks(config) if hook.get("url") == self.url]

    def _is(self, hook: Mapping[str, object]) -> bool:
        events, signed = hook.get("events"), hook.get("hmac")
        told = set(EVENTS) <= {*map(str, events)} if isinstance(events, list) else False
        key = signed.get("key") if isinstance(signed, Mapping) else None
        return hook.get("url") == self.url and told and key == self.key


async def read_session(gateway: Gateway) -> Session | None:
    """``None``: there is none of this name. Raises ``GatewayError``."""
    try:
        found = await gateway.get(_path(gateway))
    except GatewayError as error:
        if is_missing(error):
            return None
        raise
    return _session(found)


async def ensure_session(gateway: Gateway, webhook: Webhook | None) -> Session:
    """It exists, delivers to us, and runs. Another configuration stops and starts it, so it is changed only when it
    has to be; what others have set in it stays. Raises ``GatewayError``.
    """
    session = await read_session(gateway)
    if session is None:
        return await _create(gateway, webhook)
    if webhook is not None and not webhook.is_set_in(session.config):
        session = _session(await gateway.call("PUT", _path(gateway), {"config": _with(session.config, webhook)}))
        webhook.note(session.config)
    return await start(gateway, session)


async def start(gateway: Gateway, session: Session) -> Session:
    """If it stands still."""
    if session.status != STOPPED:
        return session
    return _session(await gateway.call("POST", f"{_path(gateway)}/start"))


async def restart(gateway: Gateway, session: Session) -> Session:
    """If it has failed: WAHA's advice, and often enough the cure."""
    if session.status != FAILED:
        return session
    return _session(await gateway.call("POST", f"{_path(gateway)}/restart"))


async def _create(gateway: Gateway, webhook: Webhook | None) -> Session:
    config: dict[str, object] = {"ignore": _IGNORED, **_STORED}
    if webhook is not None:
        config["webhooks"] = [webhook.wanted()]
    return _session(
        await gateway.call("POST", "api/sessions", {"name": gateway.session, "start": True, "config": config})
    )


def _with(config: Mapping[str, object], webhook: Webhook) -> dict[str, object]:
    """Ours in the place of a former one of ours, and beside those of others."""
    place = webhook.url.rpartition("/webhooks/")[2]
    others = [hook for hook in _hooks(config) if not str(hook.get("url", "")).endswith(f"/webhooks/{place}")]
    return {**config, "webhooks": [*others, webhook.wanted()]}


def _hooks(config: Mapping[str, object]) -> list[Mapping[str, object]]:
    hooks = config.get("webhooks")
    return [hook for hook in hooks if isinstance(hook, Mapping)] if isinstance(hooks, list) else []


def _session(answer: object) -> Session:
    try:
        node = Node(answer, "session")
        me = node.maybe_node("me")
        config = node.fields.get("config")
        return Session(
            node.text("status"),
            _chat(me, "id"),
            _chat(me, "lid"),
            me.maybe_text("pushName") if me is not None else None,
            config if isinstance(config, Mapping) else {},
        )
    except Anomalous as error:
        raise AnswerLost(str(error)) from error


def _chat(me: Node | None, name: str) -> str | None:
    told = me.maybe_text(name) if me is not None else None
    return to_chat(told) if told is not None else None


def _path(gateway: Gateway) -> str:
    return f"api/sessions/{gateway.session}"
