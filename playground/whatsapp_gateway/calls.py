"""The log of calls on the API, and the faults that tests plan for them."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Any

from playground.kit.calls import Log, Record
from playground.kit.faults import Planned

Json = dict[str, Any]

ACTIONS = ("fail", "delay", "late", "drop", "refuse", "hang", "garbage")


@dataclass(slots=True)
class ApiCall(Record):
    """A call on the API: `status` is HTTP's, 0 when the answer was withheld."""

    name: str
    session: str
    parameters: Json
    status: int
    answer: Any


class CallLog(Log[ApiCall]):
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.by_name: Tally[str] = Tally()
        self.by_status: Tally[int] = Tally()

    def add(self, now: float, name: str, session: str, parameters: Json, status: int, answer: Any) -> None:
        """Remember a call that has ended."""
        self.by_name[name] += 1
        self.by_status[status] += 1
        self.keep(ApiCall(self.total + 1, now, name, session, parameters, status, answer))

    def find(self, name: str = "", session: str = "", after: int = 0, status: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return self.later(
            after,
            lambda call: name in ("", call.name) and session in ("", call.session) and status in (None, call.status),
        )


@dataclass(slots=True, kw_only=True)
class Fault(Planned):
    """What shall happen to calls named `name` (`*` is any); `fail` answers with `status` and `body`.

    One more `action` than elsewhere: `late` (perform, answer after `seconds`).
    """

    name: str
    session: str = ""
    chat_id: str = ""
    status: int = 500
    body: Json = field(default_factory=lambda: {"statusCode": 500, "message": "Internal server error"})

    def matches(self, name: str, session: str, chat_id: str) -> bool:
        """Whether this call is meant."""
        wanted = ((self.session, session), (self.chat_id, chat_id))
        return self.name in ("*", name) and all(not want or want == given for want, given in wanted)
