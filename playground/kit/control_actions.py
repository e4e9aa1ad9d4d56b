"""Control actions that every stand-in has: options, planned faults, the log of calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Protocol

from .calls import Log
from .errors import ControlError
from .faults import F, Faults

Json = dict[str, Any]


class Played(Protocol):
    """The part of a world that these actions touch."""

    @property
    def calls(self) -> Log[Any]:
        """The calls made."""

    @property
    def faults(self) -> Faults[Any]:
        """The faults planned."""


def change_options(options: Any, changes: Json) -> Json:
    """Set fields of an options dataclass; answers all of them. ControlError for one that is not there."""
    names = [item.name for item in fields(options)]
    for name, value in changes.items():
        if name not in names:
            raise ControlError(f"no option {name}")
        setattr(options, name, value)
    return {name: getattr(options, name) for name in names}


def plan_fault(faults: Faults[F], fault: F, known: Sequence[str]) -> bool:
    """Plan a fault whose action is a known one; ControlError when it isn't."""
    if fault.action not in known:
        raise ControlError(f"faults are {', '.join(known)}")
    faults.add(fault)
    return True


def clear_faults(world: Played, _values: Json) -> bool:
    """Plan nothing."""
    world.faults.clear()
    return True


async def made_calls(log: Log[Any], values: Json, find: Callable[[int], list[Json]]) -> Json:
    """Calls made after `after`; with `wait`, as soon as there is one or so many real seconds later."""
    after = values.get("after", 0)
    if values.get("wait"):
        await log.changed(after, values["wait"])
    return {"total": log.total, "calls": find(after)}


def clear_calls(world: Played, _values: Json) -> int:
    """Forget the calls so far; answers how many there were."""
    world.calls.clear()
    return world.calls.total
