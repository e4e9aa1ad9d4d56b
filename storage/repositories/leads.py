"""The books of leads, and of the CRMs that are connected."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, delete, or_, select, update

from sales.ids import ChannelId, ClientId, CrmId, LeadId, StaffId
from sales.leads import Crm, Lead, LeadState
from storage.repositories.base import Book
from storage.schema import crm_users, crms, leads
from storage.statements import Statement, Tuple, columns, fact, inserting
from storage.tables.offers import OPEN_LEAD
from storage.texts import dump, load_texts

BUILTIN = "builtin"

_NAMES = (
    "client_id",
    "channel_id",
    "crm_id",
    "state",
    "mark",
    "created_at",
    "external_id",
    "contact_id",
    "responsible_id",
    "pipeline_id",
    "stage_id",
)
_LEAD = [leads.c.id, *columns(leads, _NAMES)]
_THIS = leads.c.id == bindparam("id_")
_GET = Statement(select(*_LEAD).where(_THIS))
_of_client = select(*_LEAD).where(leads.c.client_id == bindparam("client")).order_by(leads.c.id.desc())
_OF_CLIENT = Statement(_of_client)
_NEWEST_OPEN = Statement(_of_client.where(fact(OPEN_LEAD)).limit(1))
_ADD = Statement(inserting(leads, *_NAMES).returning(leads.c.id))
_SAVE = Statement(update(leads).where(_THIS).values({name: bindparam(f"to_{name}") for name in _NAMES}))
_BY_EXTERNAL = Statement(
    select(*_LEAD).where(leads.c.crm_id == bindparam("crm"), leads.c.external_id == bindparam("external"))
)


class LeadsRepository(Book):
    def get(self, lead_id: LeadId) -> Lead | None:
        return _maybe(self.link.one(_GET, {"id_": lead_id}))

    def newest_open(self, client_id: ClientId) -> Lead | None:
        return _maybe(self.link.one(_NEWEST_OPEN, {"client": client_id}))

    def of_client(self, client_id: ClientId) -> Sequence[Lead]:
        """The newest first."""
        return [_lead(row) for row in self.link.rows(_OF_CLIENT, {"client": client_id})]

    def add(self, lead: Lead) -> LeadId:
        return LeadId(self.link.value(_ADD, {name: getattr(lead, name) for name in _NAMES}))

    def save(self, lead: Lead) -> None:
        self.link.run(_SAVE, {"id_": lead.id, **{f"to_{name}": getattr(lead, name) for name in _NAMES}})

    def by_external(self, crm_id: CrmId, external_id: str) -> Lead | None:
        return _maybe(self.link.one(_BY_EXTERNAL, {"crm": crm_id, "external": external_id}))


def _maybe(row: Tuple | None) -> Lead | None:
    return None if row is None else _lead(row)


def _lead(row: Tuple) -> Lead:
    id_, client_id, channel_id, crm_id, state = row[:5]
    return Lead(LeadId(id_), ClientId(client_id), ChannelId(channel_id), CrmId(crm_id), LeadState(state), *row[5:])


_CRM = columns(crms, ("id", "kind", "name"))
_THIS_CRM = crms.c.id == bindparam("id_")
_GET_CRM = Statement(select(*_CRM).where(_THIS_CRM))
_LIST_CRMS = Statement(select(*_CRM).order_by(crms.c.id))
_ADD_CRM = Statement(inserting(crms, "kind", "name", "secrets", "created_at").returning(crms.c.id))
_SECRETS = Statement(select(crms.c.secrets).where(_THIS_CRM))
_SET_SECRETS = Statement(update(crms).where(_THIS_CRM).values(secrets=bindparam("sealed")))
_crm, _staff, _user = (
    crm_users.c.crm_id == bindparam("crm"),
    crm_users.c.staff_id == bindparam("staff"),
    crm_users.c.user_id == bindparam("user"),
)
_USER_OF = Statement(select(crm_users.c.user_id).where(_crm, _staff))
_STAFF_OF = Statement(select(crm_users.c.staff_id).where(_crm, _user))
_UNMAP = Statement(delete(crm_users).where(_crm, or_(_staff, _user)))
_UNMAP_STAFF = Statement(delete(crm_users).where(_crm, _staff))
_MAP = Statement(inserting(crm_users, "crm_id", "staff_id", "user_id"))


class CrmsRepository(Book):
    def get(self, crm_id: CrmId) -> Crm | None:
        row = self.link.one(_GET_CRM, {"id_": crm_id})
        return None if row is None else _known(row)

    def list(self) -> Sequence[Crm]:
        return [_known(row) for row in self.link.rows(_LIST_CRMS)]

    def add(self, kind: str, name: str, secrets: Mapping[str, str]) -> CrmId:
        values = {"kind": kind, "name": name, "secrets": "", "created_at": self.now}
        crm_id = CrmId(self.link.value(_ADD_CRM, values))
        self.set_secrets(crm_id, secrets)
        return crm_id

    def set_secrets(self, crm_id: CrmId, secrets: Mapping[str, str]) -> None:
        sealed = self.keys().encrypt(dump(dict(secrets)), _context(crm_id))
        self.link.run(_SET_SECRETS, {"id_": crm_id, "sealed": sealed})

    def secrets(self, crm_id: CrmId) -> Mapping[str, str]:
        sealed = self.link.value(_SECRETS, {"id_": crm_id})
        return load_texts(self.keys().decrypt(sealed, _context(crm_id))) if sealed else {}

    def user_of(self, crm_id: CrmId, staff_id: StaffId) -> str | None:
        found = self.link.value(_USER_OF, {"crm": crm_id, "staff": staff_id})
        return None if found is None else str(found)

    def staff_of(self, crm_id: CrmId, user_id: str) -> StaffId | None:
        found = self.link.value(_STAFF_OF, {"crm": crm_id, "user": user_id})
        return None if found is None else StaffId(found)

    def map_user(self, crm_id: CrmId, staff_id: StaffId, user_id: str | None) -> None:
        """A CRM user is one staff member: mapping them anew takes them from whoever had them."""
        if user_id is None:
            self.link.run(_UNMAP_STAFF, {"crm": crm_id, "staff": staff_id})
            return
        self.link.run(_UNMAP, {"crm": crm_id, "staff": staff_id, "user": user_id})
        self.link.run(_MAP, {"crm_id": crm_id, "staff_id": staff_id, "user_id": user_id})


def _context(crm_id: CrmId) -> str:
    return f"crm {crm_id}"


def _known(row: Tuple) -> Crm:
    id_, kind, name = row
    return Crm(CrmId(id_), kind, name, kind == BUILTIN)
