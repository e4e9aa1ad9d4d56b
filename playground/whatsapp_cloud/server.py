"""The HTTP server: `/v{N}.0/…`, the addresses of media, and `/control/{action}`."""

from __future__ import annotations

from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.server import Shell

from .control_api import control_api
from .graph import Graph
from .options import Options
from .store import PLACE
from .world import World


class Server(Shell):
    """`async with Server() as server:` serves on `server.url` until the block ends: what stands for https://graph.facebook.com."""

    max_body = 8 * 1024 * 1024

    def __init__(self, options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(host, port)
        self.options = options or Options()
        self.world: World = World(self.options, self.start)
        self.graph = Graph(self.world)
        self.control = control_api(self.world)

    def listening(self) -> None:
        """Addresses of media begin with this one."""
        self.world.media.base = self.url

    async def handle(self, request: BaseRequest) -> StreamResponse:
        """One HTTP request."""
        if request.path.startswith("/control/"):
            return await self.control.handle(request, request.path[9:])
        if request.path == PLACE:
            return await self.graph.download(request)
        return await self.graph.handle(request)
