"""`python -m playground.whatsapp_gateway --port 0`: the server as a process; its first line ends with its URL."""

from __future__ import annotations

import sys

from playground.kit import process

from .options import Options
from .server import Server


def parse(arguments: list[str]) -> tuple[Options, str, int]:
    """Options, host and port."""
    parser = process.arguments("playground.whatsapp_gateway", __doc__)
    parser.add_argument("--api-key", default=Options().api_key, help="what X-Api-Key must be")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters, as WAHA does")
    given = parser.parse_args(arguments)
    return Options(api_key=given.api_key, strict_parameters=not given.lenient), given.host, given.port


def main() -> None:
    """Run until a signal."""
    options, host, port = parse(sys.argv[1:])
    process.run(lambda: Server(options, host, port))


if __name__ == "__main__":
    main()
