"""Webhook delivery: signed, retried for half a minute, then given up (WAHA, how-to/events)."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from playground.kit.errands import Errands
from playground.kit.timers import Timers

from .options import Options

Json = dict[str, Any]

DEFAULT_RETRIES: Json = {"policy": "constant", "delaySeconds": 2, "attempts": 15}


def sign(key: str, body: bytes) -> str:
    """`X-Webhook-Hmac`: HMAC-SHA512 of the raw body, in hex."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


def retry_delay(retries: Json, attempt: int) -> float | None:
    """Seconds until the next try after `attempt` tries; None when there is none."""
    rules = DEFAULT_RETRIES | {name: value for name, value in retries.items() if value is not None}
    base = float(rules["delaySeconds"])
    if attempt > rules["attempts"]:
        return None
    if rules["policy"] == "linear":
        return base * attempt
    if rules["policy"] == "exponential":
        return float(base * 2 ** (attempt - 1) * random.uniform(1, 1.2))  # noqa: S311 - jitter
    return base


@dataclass(slots=True, eq=False)
class Delivery:
    """One envelope on its way to one address. Retries repeat the body and the headers."""

    hook: Json
    session: str
    event_id: str
    event: str
    lane: str
    body: bytes
    headers: dict[str, str]
    attempt: int = 0

    def again(self) -> Delivery:
        """The same once more from the beginning."""
        return Delivery(self.hook, self.session, self.event_id, self.event, self.lane, self.body, dict(self.headers))


@dataclass(slots=True)
class Webhooks:
    """Every delivery of one server. `log` has each try, `kept` what was sent, newest last."""

    options: Options
    timers: Timers
    errands: Errands
    log: deque[Json]
    kept: deque[Delivery]
    muted: bool = False
    _lanes: dict[tuple[str, str], deque[Delivery]] = field(default_factory=dict)
    _http: aiohttp.ClientSession | None = None
    _closed: bool = False

    def send(self, delivery: Delivery) -> None:
        """Deliver an envelope; while muted it is lost without a trace, as in an outage of the gateway."""
        if self.muted or self._closed:
            return
        self.kept.append(delivery)
        key = (delivery.hook["url"], delivery.lane)
        if self.options.ordered and key in self._lanes:
            self._lanes[key].append(delivery)
            return
        if self.options.ordered:
            self._lanes[key] = deque()
        self.errands.run(self._in_turn(key, delivery))

    def find(self, event_id: str = "") -> Delivery | None:
        """The newest delivery of that envelope, or of any."""
        return next((kept for kept in reversed(self.kept) if not event_id or kept.event_id == event_id), None)

    async def close(self) -> None:
        """Stop; what is undelivered is lost."""
        self._closed = True
        if self._http is not None:
            await self._http.close()

    async def _in_turn(self, key: tuple[str, str], delivery: Delivery) -> None:
        """The first try, then the first tries of what has come behind it meanwhile."""
        try:
            await self._try(delivery)
            while self._lanes.get(key):
                await self._try(self._lanes[key].popleft())
        finally:
            self._lanes.pop(key, None)

    async def _try(self, delivery: Delivery) -> None:
        delivery.attempt += 1
        status, error = await self._post(delivery)
        wait = None if 200 <= status < 300 else retry_delay(delivery.hook.get("retries") or {}, delivery.attempt)
        gave_up = wait is None and not 200 <= status < 300
        self._note(delivery, status, error, gave_up)
        if wait is not None and not self._closed:
            self.timers.after(wait, lambda: self.errands.run(self._try(delivery)))

    async def _post(self, delivery: Delivery) -> tuple[int, str]:
        if self._http is None:
            timeout = aiohttp.ClientTimeout(total=self.options.webhook_timeout)
            self._http = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        try:
            url, body = delivery.hook["url"], delivery.body
            async with self._http.post(url, data=body, headers=delivery.headers, allow_redirects=False) as answer:
                await answer.read()
                return answer.status, "" if answer.ok else f"Request failed with status code {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError) as error:
            return 0, str(error) or type(error).__name__

    def _note(self, delivery: Delivery, status: int, error: str, gave_up: bool) -> None:
        self.log.append(
            {
                "time": self.timers.clock.now(),
                "session": delivery.session,
                "url": delivery.hook["url"],
                "event_id": delivery.event_id,
                "event": delivery.event,
                "attempt": delivery.attempt,
                "status": status,
                "error": error,
                "gave_up": gave_up,
            }
        )


def prepare(hook: Json, session: str, body: bytes, lane: str, now: float, request_id: str, version: str) -> Delivery:
    """Headers and signature for a body. The envelope's id and event are read from it, where it has them."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"WAHA/{version}",
        "X-Webhook-Request-Id": request_id,
        "X-Webhook-Timestamp": str(int(now * 1000)),
    }
    key = (hook.get("hmac") or {}).get("key")
    if key:
        headers |= {"X-Webhook-Hmac": sign(key, body), "X-Webhook-Hmac-Algorithm": "sha512"}
    headers |= {item["name"]: item["value"] for item in hook.get("customHeaders") or []}
    event_id, event = _named(body)
    return Delivery(hook, session, event_id, event, lane, body, headers)


def _named(body: bytes) -> tuple[str, str]:
    try:
        envelope = json.loads(body)
        return str(envelope["id"]), str(envelope["event"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""
