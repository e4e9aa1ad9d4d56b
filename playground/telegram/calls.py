"""The log of calls that bots made, and the faults that tests plan for them."""

from __future__ import annotations

from collections import Counter as Tally
from collections import deque
from dataclasses import dataclass
from typing import Any

from playground.kit.calls import Log, Record
from playground.kit.faults import Planned

Json = dict[str, Any]

ACTIONS = ("fail", "delay", "drop", "refuse", "hang", "garbage")


@dataclass(slots=True)
class BotCall(Record):
    """A call of a bot. `code` is 200 or the error's; 0 when the answer was withheld."""

    bot_id: int
    method: str
    parameters: Json
    code: int
    description: str
    result: Any


class CallLog(Log[BotCall]):
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.by_method: Tally[str] = Tally()
        self.by_code: Tally[int] = Tally()
        self.per_second: deque[list[int]] = deque(maxlen=600)

    def add(
        self, now: float, bot_id: int, method: str, parameters: Json, code: int, description: str, result: Any
    ) -> None:
        """Remember a call that has ended."""
        self.by_method[method] += 1
        self.by_code[code] += 1
        self._count(int(now))
        self.keep(BotCall(self.total + 1, now, bot_id, method, parameters, code, description, result))

    def _count(self, second: int) -> None:
        if self.per_second and self.per_second[-1][0] == second:
            self.per_second[-1][1] += 1
        else:
            self.per_second.append([second, 1])

    def find(self, method: str = "", bot_id: int = 0, after: int = 0, code: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return self.later(
            after,
            lambda call: (
                (not method or call.method.lower() == method.lower())
                and (not bot_id or call.bot_id == bot_id)
                and (code is None or call.code == code)
            ),
        )


@dataclass(slots=True, kw_only=True)
class Fault(Planned):
    """What shall happen to calls of `method` (`*` is any); `fail` answers with code and description."""

    method: str
    bot_id: int = 0
    chat_id: int = 0
    code: int = 500
    description: str = "Internal Server Error"
    retry_after: int = 0
    migrate_to_chat_id: int = 0

    def matches(self, bot_id: int, method: str, parameters: Json) -> bool:
        """Whether this call is meant."""
        if self.method.lower() not in ("*", method.lower()) or (self.bot_id and self.bot_id != bot_id):
            return False
        return not self.chat_id or str(parameters.get("chat_id")) == str(self.chat_id)
