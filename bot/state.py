"""How the process is, for `/readyz` and `/metrics`: asked of the database, of delivery and of the nursery."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping

from delivery.metrics import LaneMetrics
from sales.errors import Unavailable
from sales.ports import Transactions, Work
from web.doors import LaneState, State
from web.metrics import Numbers, Snapshot

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds in which the database has to answer."""
LONGEST_LAG = 300.0
"""Seconds a lane may be behind before the process no longer calls itself ready."""
PROBE = "probe"
"""What is written to see whether anything can be."""
PROBE_EVERY = 5.0
"""Seconds for which such an answer is good: asking often must not wear out the disk."""


class Watch:
    """``running`` and ``down`` name parts of the nursery; ``lanes`` are delivery's own numbers."""

    def __init__(
        self,
        transactions: Transactions,
        numbers: Numbers,
        lanes: Mapping[str, LaneMetrics],
        running: Callable[[], Collection[str]],
        down: Callable[[], Collection[str]],
    ) -> None:
        self._transactions = transactions
        self._numbers = numbers
        self._lanes = lanes
        self._running = running
        self._down = down
        self._probed_at = -PROBE_EVERY
        self._unwritable: str | None = None
        self.started = False
        self.stopping = False

    async def state(self) -> State:
        lanes = await self._read_lanes()
        await self._probe()
        problems = [*self._of_process(), *([] if lanes is not None else ["the database does not answer"])]
        if self._unwritable is not None:
            problems.append(f"nothing can be written: {self._unwritable}")
        for lane in lanes or ():
            if lane.down:
                problems.append(f"lane {lane.name}: the other side does not answer")
            elif lane.lag > LONGEST_LAG:
                problems.append(f"lane {lane.name} is {lane.lag:.0f} s behind")
        return State(problems, lanes or (), self._parts())

    def _of_process(self) -> list[str]:
        if self.stopping:
            return ["stopping"]
        starting = [] if self.started else ["starting"]
        return starting + [f"{name} crashed and is about to start again" for name in sorted(self._down())]

    def _parts(self) -> Mapping[str, str]:
        down = self._down()
        return {name: "down" if name in down else "runs" for name in sorted(self._running())}

    async def _read_lanes(self) -> list[LaneState] | None:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._transactions.read(self._look)
        except (Unavailable, TimeoutError):
            return None
        except Exception:
            log.exception("the state of the lanes can't be read")
            return None

    async def _probe(self) -> None:
        """A real write: with a full disk reading goes on, and so do transactions that change nothing."""
        now = asyncio.get_running_loop().time()
        if now - self._probed_at < PROBE_EVERY:
            return
        self._probed_at = now
        try:
            async with asyncio.timeout(PATIENCE):
                await self._transactions.write(lambda work: work.workspace.set(PROBE, str(work.now)))
        except Unavailable as error:
            self._unwritable = str(error)
        except TimeoutError:
            self._unwritable = f"the database took more than {PATIENCE:g} s"
        else:
            self._unwritable = None

    def _look(self, work: Work) -> list[LaneState]:
        depth = work.outbox.depth()
        due = work.outbox.next_due(list(depth))
        return [
            self._lane(name, count, (work.now - due.get(name, work.now)) / 1000) for name, (count, _) in depth.items()
        ]

    def _lane(self, name: str, queued: int, lag: float) -> LaneState:
        numbers = self._lanes.get(name)
        return LaneState(name, queued, round(max(0.0, lag), 1), numbers is not None and numbers.down)

    async def metrics(self) -> bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                snapshot = await self._transactions.read(_snapshot)
        except (Unavailable, TimeoutError):
            snapshot = None
        return self._numbers.render(snapshot)


def _snapshot(work: Work) -> Snapshot:
    outbox = {lane: (count, (work.now - oldest) / 1000) for lane, (count, oldest) in work.outbox.depth().items()}
    return Snapshot(work.offers.open_count(), work.inbox.count(), outbox)
