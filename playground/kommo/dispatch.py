"""One call of API v4 from request to answer: who, how often, planned faults, the call itself, the log."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp.web import BaseRequest

from .brackets import parse
from .call import Call
from .calls import Fault, Record
from .errors import PROBLEM, HttpError, bad_request, forbidden, not_allowed, not_found, payment_required, problem
from .routes import PREFIX, Route, exists, find
from .tokens import Grant
from .world import World

Json = dict[str, Any]

logger = logging.getLogger(__name__)

ALWAYS = 3600.0
HAL = "application/hal+json"
GARBAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"


class Dropped(Exception):
    """The connection is to be cut without an answer."""


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    content_type: str = HAL
    headers: dict[str, str] = field(default_factory=dict)


def as_json(status: int, value: Any) -> Answer:
    """An answer; nothing at all is 204."""
    if value is None:
        return Answer(204, b"")
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), HAL if status < 400 else PROBLEM)


class Dispatcher:
    """Runs calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def answer(self, request: BaseRequest, path: str) -> Answer:
        """What Kommo would answer; raises Dropped when there is to be no answer."""
        body = await request.read()
        found = find(request.method, path[len(PREFIX) :])
        name = found[0].name(found[1]) if found is not None else "unknown"
        grant: Grant | None = None
        try:
            grant = self.world.tokens.who(request.headers.get("Authorization", ""), self.world.clock.now())
            self.world.limits.charge(grant.integration.client_id, self.world.clock.now())
            call, route = self._read(request, path, body, grant, found)
            self._paid(request.method)
        except HttpError as error:
            whose = grant.integration.client_id if grant is not None else ""
            self._log(
                name, whose, request.method, request.raw_path, body.decode(errors="replace"), error.status, error.body
            )
            return as_json(error.status, error.body)
        return await self._faulty(call, route, grant.integration.client_id)

    def _read(
        self,
        request: BaseRequest,
        path: str,
        body: bytes,
        grant: Grant,
        found: tuple[Route, dict[str, str]] | None,
    ) -> tuple[Call, Route]:
        if found is None:
            raise not_allowed() if exists(path[len(PREFIX) :]) else not_found("Not found")
        route, parts = found
        pairs = parse_qsl(request.raw_path.partition("?")[2], keep_blank_values=True)
        user = self.world.users.get(grant.user_id)
        if user is None or not user.is_active:
            raise forbidden("The user of the token is not active")
        given = request.headers.get("X-Context-User-ID", "")
        if given and (not given.isdecimal() or int(given) not in self.world.users):
            raise forbidden("X-Context-User-ID is no user of the account")
        by = int(given) if given else user.id
        name, query = route.name(parts), parse(pairs)
        url = request.raw_path
        return Call(self.world, name, request.method, url, parts, query, pairs, _json(request, body), user, by), route

    def _paid(self, method: str) -> None:
        """After the subscription's end writing is refused at once, reading 30 days later."""
        ended = self.world.ended_at
        grace = self.world.options.reads_after_end if method == "GET" else 0.0
        if ended is not None and self.world.clock.now() >= ended + grace:
            raise payment_required()

    async def _faulty(self, call: Call, route: Route, integration: str) -> Answer:
        fault = self.world.faults.pick(call.name)
        if fault is None:
            return self._perform(call, route, integration)
        if fault.action == "fail":
            body = fault.body or problem(fault.status, "Planned by a test")
            self._log_call(call, integration, fault.status, body)
            return as_json(fault.status, body)
        await self._before(call, integration, fault)
        answer = self._perform(call, route, integration, withheld=fault.action in ("drop", "garbage", "lost"))
        if fault.action == "late":
            await asyncio.sleep(fault.seconds)
        if fault.action == "drop":
            raise Dropped
        if fault.action == "lost":
            return as_json(fault.status, fault.body or problem(fault.status, "Planned by a test"))
        return Answer(200, GARBAGE, "text/html") if fault.action == "garbage" else answer

    async def _before(self, call: Call, integration: str, fault: Fault) -> None:
        if fault.action in ("refuse", "hang"):
            self._log_call(call, integration, 0, fault.action)
            if fault.action == "hang":
                await asyncio.sleep(ALWAYS)
            raise Dropped
        if fault.action == "delay":
            await asyncio.sleep(fault.seconds)

    def _perform(self, call: Call, route: Route, integration: str, withheld: bool = False) -> Answer:
        try:
            result = route.run(call)
        except HttpError as error:
            self._log_call(call, integration, error.status, error.body)
            return as_json(error.status, error.body)
        except Exception as error:
            # The stand-in's own mistake: loud, and in Kommo's shape.
            logger.exception("%s failed", call.name)
            body = problem(500, f"the stand-in failed with {error!r}")
            self._log_call(call, integration, 500, body)
            return as_json(500, body)
        finally:
            self.world.events.flush()
        status = 204 if result is None else 200
        self._log_call(call, integration, 0 if withheld else status, result)
        return as_json(status, result)

    def _log_call(self, call: Call, integration: str, status: int, answer: Any) -> None:
        self._log(call.name, integration, call.method, call.url, call.body, status, answer)

    def _log(self, name: str, integration: str, method: str, url: str, body: Any, status: int, answer: Any) -> None:
        path, _mark, query = url.partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        record = Record(0, self.world.clock.now(), name, integration, method, path, pairs, body, status, answer)
        self.world.calls.add(record)


def _json(request: BaseRequest, body: bytes) -> Any:
    """The body; a GET's is ignored."""
    if not body or request.method == "GET":
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("Syntax error in the JSON of the body") from None
