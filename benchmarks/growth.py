"""What a message costs with a thousand clients in the books, and with a million.

Each message of the large run is another client's, far from the last one's in every table: no cache helps it.
"""

from benchmarks.rig import cpu_of, percentile, rig
from benchmarks.seeding import Workspace
from benchmarks.table import Line

RATE = 250
MOST = 1.3


async def run(large: int = 1_000_000, seconds: float = 10.0) -> list[Line]:
    small_cost, small_wait = await cost(1_000, seconds)
    large_cost, large_wait = await cost(large, seconds)
    ratio = large_cost / small_cost
    return [
        Line("CPU of Dibs a message, 1,000 clients", f"{small_cost:.2f} ms (p50 {small_wait:.1f} ms to arrive)"),
        Line(f"the same, {large:,} clients", f"{large_cost:.2f} ms (p50 {large_wait:.1f} ms to arrive)"),
        Line("growth", f"{ratio:.2f} times", f"<= {MOST}", ratio <= MOST),
    ]


async def cost(clients: int, seconds: float) -> tuple[float, float]:
    """Milliseconds of CPU a message, and the median wait, after a second of warming up."""
    workspace = Workspace(clients=clients, waiting=True)
    async with rig(workspace, customers=round(RATE * (seconds + 1)), warm=False) as running:
        await running.load(RATE, 1)
        await running.all_arrived()
        running.forget()
        before = cpu_of(running.pid)
        await running.load(RATE, seconds)
        await running.all_arrived()
        spent = (cpu_of(running.pid) - before) / len(running.heard.arrived) * 1000
        return spent, percentile(running.heard.waits, 50)
