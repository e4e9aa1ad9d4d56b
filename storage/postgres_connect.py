"""How a connection to PostgreSQL is set up, and what its errors mean to a person."""

import hashlib
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from storage.errors import CannotOpen, DiskFull, StorageBusy, StorageUnavailable

POOL = 10
PATIENCE_FOR_CONNECTION = 10.0

SESSION = {
    "application_name": "dibs",
    "jit": "off",  # it costs more than it saves in short statements
    "tcp_keepalives_idle": "30",  # a machine that vanished gives its lanes up after a minute
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
TIMEOUTS = {
    "statement_timeout": "30000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "60000",
}
"""Milliseconds. Our transactions take a few; whatever takes this long is stuck."""

_REASONS: dict[str, tuple[type[StorageUnavailable], str]] = {
    "53100": (DiskFull, "The database server's disk is full: nothing was changed."),
    "53200": (StorageUnavailable, "The database server has no memory left: nothing was changed."),
    "53300": (StorageBusy, "The database server accepts no more connections."),
    "55P03": (StorageBusy, "Another transaction kept a lock for too long: nothing was changed."),
    "57014": (StorageBusy, "The database took too long to answer: nothing was changed."),
    "25006": (StorageUnavailable, "The database server is read-only: is this a replica?"),
}
_LOST = ("08", "57P")
"""Classes of SQLSTATE for a broken connection and a server that shuts down."""
_RETRYABLE = ("40001", "40P01")
"""Serialization failure and deadlock: the same transaction may succeed when it runs again."""


def async_url(url: URL) -> URL:
    """For asyncpg, which calls libpq's ``sslmode`` ``ssl``."""
    query = {("ssl" if key == "sslmode" else key): value for key, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=query)


def pooled_engine(url: URL) -> AsyncEngine:
    """For the running program: bounded, with timeouts."""
    return create_async_engine(
        async_url(url),
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=PATIENCE_FOR_CONNECTION,
        pool_recycle=1800,
        query_cache_size=2000,
        hide_parameters=True,  # they are people's words: no error may repeat them
        connect_args=_arguments(SESSION | TIMEOUTS) | {"command_timeout": 60},
    )


def single_engine(url: URL, *, timeouts: bool = True) -> AsyncEngine:
    """Every ``connect()`` is a new connection: for lanes, commands and, without timeouts, migrations."""
    settings = SESSION | TIMEOUTS if timeouts else SESSION
    return create_async_engine(
        async_url(url), poolclass=NullPool, hide_parameters=True, connect_args=_arguments(settings)
    )


def _arguments(settings: dict[str, str]) -> dict[str, Any]:
    return {"server_settings": settings, "timeout": PATIENCE_FOR_CONNECTION}


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for the error, or nothing."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def is_retryable(error: BaseException) -> bool:
    """Whether the transaction had bad luck only."""
    return sqlstate(error) in _RETRYABLE


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone. asyncpg lets socket errors and its own timeouts through as OSError."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OSError) or sqlstate(error).startswith(_LOST)


def explain(error: BaseException) -> StorageUnavailable | None:
    """The error in our words if the database is to blame, None if the statement or the caller is."""
    if isinstance(error, StorageUnavailable):
        return error
    if is_retryable(error):
        return StorageBusy("Too many changes met at the same place: nothing was changed. Try again.")
    if isinstance(error, PoolTimeout):
        return StorageBusy("The database has no free connection.")
    if is_lost(error):
        return StorageUnavailable("The database server can't be reached: nothing was changed.")
    reason = _REASONS.get(sqlstate(error))
    return reason[0](reason[1]) if reason else None


def cannot_open(error: BaseException, url: URL) -> CannotOpen | None:
    """Why the first connection failed."""
    where = url.render_as_string(hide_password=True)
    code = sqlstate(error)
    if code.startswith("28"):
        return CannotOpen(f"{where} refuses this user or password.")
    if code == "42501":
        return CannotOpen(f"{where}: this user may not make tables there.")
    if is_lost(error):
        return CannotOpen(f"{where} can't be reached: {error}.")
    return None


def advisory_key(purpose: str) -> int:
    """A lock's number: 64 bits with a sign, the same in every process."""
    return int.from_bytes(hashlib.sha256(f"dibs {purpose}".encode()).digest()[:8], "big", signed=True)
