"""The log of calls on the API, and the faults that tests plan for them."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One call and how it ended: `status` is HTTP's, 0 when the answer was withheld. `token`: the integration."""

    seq: int
    time: float
    name: str
    token: str
    method: str
    path: str
    query: Json
    body: Any
    status: int
    answer: Any

    def api(self) -> Json:
        """For the control API."""
        return {name: getattr(self, name) for name in self.__slots__}


class CallLog:
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        self.total = 0
        self.by_name: Tally[str] = Tally()
        self.by_status: Tally[int] = Tally()
        self._records: deque[Record] = deque(maxlen=size)
        self._waiters: list[asyncio.Future[None]] = []

    def add(self, record: Record) -> None:
        """Remember a call that has ended; gives it its number."""
        self.total += 1
        record.seq = self.total
        self.by_name[record.name] += 1
        self.by_status[record.status] += 1
        self._records.append(record)
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def find(self, name: str = "", after: int = 0, status: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return [
            record.api()
            for record in self._records
            if record.seq > after and (not name or record.name == name) and (status is None or record.status == status)
        ]

    async def changed(self, after: int, seconds: float) -> None:
        """Return when there are more calls than `after`, or that many real seconds."""
        if self.total > after:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await asyncio.wait([waiter], timeout=seconds)

    def clear(self) -> None:
        """Forget the records; `seq` goes on."""
        self._records.clear()


@dataclass(slots=True)
class Fault:
    """What shall happen to the next `times` calls named `name` (`*` is any), after `skip` that go well.

    `action`: `fail` (answer with `status` and `body`, nothing is done), `delay` (perform after `seconds`), `late`
    (perform, answer after `seconds`), `drop` (perform, then cut the connection without an answer), `refuse` (cut the
    connection, nothing is done), `hang` (never answer; nothing is done), `garbage` (perform, answer with no JSON),
    `lost` (perform, then answer with `status`, as a gateway does whose backend was too slow: 504).
    Real seconds: it is the caller that waits. Without a `body` it is Kommo's for that status.
    """

    name: str
    action: str = "fail"
    times: int = 1
    skip: int = 0
    status: int = 504
    body: Json | None = None
    seconds: float = 0.0


class Faults:
    """Planned faults, first match first."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan one more."""
        self._planned.append(fault)

    def clear(self) -> None:
        """From now on all goes well."""
        self._planned.clear()

    def pick(self, name: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self._planned:
            if fault.name not in ("*", name):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            fault.times -= 1
            if fault.times <= 0:
                self._planned.remove(fault)
            return fault
        return None
