"""How a method is known to the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playground.kit.files import Blob
from playground.telegram.parameters import Parameters
from playground.telegram.people import Bot
from playground.telegram.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """One call under way. `files` are uploads by the name of their form field."""

    world: World
    bot: Bot
    name: str
    params: Parameters
    files: dict[str, Blob]


@dataclass(frozen=True, slots=True)
class Method:
    """`run` answers the result, or an awaitable of it. `charged` methods count against the sending limits."""

    name: str
    run: Callable[[Call], Any]
    charged: bool


METHODS: dict[str, Method] = {}


def method(name: str, charged: bool = False) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Register a function as a Bot API method."""

    def register(run: Callable[[Call], Any]) -> Callable[[Call], Any]:
        METHODS[name.lower()] = Method(name, run, charged)
        return run

    return register
