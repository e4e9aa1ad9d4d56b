"""`python -m playground.kommo --port 0`: the server as a process; its first line ends with its URL."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from .options import Options
from .server import Server


def parse(arguments: list[str]) -> tuple[Options, str, int]:
    """Options, host and port."""
    parser = argparse.ArgumentParser(prog="python -m playground.kommo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--subdomain", default=Options().subdomain, help="what the account is called")
    parser.add_argument("--no-limits", action="store_true", help="no 429 and no 403 for many requests")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown fields, as Kommo does")
    given = parser.parse_args(arguments)
    options = Options(subdomain=given.subdomain, limits=not given.no_limits, strict_fields=not given.lenient)
    return options, given.host, given.port


async def serve(options: Options, host: str, port: int) -> None:
    """Until a signal ends it."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Server(options, host, port) as server:
        print(server.url, flush=True)
        await stop.wait()


def main() -> None:
    """Run with uvloop where there is one."""
    options, host, port = parse(sys.argv[1:])
    try:
        import uvloop
    except ImportError:
        asyncio.run(serve(options, host, port))
    else:
        uvloop.run(serve(options, host, port))


if __name__ == "__main__":
    main()
