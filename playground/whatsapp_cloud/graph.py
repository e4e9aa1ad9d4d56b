"""One call from request to answer: token, path, faults, the call itself, the log."""

from __future__ import annotations

import inspect
import json
import logging
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.faults import GARBAGE, Dropped, meet
from playground.kit.files import BLOCK
from playground.kit.server import cut

from .accounts import Business
from .calls import Fault
from .errors import GraphError, bad_token
from .ids import digits
from .media_api import break_off, download
from .routes import RUNS, Call, operation
from .world import World

Json = dict[str, Any]

logger = logging.getLogger(__name__)

GONE = {"errors": {"message": "The requested resource does not exist"}}


class Graph:
    """Answers calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle(self, request: BaseRequest) -> StreamResponse:
        """A call of the Graph API."""
        query, body = dict(request.query), None
        name, target = "unknown", ""
        try:
            business = self._business(request, query)
            body = await _body(request)
            is_status = isinstance(body, dict) and "status" in body
            name, target = operation(request.method, request.path, business, is_status)
            call = Call(self.world, business, request, name, target, query, body)
            return await self._answer(call)
        except GraphError as error:
            await _drain(request)
            return self._refuse(name, target, body, error)
        except Dropped:
            self._log(name, target, body, 0, 0, None)
            return cut(request)
        except Exception as error:
            logger.exception("%s failed", name)
            return self._refuse(name, target, body, GraphError(1, f"The stand-in failed with {error!r}", status=500))

    async def download(self, request: BaseRequest) -> StreamResponse:
        """The bytes of a file: Bearer token, and an address that still lives."""
        handle = self.world.media.by_link(request.query.get("hash", ""))
        target = request.query.get("mid", "")
        try:
            business = self._business(request, {})
            fault = self.world.faults.pick(lambda planned: planned.matches("download", target, ""))
            await _meet(fault)
            if handle is None or handle.number.business is not business:
                return self._reply("download", target, None, 404, 0, GONE)
            self._log("download", target, None, 200, 0, None)
            if fault is not None and fault.action in ("drop", "garbage"):
                return await break_off(handle, request) if fault.action == "drop" else _garbage()
            return download(handle)
        except GraphError as error:
            return self._refuse("download", target, None, error)
        except Dropped:
            return cut(request)

    def _business(self, request: BaseRequest, query: Json) -> Business:
        """Whose token it is. Raises GraphError 190, or what the whole account is refused with."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token if kind == "Bearer" else str(query.pop("access_token", ""))
        for business in self.world.businesses.values():
            if token and token in (business.token, f"{business.app.id}|{business.app.secret}"):
                if business.revoked:
                    message = "Error validating access token: The session has been invalidated."
                    raise GraphError(190, message=message, error_subcode=460)
                if business.failure:
                    raise GraphError(business.failure, "The account is restricted.")
                return business
        raise bad_token()

    async def _answer(self, call: Call) -> StreamResponse:
        meant = call.operation, call.target, _to(call.body)
        call.fault = self.world.faults.pick(lambda planned: planned.matches(*meant))
        await _meet(call.fault)
        result = RUNS[call.operation](call)
        result = await result if inspect.isawaitable(result) else result
        if call.fault is not None and call.fault.action == "drop":
            raise Dropped
        if call.fault is not None and call.fault.action == "garbage":
            self._log(call.operation, call.target, call.body, 502, 0, result)
            return _garbage()
        return self._reply(call.operation, call.target, call.body, 200, 0, result)

    def _refuse(self, name: str, target: str, body: Any, error: GraphError) -> StreamResponse:
        return self._reply(name, target, body, error.status, error.code, error.body())

    def _reply(self, name: str, target: str, body: Any, status: int, code: int, result: Json) -> StreamResponse:
        self._log(name, target, body, status, code, result)
        raw = json.dumps(result).encode()
        return web.Response(body=raw, status=status, content_type="application/json", charset="utf-8")

    def _log(self, name: str, target: str, body: Any, status: int, code: int, result: Any) -> None:
        self.world.calls.add(self.world.clock.now(), name, target, body, status, code, result)


async def _meet(fault: Fault | None) -> None:
    """What a planned fault does before the call."""
    if fault is None:
        return
    await meet(fault)
    if fault.action == "fail":
        raise GraphError(fault.code, fault.details, status=fault.status)


async def _body(request: BaseRequest) -> Any:
    """JSON or a form; None when there is none. A multipart body is left for the upload to stream."""
    kind = request.content_type
    if not request.can_read_body or kind == "multipart/form-data":
        return None
    raw = await request.read()
    if kind == "application/json":
        try:
            return json.loads(raw) if raw else None
        except ValueError:
            raise GraphError(100, message="(#100) The body is no JSON.") from None
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    except ValueError:
        raise GraphError(100, message="(#100) The body can't be read.") from None


def _to(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    return digits(str(body["to"])) if body.get("to") else str(body.get("recipient", ""))


async def _drain(request: BaseRequest) -> None:
    """Read what is left of an upload, so that the client hears the refusal."""
    if request.content_type == "multipart/form-data":
        async for _ in request.content.iter_chunked(BLOCK):
            pass


def _garbage() -> StreamResponse:
    return web.Response(body=GARBAGE, status=502, content_type="text/html")
