"""Webhooks: what platforms deliver. 200 means it is on disk."""

import logging
from time import perf_counter

from aiohttp import web

from channels.hub import WrongSecret
from channels.registry import KINDS
from sales.errors import Unavailable
from sales.ids import ChannelId
from web.body import read_body
from web.doors import Door, Doors

log = logging.getLogger(__name__)

RETRY_AFTER = 5
"""Seconds. Telegram obeys it up to an hour (PLATFORMS.md A4)."""
STAFF = "staff"
_FAMILIES = "|".join(sorted({kind.family for kind in KINDS.values()}))


class Webhooks:
    """Handlers on the doors they lead to."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def routes(self) -> list[web.RouteDef]:
        channel = f"/webhooks/{{family:{_FAMILIES}}}/{{channel_id:[1-9][0-9]{{0,14}}}}"
        return [
            web.post("/webhooks/staff", self.on_staff),
            web.post(channel, self.on_channel),
            web.get(channel, self.on_challenge, allow_head=False),
        ]

    async def on_staff(self, request: web.Request) -> web.Response:
        return await self._timed(STAFF, request, self._doors.staff)

    async def on_challenge(self, request: web.Request) -> web.Response:
        """A platform asks whether this door is ours, before it delivers anything."""
        try:
            channel_id = ChannelId(int(request.match_info["channel_id"]))
            door = await self._doors.channel(request.match_info["family"], channel_id)
            answer = door.answer_challenge(request.query) if door is not None else None
        except Unavailable as error:
            return _later(str(error))
        except LookupError:
            return web.Response(status=405, text="POST here\n", headers={"Allow": "POST"})
        if door is None:
            return _nowhere()
        return web.Response(status=403, text="wrong token\n") if answer is None else web.Response(text=answer)

    async def on_channel(self, request: web.Request) -> web.Response:
        family = request.match_info["family"]
        try:
            door = await self._doors.channel(family, ChannelId(int(request.match_info["channel_id"])))
        except Unavailable as error:
            return _later(str(error))
        return await self._timed(family, request, door)

    async def _timed(self, name: str, request: web.Request, door: Door | None) -> web.Response:
        began = perf_counter()
        response = (
            web.Response(status=404, text="no such channel\n") if door is None else await self._pass(request, door)
        )
        self._doors.observe(name, response.status, perf_counter() - began)
        return response

    async def _pass(self, request: web.Request, door: Door) -> web.Response:
        try:
            body = await read_body(request)
            if await self._doors.too_full():
                return _later("too much is waiting to leave")
            answer = await door.take(request.headers, body)
        except web.HTTPException as refusal:
            return web.Response(status=refusal.status, text=f"{refusal.reason}\n")
        except WrongSecret:
            log.warning("a webhook came with a wrong secret: %s", request.path)
            return web.Response(status=403, text="wrong secret\n")
        except Unavailable as error:
            return _later(str(error))
        return web.Response(text="ok\n") if answer is None else web.json_response(answer)


def _nowhere() -> web.Response:
    return web.Response(status=404, text="no such channel\n")


def _later(why: str) -> web.Response:
    log.warning("a webhook was sent away for now: %s", why)
    return web.Response(status=503, text=f"{why}\n", headers={"Retry-After": str(RETRY_AFTER)})
