"""A sender that does as it is told, and remembers what it was given."""

import asyncio
from collections.abc import Awaitable, Callable

from sales.outbox import Outcome, Row, Sent

Script = Callable[[Row], Outcome | Awaitable[Outcome]]


class ScriptedSender:
    """The lowest seam of delivery: beyond it there is HTTP. Without a script everything arrives."""

    def __init__(self, script: Script = lambda row: Sent()) -> None:
        self.script = script
        self.rows: list[Row] = []
        self.times: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self._news = asyncio.Event()

    async def send(self, row: Row) -> Outcome:
        self.rows.append(row)
        self.times.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self._news.set()
        try:
            outcome = self.script(row)
            return await outcome if isinstance(outcome, Awaitable) else outcome
        finally:
            self.in_flight -= 1

    @property
    def numbers(self) -> list[object]:
        """What was sent, by the number in its payload."""
        return [row.payload["number"] for row in self.rows]

    async def until(self, count: int, seconds: float = 10.0) -> None:
        """Wait until it was called that often."""
        async with asyncio.timeout(seconds):
            while len(self.rows) < count:
                self._news.clear()
                await self._news.wait()
