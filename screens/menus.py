"""The menu of commands: each person's own."""

from sales.outbox import Dropped, Outcome, Row, Sent
from sales.use_cases.row_payload import staff_of
from screens.commands import commands_of
from screens.desk import Desk


async def send_menu(desk: Desk, row: Row) -> Outcome:
    staff = await desk.read(lambda work: work.staff.get(staff_of(row)))
    if staff is None:
        return Dropped("no such staff member")
    language = desk.language(staff)
    menu = [(command.name, language.t(command.words)) for command in commands_of(staff)]
    await desk.telegram.set_commands(staff.telegram_id, menu)
    return Sent()
