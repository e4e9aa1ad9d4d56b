"""`POST /control/{action}`: a test acts as a user of Kommo, breaks things, and looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp.web import BaseRequest, StreamResponse

from playground.kit.control_api import ControlApi
from playground.kit.files import BlobStore

from . import control_cards, control_chats, control_setup, control_world
from .errors import HttpError
from .world import World

Json = dict[str, Any]

ACTIONS: dict[str, Callable[[World, Json], Any]] = {
    **control_setup.ACTIONS,
    **control_cards.ACTIONS,
    **control_chats.ACTIONS,
    **control_world.ACTIONS,
}


class Control:
    """What an action caused is on its way to the webhooks when it is answered."""

    def __init__(self, world: World, files: BlobStore) -> None:
        self.world = world
        self._api = ControlApi(world, ACTIONS, files, HttpError)

    async def handle(self, request: BaseRequest, action: str) -> StreamResponse:
        """One action."""
        try:
            return await self._api.handle(request, action)
        finally:
            self.world.events.flush()
