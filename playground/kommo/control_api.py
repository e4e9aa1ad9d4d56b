"""`POST /control/{action}`: a test acts as a user of Kommo, breaks things, and looks. JSON in and out."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from . import control_cards, control_chats, control_setup, control_world
from .errors import ControlError, HttpError
from .world import World

Json = dict[str, Any]
Action = Callable[[World, Json], Any]

ACTIONS: dict[str, Action] = {
    **control_setup.ACTIONS,
    **control_cards.ACTIONS,
    **control_chats.ACTIONS,
    **control_world.ACTIONS,
}


class ControlApi:
    """Answers `{"ok": true, "result": …}`, or 400 with `{"ok": false, "error": …}`."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle(self, request: BaseRequest, action: str) -> StreamResponse:
        """One action; what it caused is on its way to the webhooks when this returns."""
        body = await request.read()
        try:
            values = json.loads(body) if body else {}
            return _reply({"ok": True, "result": await self._run(action, values)}, 200)
        except (ControlError, HttpError, ValueError) as error:
            return _reply({"ok": False, "error": str(error)}, 400)
        except (KeyError, TypeError) as error:
            return _reply({"ok": False, "error": f"{action}: {type(error).__name__} {error}"}, 400)
        finally:
            self.world.events.flush()

    async def _run(self, action: str, values: Json) -> Any:
        run = ACTIONS.get(action)
        if run is None:
            raise ControlError(f"no action {action!r}")
        result = run(self.world, values)
        return await result if inspect.isawaitable(result) else result


def _reply(body: Json, status: int) -> StreamResponse:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
