"""The log of calls that were made, and the faults that tests plan for them."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

ACTIONS = ("fail", "fail_later", "delay", "drop", "refuse", "hang", "garbage")


@dataclass(slots=True)
class Record:
    """One call and how it ended. `status` is HTTP's, 0 when the answer was withheld; `code` is Meta's, 0 for none."""

    seq: int
    time: float
    operation: str
    object: str
    body: Any
    status: int
    code: int
    result: Any

    def api(self) -> Json:
        """For the control API."""
        return {name: getattr(self, name) for name in self.__slots__}


class CallLog:
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        self.total = 0
        self.by_operation: Tally[str] = Tally()
        self.by_code: Tally[int] = Tally()
        self._records: deque[Record] = deque(maxlen=size)
        self._waiters: list[asyncio.Future[None]] = []

    def add(self, now: float, operation: str, target: str, body: Any, status: int, code: int, result: Any) -> None:
        """Remember a call that has ended."""
        self.total += 1
        self.by_operation[operation] += 1
        self.by_code[code] += 1
        self._records.append(Record(self.total, now, operation, target, body, status, code, result))
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def find(self, operation: str = "", target: str = "", after: int = 0) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return [
            record.api()
            for record in self._records
            if record.seq > after and operation in ("", record.operation) and target in ("", record.object)
        ]

    async def changed(self, after: int, seconds: float) -> None:
        """Return when there are more calls than `after`, or that many real seconds later."""
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
    """What shall happen to the next `times` calls of `operation` (`*` is any).

    `action`: `fail` (answer with `code`; nothing is done), `fail_later` (accept, then the status `failed` with
    `code`), `delay` (perform after `seconds`), `drop` (perform, then cut the connection without an answer; a download
    breaks off in the middle), `refuse` (cut the connection, nothing is done), `hang` (never answer, nothing is done),
    `garbage` (perform, answer with a body that is no JSON). `object` is the id in the path, `to` the recipient's
    digits or BSUID; empty is any. `status`: the HTTP status; 0 takes the code's own.
    """

    operation: str
    action: str
    times: int = 1
    skip: int = 0
    object: str = ""
    to: str = ""
    code: int = 131000
    status: int = 0
    details: str = "Something went wrong."
    seconds: float = 0.0

    def matches(self, operation: str, target: str, to: str) -> bool:
        """Whether this call is meant."""
        return self.operation in ("*", operation) and self.object in ("", target) and self.to in ("", to)


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

    def pick(self, operation: str, target: str, to: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self._planned:
            if fault.matches(operation, target, to):
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None
