"""`POST /control/{action}`: a test acts as a person, breaks things, and looks at what happened. JSON in and out."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from . import control_accounts, control_people, control_world
from .errors import ControlError, GraphError
from .world import World

Json = dict[str, Any]
Action = Callable[[World, Json], Any]

ACTIONS: dict[str, Action] = {**control_accounts.ACTIONS, **control_people.ACTIONS, **control_world.ACTIONS}


class ControlApi:
    """Answers `{"ok": true, "result": …}`, or 400 with `{"ok": false, "error": …}`."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle(self, request: BaseRequest, action: str) -> StreamResponse:
        """One action."""
        body = await request.read()
        try:
            values = json.loads(body) if body else {}
            if action == "file":
                return self._file(values)
            return _reply({"ok": True, "result": await self._run(action, values)}, 200)
        except GraphError as error:
            return _reply({"ok": False, "error": error.details or error.message}, 400)
        except (ControlError, ValueError) as error:
            return _reply({"ok": False, "error": str(error)}, 400)
        except (KeyError, TypeError) as error:
            return _reply({"ok": False, "error": f"{action}: {type(error).__name__} {error}"}, 400)

    async def _run(self, action: str, values: Json) -> Any:
        run = ACTIONS.get(action)
        if run is None:
            raise ControlError(f"no action {action!r}")
        result = run(self.world, values)
        return await result if inspect.isawaitable(result) else result

    def _file(self, values: Json) -> StreamResponse:
        blob = self.world.media.get(values["file"])
        if blob is None:
            raise ControlError("no such file")
        return web.FileResponse(blob.path)


def _reply(body: Json, status: int) -> StreamResponse:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
