"""What `/control/{action}` does on this world."""

from __future__ import annotations

from playground.kit.control_api import ControlApi

from . import control_accounts, control_people, control_world
from .errors import GraphError
from .world import World


def control_api(world: World) -> ControlApi[World]:
    """All actions; what the Graph API refuses is told by its details."""
    actions = control_accounts.ACTIONS | control_people.ACTIONS | control_world.ACTIONS
    return ControlApi(world, actions, world.media, GraphError, lambda error: error.details or error.message)
