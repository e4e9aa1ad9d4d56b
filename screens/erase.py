"""Deleting a post, such as a token that was pasted."""

from sales.ids import PostId
from sales.outbox import Dropped, Outcome, Row, Sent
from sales.use_cases.row_payload import required, staff_of
from screens.desk import Desk
from screens.failures import PostGone


async def send_erasure(desk: Desk, row: Row) -> Outcome:
    staff = await desk.read(lambda work: work.staff.get(staff_of(row)))
    if staff is None:
        return Dropped("no such staff member")
    try:
        await desk.telegram.delete_one(staff.telegram_id, PostId(required(row, "post_id")))
    except PostGone:
        return Dropped("gone already")
    return Sent()
