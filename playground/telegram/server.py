"""The HTTP server: `/bot{token}/{method}`, `/file/bot{token}/{path}` and `/control/{action}`."""

from __future__ import annotations

from urllib.parse import unquote

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.faults import Dropped
from playground.kit.server import Shell, cut

from .control_api import control_api
from .dispatch import Answer, Dispatcher, failure
from .errors import ApiError
from .files import THUMB_BYTES
from .options import Options
from .people import Bot
from .requests import MAX_BODY, read_call
from .world import World

UNAUTHORIZED = ApiError(401, "Unauthorized")
INVALID_TOKEN = ApiError(401, "Unauthorized: invalid token specified")
NOT_FOUND = ApiError(404, "Not Found")


class Server(Shell):
    """`async with Server() as server:` serves on `server.url` until the block ends; `{url}/bot` is the Bot API."""

    max_body = MAX_BODY

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.options = options or Options()
        self.world: World = World(self.options, self.start)
        self.dispatcher = Dispatcher(self.world)
        self.control = control_api(self.world)

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
            return cut(request)

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


def _respond(answer: Answer) -> StreamResponse:
    return web.Response(body=answer.body, status=answer.status, headers=answer.headers, content_type="application/json")
