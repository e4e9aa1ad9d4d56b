"""The HTTP server: `/v{N}.0/…`, the addresses of media, and `/control/{action}`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, cast

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from .control_api import ControlApi
from .graph import Graph
from .options import Options
from .store import PLACE
from .world import World

MAX_BODY = 8 * 1024 * 1024


class Server:
    """`async with Server() as server:` serves on `server.url` until the block ends."""

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.options = options or Options()
        self.host = host
        self.port = port
        self.world = World(self.options, self._start)
        self.graph = Graph(self.world)
        self.control = ControlApi(self.world)
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The base address: what stands for https://graph.facebook.com."""
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Server:
        await self._group.__aenter__()
        server = web.Server(self.handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.world.media.base = self.url
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
        if request.path.startswith("/control/"):
            return await self.control.handle(request, request.path[9:])
        if request.path == PLACE:
            return await self.graph.download(request)
        return await self.graph.handle(request)


def _request(*args: Any) -> BaseRequest:
    message, payload, protocol, writer, task = args
    loop = asyncio.get_running_loop()
    return BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)
