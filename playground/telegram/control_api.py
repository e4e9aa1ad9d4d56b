"""What `/control/{action}` does on this world."""

from __future__ import annotations

from playground.kit.control_api import ControlApi

from . import control_people, control_world
from .errors import ApiError
from .world import World


def control_api(world: World) -> ControlApi[World]:
    """All actions; what the Bot API refuses is told as it words it."""
    return ControlApi(world, control_people.ACTIONS | control_world.ACTIONS, world.files, ApiError)
