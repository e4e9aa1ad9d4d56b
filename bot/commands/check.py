"""`dibs check`: what works, what doesn't, what to do."""

import click

from bot.commands.printing import json_option
from bot.problems import Failed


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Settings, database, tokens, webhooks, CRM: what works, what doesn't, what to do."""
    from bot.checking import check_everything
    from bot.findings import print_findings

    if not print_findings(check_everything(), as_json):
        raise Failed("something needs to be set right: see the lines marked FAIL")
