"""The HTTP server: `/api/v4/…`, `/oauth2/access_token`, the Chats API's `/v2/origin/custom/…`, and `/control/…`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, cast
from urllib.parse import parse_qsl
from uuid import uuid4

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from . import amojo, routes
from .brackets import parse
from .calls import Record
from .control_api import ControlApi
from .dispatch import Answer, Dispatcher, Dropped, as_json
from .errors import HttpError, not_found, oauth_problem
from .options import Options
from .reading import Reader
from .world import World

CONTROL = "/control/"
TOKEN = "/oauth2/access_token"  # noqa: S105 - an address


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
        self.amojo = amojo.Amojo(self.world)
        self.control = ControlApi(self.world)

    @property
    def url(self) -> str:
        """What stands for `https://example.kommo.com`, and for `https://amojo.kommo.com` too."""
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
            if path.startswith(routes.PREFIX):
                return _respond(await self.dispatcher.answer(request, path))
            return _respond(await self._other(request, path))
        except Dropped:
            return _cut(request)

    async def _other(self, request: BaseRequest, path: str) -> Answer:
        """OAuth and the Chats API, which have neither the limits nor the tokens of API v4."""
        body = await request.read()
        name, given, status = "unknown", None, 200
        try:
            if path.startswith(amojo.PREFIX):
                query = parse(parse_qsl(request.raw_path.partition("?")[2]))
                name, given, answer = self._chats(request, path, query, body)
            elif path == TOKEN and request.method == "POST":
                name, answer = "oauth", self._oauth(request, body)
            else:
                raise not_found("Not found")
        except HttpError as error:
            status, answer = error.status, error.body
        self._log(request, name, path, given, status, answer)
        return as_json(status, answer)

    def _chats(self, request: BaseRequest, path: str, query: dict[str, Any], body: bytes) -> tuple[str, Any, Any]:
        try:
            return self.amojo.answer(request.method, path, request.headers, query, body)
        finally:
            self.world.events.flush()

    def _oauth(self, request: BaseRequest, body: bytes) -> dict[str, str | int]:
        """JSON or a form."""
        try:
            form = request.content_type == "application/x-www-form-urlencoded"
            values = dict(parse_qsl(body.decode())) if form else json.loads(body)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise oauth_problem("Check the `client_id` parameter")
        return self.world.tokens.exchange(Reader(values), self.world.clock.now())

    def _log(self, request: BaseRequest, name: str, path: str, given: Any, status: int, answer: Any) -> None:
        """Tokens stay out of the log."""
        shown = {} if name == "oauth" and status == 200 else answer
        now = self.world.clock.now()
        self.world.calls.add(Record(0, now, name, "", request.method, path, {}, given, status, shown))


def _request(*args: Any) -> BaseRequest:
    message, payload, protocol, writer, task = args
    return BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=2**26)


def _respond(answer: Answer) -> StreamResponse:
    headers = {"X-Request-Id": str(uuid4())} | answer.headers
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type, headers=headers)


def _cut(request: BaseRequest) -> StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
