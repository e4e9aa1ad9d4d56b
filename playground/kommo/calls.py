"""The log of calls on the API, and the faults that tests plan for them."""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass
from typing import Any

from playground.kit.calls import Log, Record
from playground.kit.faults import Planned

Json = dict[str, Any]

ACTIONS = ("fail", "delay", "late", "drop", "refuse", "hang", "garbage", "lost")


@dataclass(slots=True)
class ApiCall(Record):
    """One call and how it ended: `status` is HTTP's, 0 when the answer was withheld. `token`: the integration."""

    name: str
    token: str
    method: str
    path: str
    query: Json
    body: Any
    status: int
    answer: Any


class CallLog(Log[ApiCall]):
    """The newest calls, and counters of all of them."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.by_name: Tally[str] = Tally()
        self.by_status: Tally[int] = Tally()

    def add(self, call: ApiCall) -> None:
        """Remember a call that has ended; gives it its number."""
        call.seq = self.total + 1
        self.by_name[call.name] += 1
        self.by_status[call.status] += 1
        self.keep(call)

    def find(self, name: str = "", after: int = 0, status: int | None = None) -> list[Json]:
        """Kept calls with a greater `seq`, oldest first."""
        return self.later(after, lambda call: name in ("", call.name) and status in (None, call.status))


@dataclass(slots=True, kw_only=True)
class Fault(Planned):
    """What shall happen to calls named `name` (`*` is any).

    More actions than elsewhere: `late` (perform, answer after `seconds`) and `lost` (perform, then answer with `status`
    as a gateway does whose backend was too slow). Without a `body` it is Kommo's for that status.
    """

    name: str
    status: int = 504
    body: Json | None = None
