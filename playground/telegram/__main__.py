"""`python -m playground.telegram --port 0 --no-limits`: the server as a process; its first line is its URL."""

from __future__ import annotations

import sys

from playground.kit import process

from .options import Options
from .server import Server


def parse(arguments: list[str]) -> tuple[Options, str, int]:
    """Options, host and port."""
    parser = process.arguments("playground.telegram", __doc__)
    parser.add_argument("--no-limits", action="store_true", help="no 429s")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters, as Telegram does")
    parser.add_argument("--history", type=int, default=Options().history, help="messages kept in memory")
    given = parser.parse_args(arguments)
    options = Options(limits=not given.no_limits, strict_parameters=not given.lenient, history=given.history)
    return options, given.host, given.port


def main() -> None:
    """Run until a signal."""
    options, host, port = parse(sys.argv[1:])
    process.run(lambda: Server(options, host, port))


if __name__ == "__main__":
    main()
