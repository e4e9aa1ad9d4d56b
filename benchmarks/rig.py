"""What every benchmark stands on: the stand-in and Dibs as processes, a seeded workspace, load, and a stopwatch."""

import asyncio
import os
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks.processes import RealHouse
from benchmarks.seeding import FIRST_CUSTOMER, FIRST_REP, Workspace, seed
from playground.telegram.control import BotAccount, Control, MadeCall
from tests.end_to_end.house import ADMIN, SHOP_TOKEN, STAFF_TOKEN, free_port, stand_in

HERE = Path(__file__).parent
"""On the same disk as the code: /tmp is often memory, where a commit costs nothing."""
TICKS = os.sysconf("SC_CLK_TCK")
NUMBER = re.compile(r"#(\d+)$")


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has used, all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def starved(pid: int) -> float:
    """Seconds in which a thread of it could have run, but no core was free (schedstat): how busy the machine is."""
    waits = (Path(task, "schedstat").read_text().split()[1] for task in Path(f"/proc/{pid}/task").iterdir())
    return sum(map(int, waits)) / 1e9


def memory_of(pid: int) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # every process has it


def percentile(values: Sequence[float], share: float) -> float:
    """``share`` from 0 to 100, by linear interpolation."""
    if len(values) < 2:
        return values[0] if values else float("nan")
    return statistics.quantiles(values, n=1000, method="inclusive")[min(998, round(share * 10) - 1)]


@dataclass
class Heard:
    """Messages that customers wrote, when, and when each arrived in a staff chat (seconds since 1970)."""

    written: dict[int, float] = field(default_factory=dict)
    arrived: dict[int, float] = field(default_factory=dict)
    repeated: int = 0

    @property
    def waits(self) -> list[float]:
        """Milliseconds from the customer's pressing Send to the staff bot's call."""
        return [(at - self.written[number]) * 1000 for number, at in self.arrived.items() if number in self.written]

    def note(self, calls: Sequence[MadeCall]) -> None:
        for call in calls:
            found = NUMBER.search(str(call.parameters.get("text", "")))
            if found and call.code == 200:
                self.repeated += int(found[1]) in self.arrived
                self.arrived.setdefault(int(found[1]), call.time)


@dataclass
class Rig:
    """Everything runs. ``customers`` people have found the shop; every rep has pressed Start."""

    telegram: Control
    http: aiohttp.ClientSession
    """Lighter than the control's own, which would take a fifth of a core under load."""
    house: RealHouse
    staff_bot: BotAccount
    shop_bot: BotAccount
    workspace: Workspace
    customers: int
    heard: Heard = field(default_factory=Heard)
    _seen: int = 0
    _next: int = 0

    @property
    def pid(self) -> int:
        assert self.house.process is not None
        return self.house.process.pid

    async def write(self, count: int) -> None:
        """So many messages at once, from as many customers (the next in the row)."""
        numbers = range(self._next, self._next + count)
        self._next += count
        texts = [(FIRST_CUSTOMER + number % self.customers, f"Do you have it in blue? #{number}") for number in numbers]
        order = {"bot_id": self.shop_bot.id, "texts": texts, "timed": True}
        async with self.http.post(f"{self.telegram.url}/control/write_many", json=order) as answer:
            done = (await answer.json())["result"]
        self.heard.written.update(dict.fromkeys(numbers, done["at"]))

    async def load(self, per_second: float, seconds: float, at_once: int = 5) -> None:
        """An even stream, ``at_once`` messages every few milliseconds."""
        began = time.perf_counter()
        for turn in range(round(per_second * seconds / at_once)):
            await asyncio.sleep(max(0.0, began + turn * at_once / per_second - time.perf_counter()))
            await self.write(at_once)

    async def all_arrived(self, patience: float = 60) -> float:
        """Wait until what was written stands in staff chats; when the last one came. TimeoutError if it does not.

        Telling thousands of calls stops the stand-in for 100 ms: not while the last messages are still on their way.
        """
        async with asyncio.timeout(patience):
            while len(self.heard.arrived) < len(self.heard.written):
                await asyncio.sleep(0.3)
                await self.listen()
        return max(self.heard.arrived.values())

    async def listen(self) -> None:
        """Take in the calls since the last time."""
        calls = await self.telegram.calls("sendMessage", self.staff_bot, self._seen)
        if calls:
            self._seen = calls[-1].seq
        self.heard.note(calls)

    async def quiet(self, patience: float = 60) -> None:
        """Wait until no bot calls anything any more."""
        before, same = -1, 0
        async with asyncio.timeout(patience):
            while same < 3:
                total = (await self.telegram.stats()).calls
                same = same + 1 if total == before else 0
                before = total
                await asyncio.sleep(0.7)
        await self.listen()

    def forget(self) -> None:
        """What was heard so far was for warming up."""
        self.heard = Heard()


@asynccontextmanager
async def rig(
    workspace: Workspace | None = None,
    *,
    customers: int = 1_000,
    limits: bool = False,
    topics: bool = False,
    warm: bool = True,
    seeded: Path | None = None,
) -> AsyncIterator[Rig]:
    """A fresh folder, seeded, with everything running in it. ``warm``: each customer has written once.

    ``limits``: Telegram's, on both sides.
    """
    workspace = workspace or Workspace()
    customers = min(customers, workspace.clients)
    with (
        tempfile.TemporaryDirectory(dir=HERE, prefix="run-") as folder,
        stand_in(*([] if limits else ["--no-limits"])) as url,
    ):
        port = free_port()
        extra = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "TELEGRAM_LIMITS": "on" if limits else "off"}
        house = RealHouse(Path(folder), url, port, extra)
        async with Control(url) as telegram, aiohttp.ClientSession() as http:
            staff_bot = await telegram.bot(STAFF_TOKEN, username="staff_bot", topics=topics)
            shop_bot = await telegram.bot(SHOP_TOKEN, username="shop_bot")
            await telegram.person(ADMIN, "Ada")
            house.command("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN)
            await _people(telegram, staff_bot, workspace, customers)
            async with http.post(f"{url}/bot{STAFF_TOKEN}/deleteWebhook", json={"drop_pending_updates": True}):
                pass  # the seed has them reachable already: no need to greet them all
            await asyncio.to_thread(seed, Path(folder) / "dibs.db", workspace)
            try:
                await house.start()
                running = Rig(telegram, http, house, staff_bot, shop_bot, workspace, customers)
                await running.quiet()
                if warm:
                    await _warm(running)
                yield running
            finally:
                house.stop()


async def _people(telegram: Control, staff_bot: BotAccount, workspace: Workspace, customers: int) -> None:
    """The bot may write to whoever has pressed Start."""
    await telegram.people(FIRST_CUSTOMER, customers)
    for number in range(workspace.reps):
        rep = await telegram.person(FIRST_REP + number, f"Rep {number}")
        await rep.chat(staff_bot).start()


async def _warm(running: Rig) -> None:
    """Headers are posted, code is imported, caches are filled."""
    await running.load(400, running.customers / 400)
    await running.all_arrived()
    await running.quiet()
    running.forget()
