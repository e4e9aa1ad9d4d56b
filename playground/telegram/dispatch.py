"""One call from parameters to answer: limits, faults, the method itself, the log."""

from __future__ import annotations

import contextlib
import inspect
import json
import logging
from dataclasses import dataclass, field
from typing import Any

from playground.kit.faults import GARBAGE, Dropped, meet
from playground.kit.files import Blob

from .calls import Fault
from .errors import ApiError, BadRequest, TooManyRequests
from .methods import METHODS, Call
from .methods.registry import Method
from .methods.updates import reply_allowed
from .parameters import KNOWN, Parameters
from .people import Bot
from .world import World

Json = dict[str, Any]

logger = logging.getLogger(__name__)

NOT_FOUND = ApiError(404, "Not Found: method not found")


@dataclass(slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def success(result: Any) -> Answer:
    """The envelope of a result."""
    return Answer(200, b'{"ok":true,"result":' + json.dumps(result, separators=(",", ":")).encode() + b"}")


def failure(error: ApiError) -> Answer:
    """The envelope of a refusal."""
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    return Answer(error.code, json.dumps(body).encode(), headers)


class Dispatcher:
    """Runs calls on a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.run_reply = self.run_reply

    async def answer(self, bot: Bot, name: str, params: Parameters, files: dict[str, Blob]) -> Answer:
        """Perform a call as the network would see it; raises Dropped when there is to be no answer."""
        faults = self.world.faults
        fault = faults.pick(lambda planned: planned.matches(bot.id, name, params)) if faults else None
        try:
            if fault is not None:
                await meet(fault)
                if fault.action == "fail":
                    raise _planned_error(fault)
            result = await self._perform(bot, name, params, files)
        except ApiError as error:
            self._log(bot, name, params, error.code, error.description, None)
            return failure(error)
        except Exception as error:
            if isinstance(error, Dropped):
                self._log(bot, name, params, 0, "refused", None)
                raise
            return self._broken(bot, name, params, error)
        if fault is not None and fault.action in ("drop", "garbage"):
            self._log(bot, name, params, 0, fault.action, result)
            if fault.action == "drop":
                raise Dropped
            return Answer(502, GARBAGE)
        self._log(bot, name, params, 200, "", result)
        return success(result)

    def _broken(self, bot: Bot, name: str, params: Parameters, error: Exception) -> Answer:
        """A mistake of the stand-in's own, or input so odd that it fell over: loud, and in Telegram's envelope."""
        logger.error("%s failed", name, exc_info=error)
        description = f"Internal Server Error: the stand-in failed with {error!r}"
        self._log(bot, name, params, 500, description, None)
        return failure(ApiError(500, description))

    async def run_reply(self, bot: Bot, call: Json) -> None:
        """A call that came as a webhook's answer; nobody hears how it ended."""
        name = str(call.pop("method"))
        if reply_allowed(name):
            with contextlib.suppress(Dropped):
                await self.answer(bot, name, Parameters(call), {})

    async def _perform(self, bot: Bot, name: str, params: Parameters, files: dict[str, Blob]) -> Any:
        method = METHODS.get(name.lower())
        if method is None:
            raise NOT_FOUND
        if self.world.options.strict_parameters:
            _check_known(method.name, params, files)
        if method.charged and self.world.options.limits:
            self._charge(bot, params)
        result = method.run(Call(self.world, bot, method.name, params, files))
        return await result if inspect.isawaitable(result) else result

    def _charge(self, bot: Bot, params: Parameters) -> None:
        chat = f"{params.text('chat_id')}{params.text('business_connection_id')}"
        retry_after = self.world.limits.charge(bot.id, chat, _weight(params), self.world.clock.now())
        if retry_after:
            raise TooManyRequests(retry_after)

    def _log(self, bot: Bot, name: str, params: Parameters, code: int, description: str, result: Any) -> None:
        known = METHODS.get(name.lower())
        shown = known.name if isinstance(known, Method) else name
        self.world.calls.add(self.world.clock.now(), bot.id, shown, params, code, description, result)


def _weight(params: Parameters) -> int:
    """How many messages a call sends: an album's parts and bulk ids count one by one."""
    if "media" not in params and "message_ids" not in params:
        return 1
    many = params.data("media") if "media" in params else params.data("message_ids")
    return max(1, len(many)) if isinstance(many, list) else 1


def _check_known(name: str, params: Parameters, files: dict[str, Blob]) -> None:
    unknown = params.keys() - KNOWN[name]
    if unknown:
        raise BadRequest(f"the stand-in knows no parameter {', '.join(sorted(unknown))} of {name}")
    if files:
        _check_files_used(name, params, files)


def _check_files_used(name: str, params: Parameters, files: dict[str, Blob]) -> None:
    texts = " ".join(value for value in params.values() if isinstance(value, str))
    unused = [field for field in files if field not in KNOWN[name] and f"attach://{field}" not in texts]
    if unused:
        raise BadRequest(f"the stand-in found no use for the file {', '.join(unused)} of {name}")


def _planned_error(fault: Fault) -> ApiError:
    names = ("retry_after", "migrate_to_chat_id")
    parameters = {name: getattr(fault, name) for name in names if getattr(fault, name)}
    if fault.retry_after:
        return ApiError(429, f"Too Many Requests: retry after {fault.retry_after}", **parameters)
    return ApiError(fault.code, fault.description, **parameters)
