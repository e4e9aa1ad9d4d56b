"""The HTTP server: WAHA's `/api/…`, its files, `/ping`, and `/control/{action}` for tests."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.faults import Dropped
from playground.kit.server import Shell, cut

from .control_api import control_api
from .dispatch import Answer, Dispatcher, as_json
from .errors import HttpError, no_file
from .options import Options
from .world import World

FILES = "/api/files/"
CONTROL = "/control/"


class Server(Shell):
    """`async with Server() as server:` serves on `server.url` until the block ends: what WAHA's users call its URL."""

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.options = options or Options()
        self.world: World = World(self.options, self.start)
        self.dispatcher = Dispatcher(self.world)
        self.control = control_api(self.world)

    def listening(self) -> None:
        """Files are downloaded from here."""
        self.world.url = self.url

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
            return cut(request)

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


def _respond(answer: Answer) -> StreamResponse:
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)
