"""HTTP to the gateway. What goes wrong is one of three errors.

GatewayError
├── Answered      the gateway said no: a status and its words
├── NotSent       the request did not reach it
└── AnswerLost    it may have, but no answer came back
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from channels.safe_http import trusted

TIMEOUT = httpx.Timeout(60, connect=5, pool=30)
UPLOAD_TIMEOUT = httpx.Timeout(300, connect=5, pool=30)
"""WAHA answers when WhatsApp has the file."""
POOL = 20
LONGEST_REASON = 300

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteError,
    httpx.WriteTimeout,
    httpx.UnsupportedProtocol,
)
"""A request that was not written to its end is not acted upon."""


class GatewayError(Exception):
    """A call did not succeed."""


class Answered(GatewayError):
    """The gateway's answer was no. ``after`` is seconds, from ``Retry-After``."""

    def __init__(self, code: int, description: str, after: float | None = None) -> None:
        super().__init__(f"HTTP {code}: {description}")
        self.code = code
        self.description = description
        self.after = after


class NotSent(GatewayError):
    """The request did not reach the gateway."""


class AnswerLost(GatewayError):
    """The request may have reached the gateway; its answer did not reach us."""


@dataclass(frozen=True, slots=True)
class Login:
    """Which session of which gateway. ``url`` has no slash at its end."""

    url: str
    api_key: str
    session: str


class Gateway:
    """One session's calls. Redirects are refused: the key would go wherever they lead."""

    def __init__(self, login: Login) -> None:
        """Raises ``httpx.InvalidURL``, ``ValueError`` (a key that is no header)."""
        self.login = login
        self.session = login.session
        self._http = httpx.AsyncClient(
            base_url=f"{login.url}/",
            headers={"X-Api-Key": login.api_key},
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=POOL),
            verify=trusted(),
            follow_redirects=False,
            trust_env=False,
        )

    def path(self, rest: str) -> str:
        """``rest`` within this session."""
        return f"api/{quote(self.session, safe='')}/{rest}"

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> object:
        """The answer's JSON. Raises ``GatewayError``, as every call does."""
        return _read_json(await self._send("GET", path, params=params))

    async def picture(self, path: str) -> bytes:
        return (await self._send("GET", path, headers={"Accept": "image/png"})).content

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        """``None`` for an empty answer."""
        answer = await self._send(method, path, json=dict(body) if body is not None else {})
        return _read_json(answer) if answer.content.strip() else None

    async def post(self, path: str, **body: object) -> object:
        """A call that names its session in the body, as those that send do."""
        return await self.call("POST", path, {"session": self.session, **body})

    async def upload(self, path: str, body: AsyncIterator[bytes], length: int) -> object:
        """A JSON body of ``length`` bytes that is made while it is sent."""
        headers = {"Content-Type": "application/json", "Content-Length": str(length)}
        answer = await self._send("POST", path, content=body, headers=headers, timeout=UPLOAD_TIMEOUT)
        return _read_json(answer)

    async def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **arguments)
        except _NOT_SENT as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise AnswerLost(type(error).__name__) from error
        if not answer.is_success:
            raise _refusal(answer)
        return answer

    async def close(self) -> None:
        await self._http.aclose()


def in_path(name: str) -> str:
    """A chat or a message as a part of a path."""
    return quote(name, safe="")


def _read_json(answer: httpx.Response) -> object:
    """Raises ``AnswerLost`` for what is no answer of WAHA's."""
    try:
        found: object = json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        raise AnswerLost("unreadable answer") from error
    return found


def _refusal(answer: httpx.Response) -> Answered:
    after = answer.headers.get("Retry-After", "")
    return Answered(answer.status_code, _words(answer)[:LONGEST_REASON], float(after) if after.isdecimal() else None)


def _words(answer: httpx.Response) -> str:
    """NestJS says ``message`` (one or several); errors of the engine lie in ``exception`` (WAHA 2026.5.1)."""
    if answer.is_redirect:
        return "it leads elsewhere"
    try:
        body = json.loads(answer.content)
        found = body.get("exception", {}).get("message") or body.get("message") or body.get("error") or ""
    except (ValueError, AttributeError, RecursionError):
        return ""
    return "; ".join(map(str, found)) if isinstance(found, list) else str(found)
