"""The log of calls that bots made, and the faults that tests plan for them."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One call and how it ended. `code` is 200 or the error's; 0 when the answer was withheld."""

    seq: int
    time: float
    bot_id: int
    method: str
    parameters: Json
    code: int
    description: str
    result: Any

    def api(self) -> Json:
        """For the control API."""
        return {name: getattr(self, name) for name in self.__slots__}


class CallLog:
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        self.total = 0
        self.by_method: Tally[str] = Tally()
        self.by_code: Tally[int] = Tally()
        self.per_second: deque[list[int]] = deque(maxlen=600)
        self._records: deque[Record] = deque(maxlen=size)
        self._waiters: list[asyncio.Future[None]] = []

    def add(
        self, now: float, bot_id: int, method: str, parameters: Json, code: int, description: str, result: Any
    ) -> None:
        """Remember a call that has ended."""
        self.total += 1
        self.by_method[method] += 1
        self.by_code[code] += 1
        self._count(int(now))
        self._records.append(Record(self.total, now, bot_id, method, parameters, code, description, result))
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    def _count(self, second: int) -> None:
        if self.per_second and self.per_second[-1][0] == second:
            self.per_second[-1][1] += 1
        else:
            self.per_second.append([second, 1])

    def find(self, method: str = "", bot_id: int = 0, after: int = 0, code: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return [
            record.api()
            for record in self._records
            if record.seq > after
            and (not method or record.method.lower() == method.lower())
            and (not bot_id or record.bot_id == bot_id)
            and (code is None or record.code == code)
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
    """What shall happen to the next `times` calls of `method` (`*` is any).

    `action`: `fail` (answer with code and description, nothing is done), `delay` (perform after `seconds`),
    `drop` (perform, then cut the connection without an answer), `refuse` (cut the connection, nothing is done),
    `hang` (never answer; nothing is done), `garbage` (perform, answer with a body that is no JSON).
    """

    method: str
    action: str
    times: int = 1
    skip: int = 0
    bot_id: int = 0
    chat_id: int = 0
    code: int = 500
    description: str = "Internal Server Error"
    retry_after: int = 0
    migrate_to_chat_id: int = 0
    seconds: float = 0.0

    def matches(self, bot_id: int, method: str, parameters: Json) -> bool:
        """Whether this call is meant."""
        if self.method not in ("*", method.lower()) or (self.bot_id and self.bot_id != bot_id):
            return False
        return not self.chat_id or str(parameters.get("chat_id")) == str(self.chat_id)


class Faults:
    """Planned faults, first match first."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan one more."""
        fault.method = fault.method.lower()
        self._planned.append(fault)

    def clear(self) -> None:
        """From now on all goes well."""
        self._planned.clear()

    def pick(self, bot_id: int, method: str, parameters: Json) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for fault in self._planned:
            if fault.matches(bot_id, method, parameters):
                if fault.skip > 0:
                    fault.skip -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None

    def __bool__(self) -> bool:
        return bool(self._planned)
