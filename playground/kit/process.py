"""A server as a process: its arguments, its life until a signal, and the first line of its output."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
from collections.abc import Callable

from .server import Shell


def arguments(package: str, description: str | None) -> argparse.ArgumentParser:
    """A parser with what every stand-in takes: `--host` and `--port`."""
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    return parser


async def serve(make: Callable[[], Shell]) -> None:
    """Until a signal ends it. Prints the address once it serves."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with make() as server:
        print(server.url, flush=True)
        await stop.wait()


def run(make: Callable[[], Shell]) -> None:
    """Run the server that is made, with uvloop where there is one."""
    gc.set_threshold(100_000, 50, 1_000)  # looking through all that it remembers would stop the world for 100 ms
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(make))
    else:
        uvloop.run(serve(make))
