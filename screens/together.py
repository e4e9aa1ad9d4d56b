"""Reading together: whoever asks while a read is under way is served by the next one, all at once.

Alone it costs nothing; under load one transaction, and one visit to a reader's thread, serve a whole batch.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sales.ports import Transactions, Work

K = TypeVar("K")
V = TypeVar("V")

BATCH = 64


@dataclass(slots=True)
class _Asked(Generic[K, V]):
    key: K
    found: V | None = None
    done: bool = False


class Together(Generic[K, V]):
    """``load`` answers for many keys at once, in their order; ``None`` where there is nothing."""

    def __init__(self, transactions: Transactions, load: Callable[[Work, Sequence[K]], Sequence[V | None]]) -> None:
        self._transactions = transactions
        self._load = load
        self._waiting: list[_Asked[K, V]] = []
        self._one_at_a_time = asyncio.Lock()

    async def get(self, key: K) -> V | None:
        asked = _Asked[K, V](key)
        self._waiting.append(asked)
        try:
            async with self._one_at_a_time:
                if not asked.done:
                    await self._read(asked)
        finally:
            if not asked.done:
                self._waiting = [one for one in self._waiting if one is not asked]
        return asked.found

    async def _read(self, first: _Asked[K, V]) -> None:
        """For ``first`` and others who wait. They stay in line until answered: a failed read fails only who made it."""
        batch = [first, *(one for one in self._waiting if one is not first)][:BATCH]
        keys = [one.key for one in batch]
        answers = await self._transactions.read(lambda work: self._load(work, keys))
        answered = set()
        for one, found in zip(batch, answers, strict=True):
            one.found, one.done = found, True
            answered.add(id(one))
        self._waiting = [one for one in self._waiting if id(one) not in answered]
