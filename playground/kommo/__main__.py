"""`python -m playground.kommo --port 0`: the server as a process; its first line ends with its URL."""

from __future__ import annotations

import sys

from playground.kit import process

from .options import Options
from .server import Server


def parse(arguments: list[str]) -> tuple[Options, str, int]:
    """Options, host and port."""
    parser = process.arguments("playground.kommo", __doc__)
    parser.add_argument("--subdomain", default=Options().subdomain, help="what the account is called")
    parser.add_argument("--no-limits", action="store_true", help="no 429 and no 403 for many requests")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown fields, as Kommo does")
    given = parser.parse_args(arguments)
    options = Options(subdomain=given.subdomain, limits=not given.no_limits, strict_fields=not given.lenient)
    return options, given.host, given.port


def main() -> None:
    """Run until a signal."""
    options, host, port = parse(sys.argv[1:])
    process.run(lambda: Server(options, host, port))


if __name__ == "__main__":
    main()
