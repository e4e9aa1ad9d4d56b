"""Use cases left for later: until something is put into a lane of the outbox (``sales.ports.Order``)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, Protocol, TypeVar, cast, runtime_checkable

from sqlalchemy import Connection

from storage.jobs import Done, Job

T = TypeVar("T")


@runtime_checkable
class TakesOrders(Protocol):
    """``storage.writer.Writer``."""

    def leave(self, lane: str, fn: Callable[[Connection], Any]) -> Job: ...
    def hurry(self, order: Job) -> None: ...
    def take_back(self, order: Job) -> bool: ...


class WriterOrder(Generic[T]):
    """Kept by SQLite's writer: it runs in the very transaction that touches the lane. ``tell`` as of ``write``."""

    def __init__(
        self, writer: TakesOrders, lane: str, job: Callable[[Connection], Done], tell: Callable[[Done], Any]
    ) -> None:
        self._writer = writer
        self._tell = tell
        self._order = writer.leave(lane, job)

    def hurry(self) -> None:
        self._writer.hurry(self._order)

    def take_back(self) -> bool:
        return self._writer.take_back(self._order)

    def when_done(self, call: Callable[[], None]) -> None:
        self._order.future.add_done_callback(lambda _: call())

    async def outcome(self) -> T:
        return cast("T", self._tell(await self._order.future))


class PatientOrder(Generic[T]):
    """Runs in a transaction of its own, right after one that touched the lane. ``others``: those that still wait."""

    def __init__(self, lane: str, run: Callable[[], Awaitable[T]], others: "set[PatientOrder[Any]]") -> None:
        self.lane = lane
        self._run = run
        self._others = others
        self._called: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hurry(self) -> None:
        self._others.discard(self)
        if not self._called.done():
            self._called.set_result(None)

    def take_back(self) -> bool:
        self._others.discard(self)
        return not self._called.done()

    def when_done(self, call: Callable[[], None]) -> None:
        """It begins when its outcome is asked for."""
        self._called.add_done_callback(lambda _: call())

    async def outcome(self) -> T:
        await self._called
        return await self._run()
