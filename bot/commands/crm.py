"""`dibs crm`: where the leads are kept."""

import click

from bot.books import open_books
from bot.commands.printing import json_option, print_lines
from bot.problems import Failed
from sales.ids import CrmId, StaffId
from sales.ports import Work

BUILT_IN = CrmId(1)
_id = click.argument("crm_id", metavar="ID", type=click.IntRange(1, 2**62))


@click.group()
def crm() -> None:
    """The CRMs: what is connected, whether it answers, and who is who there."""


@crm.group()
def add() -> None:
    """Connect a CRM. Prints its id."""


@add.command()
def builtin() -> None:
    """The built-in CRM is always there and needs nothing; this prints its id."""
    with open_books() as books:
        if books.read(lambda work: work.crms.get(BUILT_IN)) is None:
            raise Failed("the built-in CRM is missing from the database: restore a backup")
    click.echo(BUILT_IN)


@crm.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Every connected CRM."""
    with open_books() as books:
        crms = books.read(lambda work: list(work.crms.list()))
    print_lines([{"id": one.id, "kind": one.kind, "name": one.name} for one in crms], as_json, "no CRM")


@crm.command()
@_id
@json_option
def check(crm_id: int, as_json: bool) -> None:
    """Does it answer, and can leads be put into it?"""
    from bot.connecting import ask_crm
    from bot.findings import about, print_findings

    with open_books() as books:
        held = books.read(lambda work: work.crms.get(CrmId(crm_id)))
        findings = ask_crm(books, CrmId(crm_id), lambda adapter: adapter.check())
    if not print_findings(about(findings, crm=f"«{held.name}»" if held else ""), as_json):
        raise Failed("the CRM does not work: see above")


@crm.command()
@_id
@click.option(
    "--staff", "staff_id", required=True, type=click.IntRange(1, 2**62), metavar="ID", help="Who on the team."
)
@click.option("--user", required=True, metavar="CRM_USER", help="Their user id in the CRM; none takes the tie away.")
def map_user(crm_id: int, staff_id: int, user: str) -> None:
    """Say which CRM user a staff member is, so that leads get the right responsible."""
    from sales.errors import NotFound
    from sales.use_cases.team import person

    def tie(work: Work) -> None:
        if work.crms.get(CrmId(crm_id)) is None:
            raise NotFound("crm")
        person(work, StaffId(staff_id))
        work.crms.map_user(CrmId(crm_id), StaffId(staff_id), None if user == "none" else user)
        work.audit.add("crm.map_user", f"crm:{crm_id} staff:{staff_id}")

    with open_books() as books:
        books.write(tie)
