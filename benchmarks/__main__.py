"""Everything, as one table: ``python -m benchmarks [--quick] [name …]``. Some three minutes; ``--quick`` a half."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable

from benchmarks import accept_race, ceiling, growth, startup, throughput
from benchmarks.rig import HERE
from benchmarks.table import Line, facts, show

Benchmark = Callable[[], Awaitable[list[Line]]]

FULL: dict[str, Benchmark] = {
    "throughput": throughput.run,
    "accept_race": accept_race.run,
    "ceiling": ceiling.run,
    "startup": startup.run,
    "growth": growth.run,
}
QUICK: dict[str, Benchmark] = {
    "throughput": lambda: throughput.run(seconds=4),
    "accept_race": lambda: accept_race.run(rounds=1),
    "ceiling": lambda: ceiling.run(seconds=8),
    "startup": lambda: startup.run(times=1),
    "growth": lambda: growth.run(large=100_000, seconds=4),
}


async def main(names: list[str], quick: bool) -> int:
    """How many promises were not kept."""
    show("The machine", facts(HERE))
    broken = 0
    for name in names or list(FULL):
        lines = await (QUICK if quick else FULL)[name]()
        show(name.replace("_", " ").capitalize(), lines)
        broken += sum(line.met is False for line in lines)
    print("\nEvery goal is met." if not broken else f"\n{broken} goals are missed.")
    return broken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *FULL], help="only these")
    parser.add_argument("--quick", action="store_true", help="shorter, and rougher")
    options = parser.parse_args()
    raise SystemExit(min(1, asyncio.run(main(options.names, options.quick))))
