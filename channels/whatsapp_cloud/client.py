"""HTTP to the Graph API. What goes wrong is one of three errors.

WhatsAppError
├── Answered      Meta answered no: a code, its words
├── NotSent       the request did not reach Meta, or did nothing there
└── AnswerLost    it may have been acted upon, but no answer came back
"""

import json
from collections.abc import Mapping
from typing import BinaryIO

import httpx

from channels.reading import Anomalous, Node
from channels.safe_http import trusted
from channels.text import clean

VERSION = "v23.0"
"""Described by Meta's own OpenAPI document; a version lives for two years at least."""
POOL = 100
TIMEOUT = httpx.Timeout(30, connect=5)
UPLOAD_TIMEOUT = httpx.Timeout(120, connect=5)
LONGEST_REASON = 300

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.WriteError, httpx.WriteTimeout)
"""A request that was not written to its end is not acted upon."""


class WhatsAppError(Exception):
    """Something went wrong with a call."""


class Answered(WhatsAppError):
    """The answer was no. ``code`` is Meta's (0 where there was none), ``status`` that of HTTP."""

    def __init__(self, code: int, words: str, status: int, told: bool = True) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words
        self.status = status
        self.told = told
        """Whether it was Meta that spoke, rather than something on the way."""

    @property
    def is_about_token(self) -> bool:
        """It is expired, revoked or none."""
        return self.status == 401 or (self.told and self.code in (0, 190))


class NotSent(WhatsAppError):
    """The request did not reach Meta."""


class AnswerLost(WhatsAppError):
    """The request may have been acted upon; the answer did not reach us."""


class GraphClient:
    """One token's calls. Every method raises ``WhatsAppError``."""

    def __init__(self, api_url: str, token: str) -> None:
        """Raises ``ValueError`` for a token that can't stand in a header."""
        if not token or not token.isascii() or not token.isprintable():
            raise ValueError("this is no token")
        self._token = token
        self.base = f"{api_url.rstrip('/')}/{VERSION}"
        self.authorization = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(
            headers=self.authorization,
            timeout=TIMEOUT,
            verify=trusted(),
            limits=httpx.Limits(max_connections=POOL, max_keepalive_connections=POOL),
        )

    async def get(self, path: str, **params: str) -> Node:
        return await self._call(self._http.build_request("GET", f"{self.base}/{path}", params=params))

    async def post(self, path: str, body: Mapping[str, object] | None = None) -> Node:
        return await self._call(self._http.build_request("POST", f"{self.base}/{path}", json=body))

    async def upload(self, path: str, file: BinaryIO, name: str, mime: str) -> Node:
        """The file is read while it is sent. A lost answer does no harm here: nobody was sent anything."""
        request = self._http.build_request(
            "POST",
            f"{self.base}/{path}",
            data={"messaging_product": "whatsapp", "type": mime},
            files={"file": (name, file, mime)},
            timeout=UPLOAD_TIMEOUT,
        )
        try:
            return await self._call(request)
        except AnswerLost as error:
            raise NotSent(str(error)) from error

    async def _call(self, request: httpx.Request) -> Node:
        try:
            answer = await self._http.send(request)
        except _NOT_SENT as error:
            raise NotSent(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise AnswerLost(type(error).__name__) from error
        if 300 <= answer.status_code < 400:
            raise NotSent(f"HTTP {answer.status_code}: redirects are not followed")
        if answer.status_code >= 400:
            raise self._hushed(read_refusal(answer.status_code, answer.content))
        try:
            return Node(answer.json(), "answer")
        except (ValueError, RecursionError, Anomalous) as error:
            raise AnswerLost("unreadable answer") from error

    def _hushed(self, error: Answered) -> Answered:
        """Meta repeats a token that it finds malformed."""
        return Answered(error.code, error.words.replace(self._token, "…"), error.status, error.told)

    async def close(self) -> None:
        await self._http.aclose()


def read_refusal(status: int, payload: bytes) -> Answered:
    """Whatever was answered, also by a proxy that speaks no JSON."""
    try:
        error = Node(json.loads(payload), "answer").node("error")
        code = error.natural("code")
    except (ValueError, RecursionError, Anomalous):
        return Answered(0, f"HTTP {status}", status, told=False)
    data = error.fields.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return Answered(code, reason(details, error.fields.get("message")) or f"HTTP {status}", status)


def reason(*candidates: object) -> str:
    """The first of Meta's words that says anything, of bounded length."""
    for candidate in candidates:
        if isinstance(candidate, str) and candidate.strip():
            return clean(candidate.strip())[:LONGEST_REASON]
    return ""
