"""Callback queries: a tap that waits for its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MAX_QUERIES = 10_000


@dataclass(slots=True)
class Query:
    """One tap. `answer` resolves when the bot answers; a second answer is refused."""

    id: str
    at: float
    answer: asyncio.Future[Json]


def remember(queries: dict[str, Query], query: Query) -> None:
    """Keep a tap; the oldest go when there are too many."""
    if len(queries) >= MAX_QUERIES:
        del queries[next(iter(queries))]
    queries[query.id] = query
