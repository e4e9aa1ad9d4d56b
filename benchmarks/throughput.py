"""Customers write, owners read: messages a second from webhook to durable to sent, and how long each takes."""

import asyncio

from benchmarks.rig import Rig, cpu_of, memory_of, percentile, rig, starved
from benchmarks.table import Line, at_least, below

RATE = 1_000


async def run(seconds: float = 10.0, rate: int = RATE) -> list[Line]:
    """``rate`` messages a second for ``seconds``, five at a time; then one now and then."""
    async with rig() as running:
        return [*await sustained(running, seconds, rate), *await idle(running, round(seconds * 6))]


async def sustained(running: Rig, seconds: float, rate: int) -> list[Line]:
    cpu, waited = cpu_of(running.pid), starved(running.pid)
    await running.load(rate, seconds)
    last = await running.all_arrived()
    heard = running.heard
    spent = (cpu_of(running.pid) - cpu) / len(heard.arrived) * 1000
    without = (starved(running.pid) - waited) / len(heard.arrived) * 1000
    reached = len(heard.arrived) / (last - min(heard.written.values()))
    waits = heard.waits
    shares = ", ".join(f"p{share:g} {percentile(waits, share):.1f}" for share in (50, 95, 99, 99.9))
    return [
        at_least(f"messages a second, of {rate:,} asked", reached, 0.98 * rate, "/s", 0),
        below("from the customer's Send to the staff bot's call, p99", percentile(waits, 99), 25, "ms"),
        Line("the same", f"{shares} ms"),
        Line("CPU of Dibs a message", f"{spent:.2f} ms"),
        Line("time it wanted a core a message, and had none", f"{without:.2f} ms"),
        Line("messages shown twice, or not at all", f"{heard.repeated + len(heard.written) - len(heard.arrived)}"),
        Line("memory after it", f"{memory_of(running.pid):.0f} MB"),
    ]


async def idle(running: Rig, messages: int) -> list[Line]:
    await running.quiet()
    running.forget()
    for _ in range(messages):
        await running.write(1)
        await asyncio.sleep(0.1)
    await running.all_arrived()
    waits = running.heard.waits
    return [
        below("one message in a quiet moment, p50", percentile(waits, 50), 10, "ms"),
        Line("the same", f"p90 {percentile(waits, 90):.1f}, p99 {percentile(waits, 99):.1f} ms"),
    ]
