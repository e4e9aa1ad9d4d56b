"""One transaction on an asyncpg connection, again when it met another one."""

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import OutcomeUnknown
from storage.postgres_connect import is_lost, is_retryable

T = TypeVar("T")
ATTEMPTS = 10


async def transact(connection: AsyncConnection, fn: Callable[[Connection], T]) -> T:
    """Run ``fn`` and commit. Raises OutcomeUnknown when the connection breaks while it commits."""
    transaction = await connection.begin()
    try:
        result = await connection.run_sync(fn)
    except BaseException:
        await transaction.rollback()
        raise
    try:
        await transaction.commit()
    except Exception as error:
        if is_lost(error):
            raise OutcomeUnknown from error
        await transaction.rollback()
        raise
    return result


async def pause(attempt: int) -> None:
    """Longer each time, and uneven, so that those who met don't meet again."""
    await asyncio.sleep(random.uniform(0, min(0.5, 0.005 * 2**attempt)))  # noqa: S311 - jitter, not a secret


async def transact_again(connection: AsyncConnection, fn: Callable[[Connection], T]) -> T:
    """``transact``, repeated after deadlocks and serialization failures. Raises the last of them."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return await transact(connection, fn)
        except Exception as error:
            if not is_retryable(error):
                raise
        await pause(attempt)
    return await transact(connection, fn)
