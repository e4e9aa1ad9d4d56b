"""One call of API v4 from request to answer: whose it is, how often they call, and what is asked."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp.web import BaseRequest

from .brackets import parse
from .call import Call
from .entities import User
from .errors import HttpError, bad_request, forbidden, not_allowed, not_found, payment_required
from .performing import Answer, Asked, Performer
from .routes import PREFIX, Route, exists, find
from .tokens import Grant
from .world import World

Found = tuple[Route, dict[str, str]] | None


class Dispatcher:
    """Runs calls on a world."""

    def __init__(self, world: World, performer: Performer) -> None:
        self.world = world
        self.performer = performer

    async def answer(self, request: BaseRequest, path: str) -> Answer:
        """What Kommo would answer; raises Dropped when there is to be no answer."""
        body = await request.read()
        found = find(request.method, path[len(PREFIX) :])
        name = found[0].name(found[1]) if found is not None else "unknown"
        asked = Asked(name, "", request.method, request.raw_path, body.decode(errors="replace"))
        try:
            grant = self._grant(request)
            asked.token = grant.integration.client_id
            self.world.limits.charge(asked.token, self.world.clock.now())
            call, route = self._read(request, body, grant, found)
            self._paid(request.method)
        except HttpError as error:
            return self.performer.refuse(asked, error)
        asked.body = call.body
        return await self.performer.run(asked, lambda: route.run(call))

    def _grant(self, request: BaseRequest) -> Grant:
        return self.world.tokens.who(request.headers.get("Authorization", ""), self.world.clock.now())

    def _read(self, request: BaseRequest, body: bytes, grant: Grant, found: Found) -> tuple[Call, Route]:
        if found is None:
            path = request.raw_path.partition("?")[0]
            raise not_allowed() if exists(path[len(PREFIX) :]) else not_found("Not found")
        route, parts = found
        user = self._user(grant)
        call = Call(self.world, request.method, request.raw_path, parts, {}, [], None, user, self._by(request, user))
        call.pairs = parse_qsl(request.raw_path.partition("?")[2], keep_blank_values=True)
        call.query = parse(call.pairs)
        call.body = _json(request, body)
        return call, route

    def _user(self, grant: Grant) -> User:
        """Whose rights the token has."""
        user = self.world.users.get(grant.user_id)
        if user is None or not user.is_active:
            raise forbidden("The user of the token is not active")
        return user

    def _by(self, request: BaseRequest, user: User) -> int:
        """Who counts as the one who acts."""
        given = request.headers.get("X-Context-User-ID", "")
        if given and (not given.isdecimal() or int(given) not in self.world.users):
            raise forbidden("X-Context-User-ID is no user of the account")
        return int(given) if given else user.id

    def _paid(self, method: str) -> None:
        """After the subscription's end writing is refused at once, reading 30 days later."""
        ended = self.world.ended_at
        grace = self.world.options.reads_after_end if method == "GET" else 0.0
        if ended is not None and self.world.clock.now() >= ended + grace:
            raise payment_required()


def _json(request: BaseRequest, body: bytes) -> Any:
    """The body; a GET's is ignored."""
    if not body or request.method == "GET":
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("Syntax error in the JSON of the body") from None
