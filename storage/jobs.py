"""A job on its way to the writer thread and its outcome on its way back."""

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, NamedTuple

from sqlalchemy import Connection

from storage.errors import StorageError

Fn = Callable[[Connection], Any]


class Done(NamedTuple):
    """What a job returns that has touched lanes of the outbox."""

    result: Any
    lanes: frozenset[str]


class Job:
    """One plain function to run in a transaction, in its caller's context (so that log records keep their marks).

    One of a ``lane`` is an order: it runs behind everything else of its batch, and sees what that did to the lane.
    """

    __slots__ = ("_context", "error", "fn", "future", "lane", "loop", "result")

    def __init__(self, fn: Fn, loop: asyncio.AbstractEventLoop | None, lane: str | None = None) -> None:
        self.fn = fn
        self.loop = loop
        self.lane = lane
        self.future: Any = Future() if loop is None else loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None
        self._context = contextvars.copy_context()

    @property
    def abandoned(self) -> bool:
        """Its caller was cancelled before it began."""
        return bool(self.future.cancelled())

    def call(self, connection: Connection) -> None:
        """Run it. Raises what ``fn`` raises."""
        self.result = self._context.run(self.fn, connection)

    def fail(self, error: BaseException) -> None:
        """Whatever it returned does not count."""
        self.error, self.result = error, None

    @property
    def touched(self) -> frozenset[str]:
        """Lanes for which it left something to do."""
        return self.result.lanes if type(self.result) is Done else frozenset()

    def served(self, lanes: set[str]) -> None:
        """Those have been looked after in the same transaction: nobody needs to be woken for them."""
        if not lanes.isdisjoint(self.touched):
            self.result = Done(self.result.result, self.result.lanes - lanes)

    def settle(self) -> None:
        """Tell the caller. Runs in the caller's loop, or anywhere for a caller that waits in a thread."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):  # a future refuses to carry it
            self.future.set_exception(RuntimeError(f"job raised {self.error!r}"))
        else:
            self.future.set_exception(self.error)


def _settle(jobs: list[Job]) -> None:
    for job in jobs:
        job.settle()


def release(jobs: Iterable[Job]) -> None:
    """Hand all outcomes over: one wake-up for each event loop, however many jobs it waits for."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, mine in by_loop.items():
        if loop is None:
            _settle(mine)
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, mine)


def fail_all(jobs: Iterable[Job], error: StorageError) -> None:
    """Each caller gets an error of its own: one exception raised in many places would mix up their tracebacks."""
    for job in jobs:
        job.fail(type(error)(str(error)).with_traceback(None))
        if job.error is not None:
            job.error.__cause__ = error.__cause__
