"""The one place that owns background work.

What happens when a part crashes was chosen with care. Expected trouble (a platform down, a revoked token, a full disk)
is handled inside the parts; what arrives here was not foreseen. Most parts are lanes of their own (a channel's polling,
a CRM's sending), all of their state is in the database, and a bug that one odd event sets off must not silence the
others: such a part is started again, after 1 s, then 2 s, 4 s … 60 s, each time with its traceback in the log, and
`/readyz` says no while it is down. A part without which nothing makes sense (``vital``) stops the process instead, with
an explanation and exit status 1, so that whoever runs Dibs notices.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
CALM = 300.0
"""Seconds without a crash after which a part's past crashes no longer count."""

Part = Callable[[], Awaitable[None]]


class VitalPartCrashed(Exception):
    """A part the process can't do without ended unexpectedly."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} stopped unexpectedly, so Dibs stops too; the log above says why")
        self.name = name


@dataclass(slots=True)
class _Running:
    name: str
    run: Part
    vital: bool
    crashes: int = 0
    down: bool = False


class Nursery:
    """``async with Nursery() as nursery: nursery.start("clock", clock.run)``; leaving it stops every part."""

    def __init__(self, pause: float = FIRST_PAUSE) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._parts: dict[str, _Running] = {}
        self._pause = pause
        self._stop: asyncio.Event | None = None
        self._failure: VitalPartCrashed | None = None

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks.values():
            task.cancel()
        if isinstance(error, asyncio.CancelledError):
            await self._group.__aexit__(kind, error, trace)
        else:
            await self._group.__aexit__(None, None, None)  # what the body raised goes on by itself, in no group

    def start(self, name: str, run: Part, *, vital: bool = False) -> None:
        """Run it until it returns or is ended. A second part of the same name is a mistake of the caller."""
        if name in self._tasks:
            raise RuntimeError(f"{name} runs already")
        part = self._parts[name] = _Running(name, run, vital)
        self._tasks[name] = self._group.create_task(self._supervise(part), name=name)

    async def end(self, name: str) -> None:
        """Cancel a part and wait until it is gone; one that is not there is fine."""
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if self._tasks.get(name) is task:  # cancelled before it ever ran, it could not do this itself
                del self._tasks[name], self._parts[name]

    @property
    def names(self) -> frozenset[str]:
        """What runs, or waits to be started again."""
        return frozenset(self._tasks)

    @property
    def down(self) -> frozenset[str]:
        """What crashed and waits to be started again."""
        return frozenset(part.name for part in self._parts.values() if part.down)

    async def until(self, stop: asyncio.Event) -> None:
        """Wait for ``stop``. Raises VitalPartCrashed, at once when that happens."""
        self._stop = stop
        if self._failure is None:
            await stop.wait()
        if self._failure is not None:
            raise self._failure

    async def _supervise(self, part: _Running) -> None:
        try:
            while not await self._ran_to_its_end(part):
                part.down = True
                await asyncio.sleep(min(LONGEST_PAUSE, self._pause * 2 ** min(part.crashes - 1, 10)))
                part.down = False
        finally:
            self._tasks.pop(part.name, None)
            self._parts.pop(part.name, None)

    async def _ran_to_its_end(self, part: _Running) -> bool:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await part.run()
        except Exception:
            if loop.time() - began > CALM:
                part.crashes = 0
            part.crashes += 1
            return self._crashed(part)
        return True

    def _crashed(self, part: _Running) -> bool:
        """Whether that was the end of it."""
        if not part.vital:
            log.exception("%s crashed (%d in a row); starting it again", part.name, part.crashes)
            return False
        log.exception("%s crashed, and nothing works without it", part.name)
        self._failure = self._failure or VitalPartCrashed(part.name)
        if self._stop is not None:
            self._stop.set()
        return True
