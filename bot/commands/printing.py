"""How commands print data: JSON for programs, a plain table for people."""

import json
import sys
from collections.abc import Mapping, Sequence

import click

Value = str | int | float | bool | None
Line = Mapping[str, Value]

FROM_STDIN = "- reads it from standard input."

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def read_secret(value: str) -> str:
    """A secret on the command line is seen by everybody on the machine; standard input is not."""
    return sys.stdin.readline().strip() if value == "-" else value.strip()


def print_lines(lines: Sequence[Line], as_json: bool, nothing: str) -> None:
    """``nothing`` is what people read instead of an empty table."""
    if as_json:
        click.echo(json.dumps([dict(line) for line in lines], ensure_ascii=False, indent=2))
    elif not lines:
        click.echo(nothing)
    else:
        click.echo(table(lines))


def table(lines: Sequence[Line]) -> str:
    """Columns as wide as their longest word."""
    names = list(lines[0])
    rows = [names] + [[_word(line[name]) for name in names] for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    return "\n".join(
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _word(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split()) or "-"


def when(moment: int) -> str:
    """Milliseconds as UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
