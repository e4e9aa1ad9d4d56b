"""The log of calls that were made, and the faults that tests plan for them."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from typing import Any

from playground.kit.calls import Log, Record
from playground.kit.faults import Planned

Json = dict[str, Any]

ACTIONS = ("fail", "fail_later", "delay", "drop", "refuse", "hang", "garbage")


@dataclass(slots=True)
class GraphCall(Record):
    """A call of the Graph API. `status` is HTTP's, 0 when the answer was withheld; `code` is Meta's, 0 for none."""

    operation: str
    object: str
    body: Any
    status: int
    code: int
    result: Any


class CallLog(Log[GraphCall]):
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.by_operation: Tally[str] = Tally()
        self.by_code: Tally[int] = Tally()

    def add(self, now: float, operation: str, target: str, body: Any, status: int, code: int, result: Any) -> None:
        """Remember a call that has ended."""
        self.by_operation[operation] += 1
        self.by_code[code] += 1
        self.keep(GraphCall(self.total + 1, now, operation, target, body, status, code, result))

    def find(self, operation: str = "", target: str = "", after: int = 0) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return self.later(after, lambda call: operation in ("", call.operation) and target in ("", call.object))


@dataclass(slots=True, kw_only=True)
class Fault(Planned):
    """What shall happen to calls of `operation` (`*` is any); `fail` answers with `code`.

    One more `action` than elsewhere: `fail_later` (accept, then the status `failed` with `code`). A download that is to
    `drop` breaks off in the middle. `object` is the id in the path, `to` the recipient's digits or BSUID; empty is any.
    `status`: the HTTP status; 0 takes the code's own.
    """

    operation: str
    object: str = ""
    to: str = ""
    code: int = 131000
    status: int = 0
    details: str = "Something went wrong."

    def matches(self, operation: str, target: str, to: str) -> bool:
        """Whether this call is meant."""
        return self.operation in ("*", operation) and self.object in ("", target) and self.to in ("", to)
