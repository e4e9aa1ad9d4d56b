"""Running use cases: a transaction each, and word of what was put into the outbox once it is committed.

On PostgreSQL two transactions may make the same thing at once (two first messages of one stranger). A unique constraint
lets one of them win; the other runs again, and finds it. Likewise where two wait for each other (each found out that
its client is the other's): PostgreSQL ends one of them, which runs again.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from sales.ids import Moment
from sales.ports import Order, Work
from storage.crypto import Vault
from storage.database import Database
from storage.jobs import Done
from storage.leaving import PatientOrder, TakesOrders, WriterOrder
from storage.statements import Link
from storage.texts import BadText, is_bad_text
from storage.work import SqlWork

T = TypeVar("T")
Callback = Callable[[frozenset[str]], None]
ATTEMPTS = 3
_UNIQUE_VIOLATION, _DEADLOCK = "23505", "40P01"


class Runs(Protocol):
    """What writes: the database, or a lane of it."""

    async def run(self, fn: Callable[[Connection], T]) -> T: ...


class SqlTransactions:
    """Implements ``sales.ports.Transactions``. ``clock`` is asked once for each transaction, when it begins."""

    def __init__(self, database: Database, clock: Callable[[], Moment], vault: Vault | None) -> None:
        self._database = database
        self._writer: Runs = database
        self._clock = clock
        self._vault = vault
        self._keeper: TakesOrders | None = None
        self._callbacks: list[Callback] = []
        self._orders: set[PatientOrder[Any]] = set()

    def on(self, lane: Runs) -> "SqlTransactions":
        """The same, but writing through ``lane`` (``Database.lane``), so that losing it stops the writing."""
        other = SqlTransactions(self._database, self._clock, self._vault)
        other._writer = lane
        other._keeper = lane if isinstance(lane, TakesOrders) else None
        other._callbacks = self._callbacks
        other._orders = self._orders
        return other

    def subscribe(self, callback: Callback) -> None:
        """Called after each commit that touched the outbox, in the event loop's thread, with the lanes it touched."""
        self._callbacks.append(callback)

    async def write(self, use_case: Callable[[Work], T]) -> T:
        job = self._job(use_case)
        for _ in range(ATTEMPTS - 1):
            try:
                return cast("T", self._tell(await self._writer.run(job)))
            except DBAPIError as error:
                if not _met(error):
                    raise
        return cast("T", self._tell(await self._writer.run(job)))

    async def read(self, view: Callable[[Work], T]) -> T:
        return await self._database.read(self._look(view))

    def write_sync(self, use_case: Callable[[Work], T]) -> T:
        """For the command line. Nobody is told: a running bot notices by itself."""
        return cast("T", self._database.run_sync(self._job(use_case)).result)

    def read_sync(self, view: Callable[[Work], T]) -> T:
        """For the command line."""
        return self._database.read_sync(self._look(view))

    def leave(self, lane: str, use_case: Callable[[Work], T]) -> Order[T]:
        """On SQLite the writer keeps it. Elsewhere it runs as soon as a commit of this process touches the lane."""
        if self._keeper is not None:
            return WriterOrder(self._keeper, lane, self._job(use_case), self._tell)
        order = PatientOrder(lane, lambda: self.write(use_case), self._orders)
        self._orders.add(order)
        return order

    def _job(self, use_case: Callable[[Work], T]) -> Callable[[Connection], Done]:
        def job(connection: Connection) -> Done:
            link = Link(connection, writing=True)
            try:
                result = use_case(SqlWork(link, self._clock(), self._vault))
            except Exception as error:
                if is_bad_text(error):
                    raise BadText from error
                raise
            return Done(result, frozenset(link.lanes))

        return job

    def _look(self, view: Callable[[Work], T]) -> Callable[[Connection], T]:
        return lambda connection: view(SqlWork(Link(connection, writing=False), self._clock(), self._vault))

    def _tell(self, done: Done) -> Any:
        result, lanes = done
        if lanes:
            called = [order for order in self._orders if order.lane in lanes]
            for order in called:
                order.hurry()
            lanes = lanes - {order.lane for order in called}
        if lanes:
            for callback in self._callbacks:
                callback(lanes)
        return result


def _met(error: DBAPIError) -> bool:
    """Whether another transaction was in the way at the same time; SQLite has one writer, and its own codes."""
    return getattr(error.orig, "sqlstate", None) in (_UNIQUE_VIOLATION, _DEADLOCK)
