"""The books of turns, and of why clients went to whom."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ChannelId, ClientId, StaffId
from sales.ports.people import Assignment
from storage.repositories.base import Book
from storage.schema import assignments, channels, turns
from storage.statements import Statement, Tuple, columns, inserting
from storage.texts import dump, load_texts

_LOCK = Statement(select(channels.c.id).where(channels.c.id == bindparam("channel")).with_for_update(key_share=True))
_LINE = Statement(select(turns.c.staff_id).where(turns.c.channel_id == bindparam("channel")).order_by(turns.c.place))
_LAST = (
    select(func.coalesce(func.max(turns.c.place), 0) + 1)
    .where(turns.c.channel_id == bindparam("channel_id"))
    .scalar_subquery()
)
_INSERT = upsert(turns).values(channel_id=bindparam("channel_id"), staff_id=bindparam("staff_id"), place=_LAST)
_TO_END = Statement(
    _INSERT.on_conflict_do_update(index_elements=["channel_id", "staff_id"], set_={"place": _INSERT.excluded.place})
)
_LEAVE_ALL = Statement(delete(turns).where(turns.c.staff_id == bindparam("staff")))
_LEAVE = Statement(
    delete(turns).where(turns.c.staff_id == bindparam("staff"), turns.c.channel_id == bindparam("channel"))
)


class TurnsRepository(Book):
    """``place`` only grows: whoever was served longest ago has the smallest."""

    def lock(self, channel_id: ChannelId) -> None:
        if self.link.locking:
            self.link.rows(_LOCK, {"channel": channel_id})

    def line(self, channel_id: ChannelId) -> Sequence[StaffId]:
        return [StaffId(row[0]) for row in self.link.rows(_LINE, {"channel": channel_id})]

    def to_end(self, channel_id: ChannelId, staff_id: StaffId) -> None:
        self.link.run(_TO_END, {"channel_id": channel_id, "staff_id": staff_id})

    def leave(self, staff_id: StaffId, channel_id: ChannelId | None = None) -> None:
        if channel_id is None:
            self.link.run(_LEAVE_ALL, {"staff": staff_id})
        else:
            self.link.run(_LEAVE, {"staff": staff_id, "channel": channel_id})


_NAMES = ("client_id", "to_id", "from_id", "by_id", "offer_id", "reason", "detail", "at")
_ADD = Statement(inserting(assignments, *_NAMES))
_OF_CLIENT = Statement(
    select(*columns(assignments, _NAMES))
    .where(assignments.c.client_id == bindparam("client"))
    .order_by(assignments.c.id.desc())
    .limit(bindparam("most"))
)


class AssignmentsRepository(Book):
    def add(self, assignment: Assignment) -> None:
        values = {name: getattr(assignment, name) for name in _NAMES}
        self.link.run(_ADD, {**values, "detail": dump(dict(assignment.detail))})

    def of_client(self, client_id: ClientId, limit: int = 10) -> Sequence[Assignment]:
        rows = self.link.rows(_OF_CLIENT, {"client": client_id, "most": limit})
        return [_assignment(row) for row in rows]


def _assignment(row: Tuple) -> Assignment:
    client_id, to_id, from_id, by_id, offer_id, reason, detail, at = row
    return Assignment(client_id, to_id, from_id, by_id, offer_id, reason, load_texts(detail), at)
