"""One call from request to answer: the key, the parameters, planned faults, the call itself, the log."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp.web import BaseRequest, RequestPayloadError

from playground.kit.faults import GARBAGE, Dropped, meet

from .body import Fields, Query, to_json
from .calls import Fault
from .errors import HttpError, bad_request, not_found, too_large, unauthorized
from .routes import Route, find
from .targets import Call
from .world import World

Json = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    content_type: str = "application/json"


def as_json(status: int, value: Any) -> Answer:
    """An answer; nothing becomes an empty body."""
    return Answer(status, b"" if value is None else to_json(value))


class Dispatcher:
    """Runs calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def answer(self, request: BaseRequest, path: str) -> Answer:
        """What WAHA would answer; raises Dropped when there is to be no answer."""
        try:
            self.check_key(request)
            found = find(request.method, path)
            if found is None:
                raise not_found(f"Cannot {request.method} {path}")
            call = await self._read(request, *found)
        except HttpError as error:
            return as_json(error.status, error.body)
        return await self._faulty(call, found[0])

    def check_key(self, request: BaseRequest) -> None:
        """Refuse whoever has not the key."""
        given = request.headers.get("X-Api-Key", "")
        if not hmac.compare_digest(given.encode(), self.world.options.api_key.encode()):
            raise unauthorized()

    async def _read(self, request: BaseRequest, route: Route, path: dict[str, str]) -> Call:
        strict = self.world.options.strict_parameters
        query = Query(dict(parse_qsl(request.raw_path.partition("?")[2], keep_blank_values=True)))
        query.only(route.query, strict)
        body = Fields(await self._json(request) if request.can_read_body else {})
        body.only(route.body, strict)
        return Call(self.world, route.name, path, query, body, request.headers.get("Accept", ""), request.raw_path)

    async def _json(self, request: BaseRequest) -> Json:
        data = bytearray()
        try:
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > self.world.options.body_bytes:
                    raise too_large()
            values = json.loads(data) if data else {}
        except (ValueError, RecursionError, RequestPayloadError) as error:
            raise bad_request(f"{error}") from None
        if not isinstance(values, dict):
            raise bad_request("the body must be an object")
        if data and request.content_type != "application/json":
            raise bad_request("the body must be application/json")
        return values

    async def _faulty(self, call: Call, route: Route) -> Answer:
        chat_id = call.body.values.get("chatId") or call.path.get("chatId") or ""
        fault = self.world.faults.pick(lambda planned: planned.matches(call.name, call.session_name, str(chat_id)))
        if fault is None:
            return await self._perform(call, route)
        if fault.action == "fail":
            return self._logged(call, fault.status, fault.body)
        await self._before(call, fault)
        answer = await self._perform(call, route, withheld=fault.action in ("drop", "garbage"))
        if fault.action == "late":
            await asyncio.sleep(fault.seconds)
        if fault.action == "drop":
            raise Dropped
        return Answer(502, GARBAGE, "text/html") if fault.action == "garbage" else answer

    async def _before(self, call: Call, fault: Fault) -> None:
        if fault.action in ("refuse", "hang"):
            self._log(call, 0, fault.action)
        await meet(fault)
        if fault.action == "hang":
            raise Dropped

    async def _perform(self, call: Call, route: Route, withheld: bool = False) -> Answer:
        try:
            result = route.run(call)
            result = await result if inspect.isawaitable(result) else result
        except HttpError as error:
            return self._logged(call, error.status, error.body | _asked(call, route, error))
        except Exception as error:
            # The stand-in's own mistake: loud, and in WAHA's words.
            logger.exception("%s failed", call.name)
            return self._logged(call, 500, {"statusCode": 500, "error": f"the stand-in failed with {error!r}"})
        status = 201 if route.method == "POST" else 200
        self._log(call, 0 if withheld else status, None if isinstance(result, bytes) else result)
        return Answer(status, result, "image/png") if isinstance(result, bytes) else as_json(status, result)

    def _logged(self, call: Call, status: int, body: Json) -> Answer:
        self._log(call, status, body)
        return as_json(status, body)

    def _log(self, call: Call, status: int, answer: Any) -> None:
        parameters = {**call.path, **call.query.values, **_shortened(call.body.values)}
        self.world.calls.add(self.world.clock.now(), call.name, call.session_name, parameters, status, answer)


def _asked(call: Call, route: Route, error: HttpError) -> Json:
    """What WAHA adds to a 500: the whole request, with all that is personal in it."""
    if error.status != 500:
        return {}
    asked = {"path": call.url, "method": route.method, "body": call.body.values, "query": call.query.values}
    return {"request": asked, "version": {"version": call.world.options.version}}


def _shortened(values: Json) -> Json:
    """Without the bytes of files."""
    file = values.get("file")
    if not isinstance(file, dict) or "data" not in file:
        return values
    return values | {"file": file | {"data": f"{len(str(file['data']))} characters"}}
