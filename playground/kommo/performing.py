"""Performing what was asked: planned faults, refusals, webhooks that follow, and the log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from playground.kit.faults import GARBAGE, Dropped, meet

from .calls import ApiCall, Fault
from .errors import PROBLEM, HttpError, problem
from .world import World

Json = dict[str, Any]

logger = logging.getLogger(__name__)

HAL = "application/hal+json"


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    content_type: str = HAL


def as_json(status: int, value: Any) -> Answer:
    """An answer; nothing at all is 204."""
    if value is None:
        return Answer(204, b"")
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), HAL if status < 400 else PROBLEM)


@dataclass(slots=True)
class Asked:
    """A call as the log has it. `token` is the integration; a `secret` answer stays out of the log."""

    name: str
    token: str
    method: str
    url: str
    body: Any
    secret: bool = False


class Performer:
    """Runs calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def run(self, asked: Asked, act: Callable[[], Any]) -> Answer:
        """What `act` gives, or what a fault makes of it; raises Dropped when there is to be no answer."""
        fault = self.world.faults.pick(lambda planned: planned.name in ("*", asked.name))
        if fault is None:
            return self._perform(asked, act)
        if fault.action == "fail":
            return self.refuse(asked, HttpError(fault.status, _body(fault)))
        await self._before(asked, fault)
        answer = self._perform(asked, act, withheld=fault.action in ("drop", "garbage", "lost"))
        return await self._after(answer, fault)

    def refuse(self, asked: Asked, error: HttpError) -> Answer:
        """Nothing is done."""
        self._log(asked, error.status, error.body)
        return as_json(error.status, error.body)

    async def _before(self, asked: Asked, fault: Fault) -> None:
        if fault.action in ("refuse", "hang"):
            self._log(asked, 0, fault.action)
        await meet(fault)
        if fault.action == "hang":
            raise Dropped

    async def _after(self, answer: Answer, fault: Fault) -> Answer:
        if fault.action == "late":
            await asyncio.sleep(fault.seconds)
        if fault.action == "drop":
            raise Dropped
        if fault.action == "lost":
            return as_json(fault.status, _body(fault))
        return Answer(200, GARBAGE, "text/html") if fault.action == "garbage" else answer

    def _perform(self, asked: Asked, act: Callable[[], Any], withheld: bool = False) -> Answer:
        try:
            result = act()
        except HttpError as error:
            return self.refuse(asked, error)
        except Exception as error:
            # The stand-in's own mistake: loud, and in Kommo's shape.
            logger.exception("%s failed", asked.name)
            return self.refuse(asked, HttpError(500, problem(500, f"the stand-in failed with {error!r}")))
        finally:
            self.world.events.flush()
        status = 204 if result is None else 200
        self._log(asked, 0 if withheld else status, result)
        return as_json(status, result)

    def _log(self, asked: Asked, status: int, answer: Any) -> None:
        path, _mark, query = asked.url.partition("?")
        pairs = dict(parse_qsl(query, keep_blank_values=True))
        shown = None if asked.secret and status < 400 else answer
        now = self.world.clock.now()
        record = ApiCall(0, now, asked.name, asked.token, asked.method, path, pairs, asked.body, status, shown)
        self.world.calls.add(record)


def _body(fault: Fault) -> Json:
    return fault.body or problem(fault.status, "Planned by a test")
