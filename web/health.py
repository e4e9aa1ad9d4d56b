"""Is it alive, is it ready, and the numbers."""

from dataclasses import asdict

from aiohttp import web

from web.doors import Doors, State

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """``/healthz`` says that the event loop turns; ``/readyz`` that work gets done; ``/metrics`` how much."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self.on_healthz),
            web.get("/readyz", self.on_readyz),
            web.get("/metrics", self.on_metrics),
        ]

    async def on_healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def on_readyz(self, request: web.Request) -> web.Response:
        state = await self._doors.state()
        return web.json_response(_as_json(state), status=200 if state.ready else 503)

    async def on_metrics(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._doors.metrics(), headers={"Content-Type": PROMETHEUS})


def _as_json(state: State) -> dict[str, object]:
    return {
        "ready": state.ready,
        "problems": list(state.problems),
        "lanes": {lane.name: {k: v for k, v in asdict(lane).items() if k != "name"} for lane in state.lanes},
        "parts": dict(state.parts),
    }
