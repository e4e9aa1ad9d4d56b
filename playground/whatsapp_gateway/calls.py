"""The log of calls on the API, and the faults that tests plan for them."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One call and how it ended: `status` is HTTP's, 0 when the answer was withheld."""

    seq: int
    time: float
    name: str
    session: str
    parameters: Json
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

    def add(self, now: float, name: str, session: str, parameters: Json, status: int, answer: Any) -> None:
        """Remember a call that has ended."""
        self.total += 1
        self.by_name[name] += 1
        self.by_status[status] += 1
        self._records.append(Record(self.total, now, name, session, parameters, status, answer))
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def find(self, name: str = "", session: str = "", after: int = 0, status: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return [
            record.api()
            for record in self._records
            if record.seq > after
            and (not name or record.name == name)
            and (not session or record.session == session)
            and (status is None or record.status == status)
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
    """What shall happen to the next `times` calls named `name` (`*` is any).

    `action`: `fail` (answer with `status` and `body`, nothing is done), `delay` (perform after `seconds`), `late`
    (perform, answer after `seconds`), `drop` (perform, then cut the connection without an answer), `refuse` (cut the
    connection, nothing is done), `hang` (never answer; nothing is done), `garbage` (perform, answer with no JSON).
    Real seconds: it is the caller that waits.
    """

    name: str
    action: str
    times: int = 1
    skip: int = 0
    session: str = ""
    chat_id: str = ""
    status: int = 500
    body: Json = field(default_factory=lambda: {"statusCode": 500, "message": "Internal server error"})
    seconds: float = 0.0

    def matches(self, name: str, session: str, chat_id: str) -> bool:
        """Whether this call is meant."""
        wanted = ((self.session, session), (self.chat_id, chat_id))
        return self.name in ("*", name) and all(not want or want == given for want, given in wanted)


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

    def pick(self, name: str, session: str, chat_id: str) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self._planned:
            if fault.matches(name, session, chat_id):
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None
