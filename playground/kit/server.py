"""The life of a server: it starts, hands over every request, and takes its background work with it when it ends."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self, cast

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse


class Closing(Protocol):
    """What a server closes before it ends: its world."""

    async def close(self) -> None:
        """Stop what is under way, and delete what is on disk."""


class Shell(ABC):
    """`async with` serves on `url` until the block ends. `world` is set by whoever inherits, with `start` for it."""

    max_body: ClassVar[int] = 1024**2
    world: Closing

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The base address; known once it serves, when `port` was 0."""
        return f"http://{self.host}:{self.port}"

    @abstractmethod
    async def handle(self, request: BaseRequest) -> StreamResponse:
        """One HTTP request."""

    def listening(self) -> None:
        """The `url` is known now."""
        return

    def start(self, work: Awaitable[None]) -> None:
        """Run something in the background for as long as the server lives."""
        task = self._group.create_task(cast(Coroutine[Any, Any, None], work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        server = web.Server(self.handle, request_factory=self._request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.listening()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.world.close()
        await self._runner.cleanup()
        for task in list(self._tasks):
            task.cancel()
        await self._group.__aexit__(None, None, None)

    def _request(self, *args: Any) -> BaseRequest:
        message, payload, protocol, writer, task = args
        loop = asyncio.get_running_loop()
        return BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=self.max_body)


def cut(request: BaseRequest) -> StreamResponse:
    """Close the connection without an answer; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
