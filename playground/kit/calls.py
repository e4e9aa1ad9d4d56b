"""The log of calls on an API. Each stand-in says what a record holds, and what it counts by."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from .news import Bell

Json = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One call and how it ended: `seq` counts from 1, `time` is the stand-in's."""

    seq: int
    time: float

    def api(self) -> Json:
        """For the control API."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


R = TypeVar("R", bound=Record)


class Log(Generic[R]):
    """The newest calls; `total` counts all of them."""

    def __init__(self, size: int) -> None:
        self.total = 0
        self._records: deque[R] = deque(maxlen=size)
        self._bell = Bell()

    def keep(self, record: R) -> None:
        """Remember a call that has ended; its `seq` is one more than `total` was."""
        self.total = record.seq
        self._records.append(record)
        self._bell.ring()

    def later(self, after: int, wanted: Callable[[R], bool]) -> list[Json]:
        """Kept calls with a greater `seq` that are wanted, oldest first."""
        return [record.api() for record in self._records if record.seq > after and wanted(record)]

    async def changed(self, after: int, seconds: float) -> None:
        """Return when there are more calls than `after`, or that many real seconds later."""
        if self.total <= after:
            await self._bell.wait(seconds)

    def clear(self) -> None:
        """Forget the records; `seq` goes on."""
        self._records.clear()
