"""`POST /control/{action}`: a test acts as a person, breaks things, and looks at what happened. JSON in and out."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from .errors import ControlError
from .files import BlobStore

Json = dict[str, Any]
W = TypeVar("W")


class ControlApi(Generic[W]):
    """Answers `{"ok": true, "result": …}`, or 400 with `{"ok": false, "error": …}`.

    `actions` run on the world; `file` answers a file of `files`. `refusal` is what the API itself refuses calls with,
    told to the test in `words`.
    """

    def __init__(
        self,
        world: W,
        actions: Mapping[str, Callable[[W, Json], Any]],
        files: BlobStore,
        refusal: type[Exception],
        words: Callable[[Any], str] = str,
    ) -> None:
        self._world = world
        self._actions = actions
        self._files = files
        self._refusal = refusal
        self._words = words

    async def handle(self, request: BaseRequest, action: str) -> StreamResponse:
        """One action."""
        body = await request.read()
        try:
            values = json.loads(body) if body else {}
            if action == "file":
                return self._file(values)
            return _reply({"ok": True, "result": await self._run(action, values)}, 200)
        except self._refusal as error:
            return _refused(self._words(error))
        except (ControlError, ValueError) as error:
            return _refused(str(error))
        except (KeyError, TypeError) as error:
            return _refused(f"{action}: {type(error).__name__} {error}")

    async def _run(self, action: str, values: Json) -> Any:
        run = self._actions.get(action)
        if run is None:
            raise ControlError(f"no action {action!r}")
        result = run(self._world, values)
        return await result if inspect.isawaitable(result) else result

    def _file(self, values: Json) -> StreamResponse:
        blob = self._files.get(values["file"])
        if blob is None:
            raise ControlError("no such file")
        return web.FileResponse(blob.path)


def _refused(why: str) -> StreamResponse:
    return _reply({"ok": False, "error": why}, 400)


def _reply(body: Json, status: int) -> StreamResponse:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
