"""Orders that wait with the writer until somebody touches their lane."""

import threading
from collections.abc import Iterable

from storage.jobs import Job


class Orders:
    """One a lane: given and taken back by the event loop's thread, called by the writer's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, Job] = {}

    def add(self, order: Job) -> None:
        """Raises RuntimeError if the lane has one already."""
        assert order.lane is not None
        with self._lock:
            if self._waiting.setdefault(order.lane, order) is not order:
                raise RuntimeError(f"{order.lane} has an order already")

    def take_back(self, order: Job) -> bool:
        """Whether it still waited."""
        with self._lock:
            if order.lane is None or self._waiting.get(order.lane) is not order:
                return False
            del self._waiting[order.lane]
            return True

    def take_all(self) -> list[Job]:
        """They wait no longer."""
        with self._lock:
            left, self._waiting = list(self._waiting.values()), {}
            return left

    def called(self, touched: Iterable[frozenset[str]]) -> list[Job]:
        """The orders of these lanes: they wait no longer."""
        if not self._waiting:
            return []
        lanes: frozenset[str] = frozenset().union(*touched)
        with self._lock:
            return [self._waiting.pop(lane) for lane in lanes if lane in self._waiting]
