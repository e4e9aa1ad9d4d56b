"""The book of the team."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import ChannelId, StaffId, TelegramId
from sales.staff import ChannelRole, Role, Staff
from storage.repositories.base import Book
from storage.schema import staff, staff_channels
from storage.statements import Statement, Tuple, columns, fact, inserting

_NAMES = (
    "id",
    "telegram_id",
    "name",
    "role",
    "admin",
    "receives_new_clients",
    "on_duty",
    "reachable",
    "flat",
    "language",
    "removed_at",
    "started_at",
)
_STAFF = columns(staff, _NAMES)
_HERE = fact("removed_at IS NULL")
_GET = Statement(select(*_STAFF).where(staff.c.id == bindparam("id_")))
_BY_TELEGRAM = Statement(select(*_STAFF).where(_HERE, staff.c.telegram_id == bindparam("telegram")))
_LIST = Statement(select(*_STAFF).where(_HERE).order_by(staff.c.id))
_ADD = Statement(inserting(staff, *_NAMES[1:], "created_at").returning(staff.c.id))
_SAVE = Statement(
    update(staff).where(staff.c.id == bindparam("id_")).values({name: bindparam(f"to_{name}") for name in _NAMES[1:]})
)
_LOCK = Statement(select(func.pg_advisory_xact_lock(func.hashtextextended("dibs team", 0))))

_ROLE_NAMES = ("staff_id", "channel_id", "role", "no_access", "receives_new_clients")
_ROLE = columns(staff_channels, _ROLE_NAMES)
_ROLES = Statement(select(*_ROLE).where(staff_channels.c.channel_id == bindparam("channel")))
_ROLE_OF = Statement(
    select(*_ROLE).where(
        staff_channels.c.staff_id == bindparam("staff"), staff_channels.c.channel_id == bindparam("channel")
    )
)
_INSERT_ROLE = upsert(staff_channels).values({name: bindparam(name) for name in _ROLE_NAMES})
_SAVE_ROLE = Statement(
    _INSERT_ROLE.on_conflict_do_update(
        index_elements=["staff_id", "channel_id"],
        set_={name: _INSERT_ROLE.excluded[name] for name in _ROLE_NAMES[2:]},
    )
)
_FORGET_ROLE = Statement(
    delete(staff_channels).where(
        staff_channels.c.staff_id == bindparam("staff"), staff_channels.c.channel_id == bindparam("channel")
    )
)


class StaffRepository(Book):
    def lock(self) -> None:
        if self.link.locking:
            self.link.rows(_LOCK)

    def get(self, staff_id: StaffId) -> Staff | None:
        return _maybe(self.link.one(_GET, {"id_": staff_id}))

    def by_telegram(self, telegram_id: TelegramId) -> Staff | None:
        return _maybe(self.link.one(_BY_TELEGRAM, {"telegram": telegram_id}))

    def list(self) -> Sequence[Staff]:
        return [_staff(row) for row in self.link.rows(_LIST)]

    def add(
        self,
        telegram_id: TelegramId,
        name: str,
        role: Role | None,
        *,
        admin: bool = False,
        receives_new_clients: bool = False,
        reachable: bool = False,
    ) -> Staff:
        person = Staff(StaffId(0), telegram_id, name, role, admin, receives_new_clients, True, reachable)
        values = {field: getattr(person, field) for field in _NAMES[1:]}
        staff_id = StaffId(self.link.value(_ADD, {**values, "created_at": self.now}))
        return Staff(staff_id, telegram_id, name, role, admin, receives_new_clients, True, reachable)

    def save(self, staff: Staff) -> None:
        values = {f"to_{name}": getattr(staff, name) for name in _NAMES[1:]}
        self.link.run(_SAVE, {"id_": staff.id, **values})

    def channel_roles(self, channel_id: ChannelId) -> Mapping[StaffId, ChannelRole]:
        rows = self.link.rows(_ROLES, {"channel": channel_id})
        return {StaffId(row[0]): _role(row) for row in rows}

    def channel_role(self, staff_id: StaffId, channel_id: ChannelId) -> ChannelRole | None:
        row = self.link.one(_ROLE_OF, {"staff": staff_id, "channel": channel_id})
        return None if row is None else _role(row)

    def save_channel_role(self, role: ChannelRole) -> None:
        if role.role is None and not role.no_access and role.receives_new_clients is None:
            self.link.run(_FORGET_ROLE, {"staff": role.staff_id, "channel": role.channel_id})
        else:
            self.link.run(_SAVE_ROLE, {name: getattr(role, name) for name in _ROLE_NAMES})


def _maybe(row: Tuple | None) -> Staff | None:
    return None if row is None else _staff(row)


def _staff(row: Tuple) -> Staff:
    id_, telegram_id, name, role, admin, receives, on_duty, reachable, flat, language, *moments = row
    return Staff(
        StaffId(id_),
        TelegramId(telegram_id),
        name,
        None if role is None else Role(role),
        bool(admin),
        bool(receives),
        bool(on_duty),
        bool(reachable),
        bool(flat),
        language,
        *moments,
    )


def _role(row: Tuple) -> ChannelRole:
    staff_id, channel_id, role, no_access, receives = row
    return ChannelRole(
        StaffId(staff_id),
        ChannelId(channel_id),
        None if role is None else Role(role),
        bool(no_access),
        None if receives is None else bool(receives),
    )
