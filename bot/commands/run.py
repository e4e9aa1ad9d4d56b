"""`dibs run`: everything in one process."""

import gc
import sys
from collections.abc import Coroutine
from typing import Any

import click

from bot.settings import load_settings

PARTS = ("web", "staff", "delivery", "clock")


def _parts(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in value.split(",") if part.strip()) if value is not None else PARTS
    wrong = [part for part in chosen if part not in PARTS]
    if wrong or not chosen:
        raise click.BadParameter(f"choose from {','.join(PARTS)}", ctx, param)
    return chosen


@click.command()
@click.option(
    "--only", "parts", callback=_parts, metavar="PARTS", help=f"Only these, comma separated: {','.join(PARTS)}."
)
def run(parts: tuple[str, ...]) -> None:
    """Everything in one process, until it is told to stop.

    \b
    web       customers in (webhooks, or polling), health and metrics
    staff     what staff write and tap
    delivery  everything that leaves
    clock     everything that is due

    Several processes that share the work need PostgreSQL.
    """
    gc.disable()  # importing makes a million objects that stay; looking through them meanwhile costs half a second
    from bot.run import run as run_everything

    _run(run_everything(load_settings(), parts))


def _run(main: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        import asyncio

        asyncio.run(main)
    else:
        import uvloop

        uvloop.run(main)
