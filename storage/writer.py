"""The one thread that writes to SQLite.

A transaction costs one wait for the disk, so everything that is queued at a moment shares one COMMIT: each job runs in
a savepoint of its own, and its caller learns the result only after that COMMIT. A job that raises takes back its own
changes only. If the COMMIT itself fails, none of the batch has happened, each caller is told, and the thread goes on.

Whoever empties a lane of the outbox may leave an order: it runs in the same COMMIT as whatever next touches the lane,
so that what came in is claimed, and may leave, as soon as it is durable.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from storage import jobs as handing
from storage.errors import StorageClosed, StorageError, StorageUnavailable
from storage.jobs import Job
from storage.locks import PATIENCE, write_lock
from storage.orders import Orders
from storage.sqlite_connect import explain, sync_engine
from storage.writing_connection import WritingConnection, driver_of

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_JOBS = 256
LONGEST_BATCH = 0.05
"""Seconds after which a batch takes no further jobs in, so that the first of them need not wait for long."""
IDLE = 0.25
"""Seconds without a job after which the thread tidies up and looks for other processes' writes."""
ROWS_PER_CHECKPOINT = 4_000
"""Changed rows after which the WAL is copied back even when busy: some 16 MB, 20 ms of work."""


class Writer:
    """``run`` from coroutines, ``run_sync`` from threads. The thread starts with the first job."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._engine: Engine = sync_engine(path)
        self._lock = write_lock(path)
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._orders = Orders()
        self._own = WritingConnection(self._engine)

    # --- callers ---

    async def run(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in the writer thread; returns after the COMMIT. Raises what ``fn`` raises, or StorageUnavailable.

        A caller that is cancelled while its job waits takes it back; one whose job has begun leaves it to finish.
        """
        job = Job(fn, asyncio.get_running_loop())
        self._put(job)
        result: T = await job.future
        return result

    def run_sync(self, fn: Callable[[Connection], T]) -> T:
        """The same for a thread without event loop; not from inside a job, which would wait for itself."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a job must not start another one and wait for it")
        job = Job(fn, None)
        self._put(job)
        result: T = job.future.result()
        return result

    def leave(self, lane: str, fn: Callable[[Connection], T]) -> Job:
        """Run ``fn`` in the transaction that next touches ``lane``, or at once after ``hurry``. One order a lane.

        Who leaves it must take it back before giving up: an order that has begun has an outcome that counts.
        """
        order = Job(fn, asyncio.get_running_loop(), lane)
        with self._gate:
            if self._closed:
                raise StorageClosed
            self._orders.add(order)
        return order

    def hurry(self, order: Job) -> None:
        """It is to run in the next transaction, unless it has begun already."""
        if not self._orders.take_back(order):
            return
        try:
            self._put(order)
        except StorageClosed as closed:
            order.fail(closed)
            handing.release([order])

    def take_back(self, order: Job) -> bool:
        """Whether it will not run. Else it has begun, or is about to."""
        return self._orders.take_back(order)

    @property
    def elsewhere(self) -> int:
        """Counts the writes of other processes that were noticed."""
        return self._own.elsewhere

    @property
    def waiting(self) -> int:
        """Jobs in the queue."""
        return self._queue.qsize()

    def start(self) -> None:
        """Start the thread before the first job, to notice other processes' writes."""
        with self._gate:
            self._start()

    def close(self) -> None:
        """Finish what is queued, refuse what comes later, wait for the thread. Blocks."""
        with self._gate:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()
        left = self._orders.take_all()
        handing.fail_all(left, StorageClosed())
        handing.release(left)

    def _put(self, job: Job) -> None:
        with self._gate:
            self._start()
            self._queue.put(job)

    def _start(self) -> None:
        if self._closed:
            raise StorageClosed
        if self._thread is None:
            self._thread = threading.Thread(target=self._main, name="sqlite-writer", daemon=True)
            self._thread.start()

    # --- the thread ---

    def _main(self) -> None:
        while True:
            try:
                job = self._queue.get(timeout=IDLE)
            except queue.Empty:
                self._safely(self._tidy)
                continue
            if job is None:
                break
            if not job.abandoned:
                self._work(job)
        self._safely(self._disconnect)
        self._lock.close()

    def _work(self, first: Job) -> None:
        """One batch: never raises, since the thread must outlive everything."""
        batch = [first]
        try:
            self._locked(lambda: self._transact(batch, self._more(batch)))
        except IntegrityError as error:  # a deferred constraint, found at COMMIT: only its own job may suffer
            self._one_by_one(batch, error)
        except StorageError as error:
            self._take_rest(batch)
            handing.fail_all(batch, error)
        except BaseException as error:
            self._forget(batch, error)
        handing.release(batch)
        self._safely(lambda: self._checkpoint(ROWS_PER_CHECKPOINT))

    def _more(self, batch: list[Job]) -> Callable[[], Job | None]:
        """What else is queued by the time the last job is done, within bounds. Taken jobs join ``batch``."""
        deadline = time.monotonic() + LONGEST_BATCH

        def take() -> Job | None:
            while len(batch) < MOST_JOBS and time.monotonic() < deadline:
                try:
                    job = self._queue.get_nowait()
                except queue.Empty:
                    return None
                if job is None:  # closing: leave the mark for the main loop
                    self._queue.put(None)
                    return None
                if not job.abandoned:
                    batch.append(job)
                    return job
            return None

        return take

    def _take_rest(self, batch: list[Job]) -> None:
        """What waits behind a failure fails with it, instead of each waiting for the same lock in turn."""
        take = self._more(batch)
        while take() is not None:
            pass

    def _locked(self, act: Callable[[], object]) -> None:
        self._lock.acquire(self._patience)
        try:
            act()
        finally:
            self._lock.release()

    def _transact(self, batch: list[Job], more: Callable[[], Job | None]) -> None:
        connection = self._own.open()
        raw = driver_of(connection)
        try:
            with connection.begin():
                self._own.look_elsewhere()
                orders: list[Job] = []
                job: Job | None = batch[0]
                while job is not None:
                    if job.lane is None:
                        _in_savepoint(job, connection, raw)
                    else:
                        orders.append(job)
                    job = more()
                self._obey(orders, batch, connection, raw)
        except BaseException as error:
            if raw.in_transaction:  # SQLAlchemy sends no ROLLBACK after a COMMIT that failed
                raw.rollback()
            known = explain(error)
            if known is None:
                raise
            raise known from error

    def _obey(self, orders: list[Job], batch: list[Job], connection: Connection, raw: sqlite3.Connection) -> None:
        """The orders that hurry, and those of the lanes that were touched, which join ``batch``."""
        served: set[str] = set()
        self._call(orders, batch, [job.touched for job in batch])
        for order in orders:
            _in_savepoint(order, connection, raw)
            served -= order.touched
            if order.lane is not None and order.error is None:
                served.add(order.lane)
            self._call(orders, batch, [order.touched])
        for job in batch:
            job.served(served)

    def _call(self, orders: list[Job], batch: list[Job], touched: list[frozenset[str]]) -> None:
        """They share the fate of the batch from this moment on."""
        found = self._orders.called(touched)
        orders += found
        batch += found

    def _one_by_one(self, batch: list[Job], error: IntegrityError) -> None:
        if len(batch) == 1:
            batch[0].fail(error)
            return
        for job in list(batch):
            job.error = job.result = None
            alone = [job]
            try:
                self._locked(partial(self._transact, alone, lambda: None))
            except BaseException as own:
                for failed in alone:
                    failed.fail(own)
            batch += [order for order in alone if order not in batch]

    def _forget(self, batch: list[Job], error: BaseException) -> None:
        log.error("a batch of %d jobs failed", len(batch), exc_info=error)
        problem = StorageUnavailable(f"The database failed in an unforeseen way: {type(error).__name__}.")
        problem.__cause__ = error
        handing.fail_all(batch, problem)
        self._safely(self._disconnect)

    # --- the connection ---

    def _disconnect(self) -> None:
        connection = self._own.give_up()
        if connection is not None:
            self._locked(connection.close)

    def _tidy(self) -> None:
        self._own.look_elsewhere()
        self._checkpoint(1)

    def _checkpoint(self, rows: int) -> None:
        """After so many changed rows. PASSIVE waits for nobody: what readers still need stays in the WAL."""
        raw = self._own.take_checkpoint(rows)
        if raw is not None:
            self._locked(lambda: raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())

    def _safely(self, act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            log.warning("the writer could not tidy up: %s", explain(error) or repr(error))


def _in_savepoint(job: Job, connection: Connection, raw: sqlite3.Connection) -> None:
    """Run the job; if it fails, undo it alone. Raises only when the whole transaction is gone."""
    raw.execute("SAVEPOINT job")
    try:
        job.call(connection)
    except BaseException as error:
        if not raw.in_transaction:  # SQLite rolls back everything on a full disk or an I/O error
            raise
        raw.execute("ROLLBACK TO job")
        job.fail(explain(error) or error)
    if not raw.in_transaction:
        raise StorageError("A job ended the transaction it shares with others.")
    raw.execute("RELEASE job")
