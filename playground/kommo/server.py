"""The HTTP server: `/api/v4/…`, `/oauth2/access_token`, the Chats API's `/v2/origin/custom/…`, and `/control/…`."""

from __future__ import annotations

import json
from typing import ClassVar
from urllib.parse import parse_qsl
from uuid import uuid4

from aiohttp import web
from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.faults import Dropped
from playground.kit.server import Shell, cut

from . import amojo, routes
from .brackets import parse
from .control_api import Control
from .dispatch import Dispatcher
from .errors import HttpError, not_found, oauth_problem
from .options import Options
from .performing import Answer, Asked, Performer
from .reading import Reader
from .world import World

CONTROL = "/control/"
TOKEN = "/oauth2/access_token"  # noqa: S105 - an address


class Server(Shell):
    """`async with Server() as server:` serves on `server.url` until the block ends.

    `url` stands for `https://example.kommo.com`, and for `https://amojo.kommo.com` too.
    """

    max_body: ClassVar[int] = 64 * 1024**2

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.options = options or Options()
        self.world: World = World(self.options, self.start)
        self.performer = Performer(self.world)
        self.dispatcher = Dispatcher(self.world, self.performer)
        self.amojo = amojo.Amojo(self.world)
        self.control = Control(self.world, self.world.files)

    def listening(self) -> None:
        """Links of answers begin with it."""
        self.world.url = self.url

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
            return cut(request)

    async def _other(self, request: BaseRequest, path: str) -> Answer:
        """OAuth and the Chats API, which have neither the limits nor the tokens of API v4."""
        body = await request.read()
        asked = Asked("unknown", "", request.method, request.raw_path, None)
        try:
            if path == TOKEN and request.method == "POST":
                asked.name, asked.secret = "oauth", True
                return await self.performer.run(asked, lambda: self._oauth(request, body))
            if not path.startswith(amojo.PREFIX):
                raise not_found("Not found")
            query = parse(parse_qsl(request.raw_path.partition("?")[2]))
            action = self.amojo.find(request.method, path, request.headers, query, body)
        except HttpError as error:
            return self.performer.refuse(asked, error)
        asked.name, asked.body = action.name, action.values
        return await self.performer.run(asked, action.act)

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


def _respond(answer: Answer) -> StreamResponse:
    headers = {"X-Request-Id": str(uuid4())}
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type, headers=headers)
