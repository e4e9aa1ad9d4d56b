"""The books of audit, invites and dialogs."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from sales.ids import InviteId, Moment, StaffId, TelegramId
from sales.ports.people import AuditEntry, Dialog, Invite
from sales.staff import Role
from storage.repositories.base import Book
from storage.schema import audit, dialogs, invites
from storage.statements import Statement, Tuple, columns, fact, inserting
from storage.texts import dump, load_texts

_AUDIT_NAMES = ("at", "staff_id", "telegram_id", "action", "subject", "detail")
_NOTE = Statement(inserting(audit, *_AUDIT_NAMES))
_AUDIT = Statement(
    select(*columns(audit, _AUDIT_NAMES))
    .where(audit.c.id < bindparam("before"))
    .order_by(audit.c.id.desc())
    .limit(bindparam("most"))
)
_NEWEST = 2**62


class AuditRepository(Book):
    def add(
        self,
        action: str,
        subject: str = "",
        detail: str = "",
        *,
        staff_id: StaffId | None = None,
        telegram_id: TelegramId | None = None,
    ) -> None:
        values = (self.now, staff_id, telegram_id, action, subject, detail)
        self.link.run(_NOTE, dict(zip(_AUDIT_NAMES, values, strict=True)))

    def list(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest first. ``before`` is a number of the record."""
        rows = self.link.rows(_AUDIT, {"before": _NEWEST if before is None else before, "most": limit})
        return [AuditEntry(*row) for row in rows]


_INVITE_NAMES = ("role", "admin", "receives_new_clients", "created_by", "expires_at", "used_at")
_INVITE = Statement(inserting(invites, *_INVITE_NAMES, "digest", "created_at").returning(invites.c.id))
_USE = Statement(
    update(invites)
    .where(
        invites.c.digest == bindparam("digest_"),
        fact("used_at IS NULL"),
        invites.c.expires_at > bindparam("moment"),
    )
    .values(used_at=bindparam("moment"), used_by=bindparam("by"))
    .returning(invites.c.id, *columns(invites, _INVITE_NAMES))
)


class InvitesRepository(Book):
    def add(self, digest: str, invite: Invite) -> InviteId:
        values = {name: getattr(invite, name) for name in _INVITE_NAMES}
        return InviteId(self.link.value(_INVITE, {**values, "digest": digest, "created_at": self.now}))

    def use(self, digest: str, telegram_id: TelegramId) -> Invite | None:
        row = self.link.one(_USE, {"digest_": digest, "moment": self.now, "by": telegram_id})
        return None if row is None else _invite(row)

    def forget_before(self, moment: Moment) -> int:
        return self.link.run(_OLD_INVITES, {"before": moment})


def _invite(row: Tuple) -> Invite:
    id_, role, admin, receives, created_by, expires_at, used_at = row
    known = None if role is None else Role(role)
    return Invite(InviteId(id_), known, bool(admin), bool(receives), created_by, expires_at, used_at)


_OLD_INVITES = Statement(
    delete(invites).where(func.coalesce(invites.c.used_at, invites.c.expires_at) < bindparam("before"))
)
_DIALOG_NAMES = ("staff_id", "kind", "data", "expires_at", "secrets")
_DIALOGS = Statement(select(*columns(dialogs, _DIALOG_NAMES)).where(dialogs.c.kind == bindparam("kind")))
_DIALOG = Statement(select(*columns(dialogs, _DIALOG_NAMES)).where(dialogs.c.staff_id == bindparam("staff")))
_INSERT_DIALOG = upsert(dialogs).values({name: bindparam(name) for name in _DIALOG_NAMES})
_SET_DIALOG = Statement(
    _INSERT_DIALOG.on_conflict_do_update(
        index_elements=["staff_id"], set_={name: _INSERT_DIALOG.excluded[name] for name in _DIALOG_NAMES[1:]}
    )
)
_OLD_DIALOGS = Statement(delete(dialogs).where(dialogs.c.expires_at < bindparam("before")))
_CLEAR_DIALOG = Statement(delete(dialogs).where(dialogs.c.staff_id == bindparam("staff")))


def _context(staff_id: StaffId) -> str:
    return f"dialog {staff_id}"


class DialogsRepository(Book):
    def get(self, staff_id: StaffId) -> Dialog | None:
        """Also one that has expired: only whoever reads it knows what that means."""
        row = self.link.one(_DIALOG, {"staff": staff_id})
        return None if row is None else self._dialog(row)

    def of_kind(self, kind: str) -> Sequence[Dialog]:
        """A look at the whole table, which has a row for each person at most."""
        return [self._dialog(row) for row in self.link.rows(_DIALOGS, {"kind": kind})]

    def _dialog(self, row: Tuple) -> Dialog:
        staff_id, kind, data, expires_at, sealed = row
        secrets = load_texts(self.keys().decrypt(sealed, _context(staff_id))) if sealed is not None else {}
        return Dialog(StaffId(staff_id), kind, load_texts(data), expires_at, secrets)

    def set(self, dialog: Dialog) -> None:
        values = {name: getattr(dialog, name) for name in _DIALOG_NAMES}
        secrets = dump(dict(dialog.secrets)) if dialog.secrets else None
        sealed = self.keys().encrypt(secrets, _context(dialog.staff_id)) if secrets is not None else None
        self.link.run(_SET_DIALOG, {**values, "data": dump(dict(dialog.data)), "secrets": sealed})

    def clear(self, staff_id: StaffId) -> None:
        self.link.run(_CLEAR_DIALOG, {"staff": staff_id})

    def forget_before(self, moment: Moment) -> int:
        return self.link.run(_OLD_DIALOGS, {"before": moment})
