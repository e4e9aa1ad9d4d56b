"""`dibs staff`: the team."""

import click

from bot.books import open_books
from bot.commands.printing import Line, json_option, print_lines
from sales.ids import ChannelId, StaffId, TelegramId
from sales.staff import Role, Staff

ROLES = [role.value for role in Role]
LARGEST_ID = 2**52 - 1
"""Telegram ids have at most 52 bits (PLATFORMS.md A3)."""
_id = click.argument("staff_id", metavar="ID", type=click.IntRange(1, 2**62))


@click.group()
def staff() -> None:
    """The team: who is on it, as what, and who leaves."""


@staff.command()
@click.argument("telegram_id", metavar="TELEGRAM_ID", type=click.IntRange(1, LARGEST_ID))
@click.option("--name", required=True, help="How colleagues see them.")
@click.option("--role", type=click.Choice(ROLES), help="None unless given.")
@click.option("--admin", is_flag=True, help="May set roles, channels and CRM.")
@click.option("--receives-new-clients", is_flag=True, help="Takes part in distribution.")
def add(telegram_id: int, name: str, role: str | None, admin: bool, receives_new_clients: bool) -> None:
    """Put someone on the team; they can be reached once they press /start in the staff bot. Prints the new id."""
    from sales.use_cases.team import AddStaff, add_staff

    command = AddStaff(TelegramId(telegram_id), name, Role(role) if role else None, admin, receives_new_clients)
    with open_books() as books:
        click.echo(books.write(lambda work: add_staff(work, command)).id)


@staff.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Everyone on the team."""
    with open_books() as books:
        people = books.read(lambda work: list(work.staff.list()))
    print_lines([_line(person) for person in people], as_json, "nobody is on the team yet: dibs staff add --help")


def _line(person: Staff) -> Line:
    """Exactly the keys of DESIGN.md §5."""
    return {
        "id": person.id,
        "telegram_id": person.telegram_id,
        "name": person.name,
        "role": person.role.value if person.role is not None else None,
        "admin": person.admin,
        "receives_new_clients": person.receives_new_clients,
    }


@staff.command("set")
@_id
@click.option("--name", help="How colleagues see them.")
@click.option("--role", type=click.Choice([*ROLES, "none"]), help="What they may do; on one channel with --channel.")
@click.option("--admin/--no-admin", default=None, help="May set roles, channels and CRM.")
@click.option("--receives-new-clients/--no-receives-new-clients", default=None, help="Takes part in distribution.")
@click.option("--channel", "channel_id", type=click.IntRange(1, 2**62), metavar="ID", help="Only on this channel.")
@click.option("--inherit", is_flag=True, help="With --channel: as in the whole workspace again.")
def set_(
    staff_id: int,
    name: str | None,
    role: str | None,
    admin: bool | None,
    receives_new_clients: bool | None,
    channel_id: int | None,
    inherit: bool,
) -> None:
    """Change someone's name, role or switches, for the whole workspace or for one channel."""
    if channel_id is None:
        if inherit:
            raise click.UsageError("--inherit needs --channel.")
        _set_everywhere(StaffId(staff_id), name, role, admin, receives_new_clients)
        return
    if name is not None or admin is not None:
        raise click.UsageError("--name and --admin are the same on every channel: leave --channel out.")
    _set_on_channel(StaffId(staff_id), ChannelId(channel_id), role, receives_new_clients, inherit)


def _set_everywhere(
    staff_id: StaffId, name: str | None, role: str | None, admin: bool | None, receives: bool | None
) -> None:
    from sales.use_cases.team import KEEP, SetStaff, set_staff

    if all(value is None for value in (name, role, admin, receives)):
        raise click.UsageError("Say what to change: --name, --role, --admin or --receives-new-clients.")
    new_role = KEEP if role is None else None if role == "none" else Role(role)
    command = SetStaff(staff_id, new_role, admin, receives, name)
    with open_books() as books:
        books.write(lambda work: set_staff(work, command))


def _set_on_channel(
    staff_id: StaffId, channel_id: ChannelId, role: str | None, receives: bool | None, inherit: bool
) -> None:
    from sales.use_cases.team import KEEP, SetChannelRole, set_channel_role

    if inherit == (role is not None or receives is not None):
        raise click.UsageError("Say what differs on the channel (--role, --receives-new-clients), or --inherit.")
    if inherit:
        command = SetChannelRole(staff_id, channel_id, None, False, None)
    else:
        new_role = KEEP if role is None else None if role == "none" else Role(role)
        no_access = KEEP if role is None else role == "none"
        command = SetChannelRole(staff_id, channel_id, new_role, no_access, KEEP if receives is None else receives)
    with open_books() as books:
        books.write(lambda work: set_channel_role(work, command))


@staff.command()
@_id
@click.option("--give-to", type=click.IntRange(1, 2**62), metavar="ID", help="Who gets their clients.")
@click.option("--offer-again", is_flag=True, help="Offer their clients to everyone eligible.")
def remove(staff_id: int, give_to: int | None, offer_again: bool) -> None:
    """Take someone off the team. Whoever has clients needs --give-to or --offer-again."""
    from sales.use_cases.team import RemoveStaff, remove_staff

    if give_to is not None and offer_again:
        raise click.UsageError("Use either --give-to or --offer-again.")
    command = RemoveStaff(StaffId(staff_id), StaffId(give_to) if give_to else None, offer_again)
    with open_books() as books:
        books.write(lambda work: remove_staff(work, command))
