"""The HTTP server: `/bot{token}/{method}`, `/file/bot{token}/{path}` and `/control/{action}`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, cast
from urllib.parse import unquote

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from .control_api import ControlApi
from .dispatch import Answer, Dispatcher, Dropped, failure
from .errors import ApiError
from .files import THUMB_BYTES
from .options import Options
from .people import Bot
from .requests import MAX_BODY, read_call
from .world import World

UNAUTHORIZED = ApiError(401, "Unauthorized")
INVALID_TOKEN = ApiError(401, "Unauthorized: invalid token specified")
NOT_FOUND = ApiError(404, "Not Found")


class Server:
    """`async with Server() as server:` serves on `server.url` until the block ends."""

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.options = options or Options()
        self.host = host
        self.port = port
        self.world = World(self.options, self._start)
        self.dispatcher = Dispatcher(self.world)
        self.control = ControlApi(self.world)
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The base address, for `TelegramAPIServer.from_base` and for `{url}/bot`."""
        return f"http://{self.host}:{self.port}"

    async def __aenter__(self) -> Server:
        await self._group.__aenter__()
        server = web.Server(self.handle, request_factory=_request, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
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
        if "%" in path:
            path = unquote(path)
        try:
            if path.startswith("/bot"):
                return _respond(await self._call(request, path[4:]))
            if path.startswith("/file/bot"):
                return self._download(path[9:])
            if path.startswith("/control/"):
                return await self.control.handle(request, path[9:])
            raise NOT_FOUND
        except ApiError as error:
            return _respond(failure(error))
        except Dropped:
            return _cut(request)

    async def _call(self, request: BaseRequest, rest: str) -> Answer:
        token, _, name = rest.partition("/")
        bot = self._bot(token.removesuffix("/test"))
        params, files = await read_call(request, self.world)
        return await self.dispatcher.answer(bot, name.removeprefix("test/").rstrip("/"), params, files)

    def _bot(self, token: str) -> Bot:
        bot = self.world.bots.get(token)
        if bot is None:
            raise UNAUTHORIZED if token.partition(":")[0].isdigit() and ":" in token else INVALID_TOKEN
        if bot.revoked:
            raise UNAUTHORIZED
        return bot

    def _download(self, rest: str) -> StreamResponse:
        token, _, path = rest.partition("/")
        bot = self._bot(token)
        until = self.world.files.links.get((bot.id, path))
        blob = self.world.files.get(int(path.rpartition("/file_")[2].partition(".")[0])) if until is not None else None
        if until is None or blob is None or until < self.world.clock.now():
            raise NOT_FOUND
        if path.startswith("thumbnails/"):
            with blob.path.open("rb") as source:
                return web.Response(body=source.read(THUMB_BYTES), content_type="application/octet-stream")
        return web.FileResponse(blob.path, headers={"Content-Type": "application/octet-stream"})


def _request(*args: Any) -> BaseRequest:
    message, payload, protocol, writer, task = args
    loop = asyncio.get_running_loop()
    return BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY)


def _respond(answer: Answer) -> StreamResponse:
    return web.Response(body=answer.body, status=answer.status, headers=answer.headers, content_type="application/json")


def _cut(request: BaseRequest) -> StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
