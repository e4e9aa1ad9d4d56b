"""`dibs crm`: where the leads are kept."""

from collections.abc import Mapping

import click

from bot.books import open_books
from bot.commands.printing import FROM_STDIN, json_option, print_lines, read_secret
from bot.problems import Failed
from sales.ids import CrmId, StaffId
from sales.ports import Work
from sales.ports.channels import Finding
from sales.rights import WRITERS

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


@add.command()
@click.option("--name", required=True, help="How the team sees the CRM.")
@click.option("--base-url", required=True, help="The account's address, such as https://NAME.kommo.com.")
@click.option("--token", help=f"A long-lived token: the integration's Keys and scopes; {FROM_STDIN}")
@click.option("--client-id", help="For OAuth instead of a token: the integration's ID.")
@click.option("--client-secret", help=f"For OAuth: its secret key; {FROM_STDIN}")
@click.option("--code", help=f"For OAuth: the authorization code, which lives 20 minutes; {FROM_STDIN}")
@click.option("--redirect-uri", help="For OAuth: as it is entered in the integration.")
def kommo(name: str, base_url: str, **access: str | None) -> None:
    """Connect a Kommo (amoCRM) account: by a long-lived token of an administrator, or by OAuth.

    Several - read one line each, in the order of the options here. Then say who is who: dibs crm users ID, and
    dibs crm map-user; and which channels use it: dibs channel set ID --crm ID.
    """
    _connect(
        "kommo", name, {"base_url": base_url, **{key: read_secret(value) for key, value in access.items() if value}}
    )


def _connect(kind: str, name: str, entered: Mapping[str, str]) -> None:
    """The account is asked before it is kept, so that a mistyped token never becomes a CRM."""
    from bot.connecting import identify_crm

    with open_books() as books:
        secrets = identify_crm(kind, entered)

        def keep(work: Work) -> CrmId:
            crm_id = work.crms.add(kind, name.strip(), secrets)
            work.audit.add("crm.add", f"crm:{crm_id} {kind}")
            return crm_id

        click.echo(books.write(keep))


@crm.command()
@_id
@json_option
def users(crm_id: int, as_json: bool) -> None:
    """Who can be responsible there, and who on the team that is: for dibs crm map-user."""
    from bot.connecting import ask_crm

    with open_books() as books:
        found = ask_crm(books, CrmId(crm_id), lambda adapter: adapter.users())
        ties = books.read(lambda work: {one.id: work.crms.staff_of(CrmId(crm_id), one.id) for one in found})
    lines = [{"user": one.id, "name": one.name, "email": one.email, "staff": ties[one.id]} for one in found]
    print_lines(lines, as_json, "no users")


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
        findings = [
            *ask_crm(books, CrmId(crm_id), lambda adapter: adapter.check()),
            *books.read(lambda work: _untied(work, CrmId(crm_id))),
        ]
    if not print_findings(about(findings, crm=f"«{held.name}»" if held else ""), as_json):
        raise Failed("the CRM does not work: see above")


def _untied(work: Work, crm_id: CrmId) -> list[Finding]:
    """Whoever may write to clients, and is no user of an outside CRM yet."""
    held = work.crms.get(crm_id)
    if held is None or held.inside:
        return []
    names = [one.name for one in work.staff.list() if one.role in WRITERS and work.crms.user_of(crm_id, one.id) is None]
    return [Finding(False, "crm_unmapped", {"people": ", ".join(names), "id": str(crm_id)})] if names else []


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
