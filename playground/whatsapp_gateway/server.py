"""The HTTP server: WAHA's `/api/…`, its files, `/ping`, and `/control/{action}` for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, cast
from urllib.parse import unquote

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from .control_api import ControlApi
from .dispatch import Answer, Dispatcher, Dropped, as_json
from .errors import HttpError, no_file
from .options import Options
from .world import World

FILES = "/api/files/"
CONTROL = "/control/"


class Server:
    """`async with Server() as server:` serves on `server.url` until the block ends."""

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.options = options or Options()
        self.host = host
        self.port = port
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()
        self.world = World(self.options, self._start)
        self.dispatcher = Dispatcher(self.world)
        self.control = ControlApi(self.world)

    @property
    def url(self) -> str:
        """What WAHA's users call its URL."""
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Server:
        await self._group.__aenter__()
        server = web.Server(self.handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.world.url = self.url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.world.close()
        await self._runner.cleanup()
        for task in list(self._tasks):
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def _start(self, work: Awaitable[None]) -> None:
        task = self._group.create_task(cast(Coroutine[Any, Any, None], work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def handle(self, request: BaseRequest) -> StreamResponse:
        """One HTTP request."""
        path = request.raw_path.partition("?")[0]
        try:
            if path.startswith(CONTROL):
                return await self.control.handle(request, path[len(CONTROL) :])
            if path.startswith(FILES) and request.method == "GET":
                return self._file(request, unquote(path[len(FILES) :]))
            if path == "/ping":
                return _respond(as_json(200, {"message": "pong"}))
            if path in ("/api/version", "/api/server/version"):
                return self._version(request)
            return _respond(await self.dispatcher.answer(request, path))
        except HttpError as error:
            return _respond(as_json(error.status, error.body))
        except Dropped:
            return _cut(request)

    def _file(self, request: BaseRequest, name: str) -> StreamResponse:
        self.dispatcher.check_key(request)
        blob = self.world.files.linked(name)
        if blob is None:
            raise no_file()
        return web.FileResponse(blob.path, headers={"Content-Type": blob.mime})

    def _version(self, request: BaseRequest) -> StreamResponse:
        self.dispatcher.check_key(request)
        options = self.options
        answer = {"version": options.version, "engine": options.engine, "tier": "CORE", "browser": None}
        return _respond(as_json(200, answer))


def _request(*args: Any) -> BaseRequest:
    message, payload, protocol, writer, task = args
    return BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop())


def _respond(answer: Answer) -> StreamResponse:
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)


def _cut(request: BaseRequest) -> StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
