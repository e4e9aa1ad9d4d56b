"""HTTP to CRMs: one policy for all of them. Redirects are refused, since a token would go wherever they lead.

A call that was not written to its end did nothing and may be repeated. Of one whose answer was lost nobody knows, so
only what does no harm when it is done twice may be repeated: everything but POST. What a CRM refuses is told in its
own words, without what was sent to it.
"""

import asyncio
import functools
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from sales.ports.crm import CrmError

TIMEOUT = httpx.Timeout(20, connect=5)
"""Seconds, as in Kommo's own library (PLATFORMS.md D2)."""
POOL = 8
LONGEST_REASON = 300
TOO_FAST_WAIT = 1.0
"""Seconds after a 429 that names none."""
SHORT_WAIT = 3.0
"""Seconds that a call waits by itself after a 429; for longer ones its row waits."""
PATIENCE = 3
"""Tries of a call that is answered by 429."""
SETTLING = 30.0
"""Seconds until something is searched that may have been made: it may still be under way, or not yet be found."""

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.UnsupportedProtocol,
)
"""A request that was not written to its end is not acted upon."""


@functools.cache
def trusted() -> ssl.SSLContext:
    """One for all connections: loading the certificates takes 30 ms and megabytes."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` is JSON as it came; ``None`` where there was none, or none that can be read."""

    status: int
    body: object


class Turnstile:
    """Lets calls of one account pass one after the other, ``rate`` a second, in the order in which they came."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0
        self._line = asyncio.Lock()

    async def wait(self) -> None:
        loop = asyncio.get_running_loop()
        async with self._line:
            while (pause := self._next - loop.time()) > 0:  # noqa: ASYNC110 - time is waited for; hold() adds to it
                await asyncio.sleep(pause)
            self._next = loop.time() + self._gap

    def hold(self, seconds: float) -> None:
        """Nobody passes meanwhile, those who are in line included."""
        self._next = max(self._next, asyncio.get_running_loop().time() + seconds)


class Http:
    """One account's calls. ``base_url`` is where every path is looked up."""

    def __init__(self, base_url: str, rate: float) -> None:
        """Raises ``httpx.InvalidURL``."""
        self._turnstile = Turnstile(rate)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=POOL),
            verify=trusted(),
            follow_redirects=False,
            trust_env=False,
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """Whatever was answered, refusals too. Raises ``CrmError`` for what may go better later."""
        answer = await self._pass(method, path, headers=headers, params=params, json=body)
        if answer.status_code >= 500:
            raise lost(method, f"HTTP {answer.status_code}")
        if answer.is_redirect:
            raise CrmError("the address leads elsewhere: enter the account's own address")
        return Answer(answer.status_code, _read(answer, method))

    async def _pass(self, method: str, path: str, **what: Any) -> httpx.Response:
        """One that was too fast did nothing: a command beside the bot shares its limit, so that happens."""
        for _ in range(PATIENCE):
            await self._turnstile.wait()
            answer = await self._send(self._http.build_request(method, path, **what))
            if answer.status_code != 429:
                return answer
            after = _named_wait(answer)
            self._turnstile.hold(after)
            if after > SHORT_WAIT:
                break
        raise CrmError("too many requests", again=True, after=after)

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._http.send(request)
        except _NOT_SENT as error:
            raise CrmError(f"it can't be reached ({type(error).__name__})", again=True) from error
        except httpx.HTTPError as error:
            raise lost(request.method, f"no answer ({type(error).__name__})") from error

    async def close(self) -> None:
        await self._http.aclose()


def _named_wait(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdecimal() else TOO_FAST_WAIT


def lost(method: str, reason: str) -> CrmError:
    """It may have been acted upon: done twice only a POST does harm."""
    if method == "POST":
        return CrmError(reason, unknown=True, after=SETTLING)
    return CrmError(reason, again=True)


def _read(answer: httpx.Response, method: str) -> object:
    """A refusal need not be JSON; what was done must be."""
    if not answer.content.strip():
        return None
    try:
        found: object = json.loads(answer.content)
    except (ValueError, RecursionError):
        found = None
    if found is None and answer.is_success:
        raise lost(method, "unreadable answer")
    return found


def hushed(words: str, *secrets: str) -> str:
    """A CRM's words, of bounded length and without what opens it."""
    for secret in secrets:
        words = words.replace(secret, "…") if secret else words
    return " ".join(words.split())[:LONGEST_REASON]
