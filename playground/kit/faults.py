"""Faults that tests plan for calls. Each stand-in says which calls a fault means, and how a refusal looks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

GARBAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
ALWAYS = 3600.0


class Dropped(Exception):
    """The connection is to be cut without an answer."""


@dataclass(slots=True, kw_only=True)
class Planned:
    """What shall happen to the next `times` calls that are meant, after `skip` of them; `seconds` are real ones.

    `action`: `fail` (refuse, nothing is done), `delay` (perform after `seconds`), `drop` (perform, then cut the
    connection without an answer), `refuse` (cut the connection, nothing is done), `hang` (never answer; nothing is
    done), `garbage` (perform, answer with a body that is no JSON).
    """

    action: str
    times: int = 1
    skip: int = 0
    seconds: float = 0.0


F = TypeVar("F", bound=Planned)


class Faults(Generic[F]):
    """Planned faults, first match first."""

    def __init__(self) -> None:
        self._planned: list[F] = []

    def add(self, fault: F) -> None:
        """Plan one more."""
        self._planned.append(fault)

    def clear(self) -> None:
        """From now on all goes well."""
        self._planned.clear()

    def pick(self, meant: Callable[[F], bool]) -> F | None:
        """The fault that a call meets, used up by one; `meant` tells whether it is one for this call."""
        for fault in self._planned:
            if meant(fault):
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None

    def __bool__(self) -> bool:
        return bool(self._planned)


async def meet(fault: Planned) -> None:
    """What a fault does before the call, but for `fail`. Raises Dropped when there is to be no answer."""
    if fault.action == "refuse":
        raise Dropped
    if fault.action == "hang":
        await asyncio.sleep(ALWAYS)
    if fault.action == "delay":
        await asyncio.sleep(fault.seconds)
