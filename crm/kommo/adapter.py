"""The port, over Kommo's API."""

from collections.abc import Mapping, Sequence

from crm.http import lost
from crm.kommo import bodies
from crm.kommo.boards import Boards
from crm.kommo.capabilities import CAPABILITIES, RATE
from crm.kommo.checking import check
from crm.kommo.client import KommoClient, Refused
from crm.kommo.field import MarkField
from crm.kommo.mapping import OVER, Contact, Incoming, from_kommo_user, made_complex, made_id, made_incoming
from crm.kommo.search import Search
from crm.kommo.setup import access_of, api_of
from sales.clients import Identity
from sales.ids import ClientId, Moment
from sales.leads import Crm, CrmUser, LeadState, Pipeline
from sales.ports import Transactions, Work
from sales.ports.channels import Finding
from sales.ports.crm import CrmError, Found, LeadDraft, LeadRef

SOMEBODY_ELSE = "somebody is accepting or declining it in Kommo"


class KommoCrm:
    """One account. Leads go by Kommo's number of the lead from the start, also while they are incoming."""

    def __init__(self, crm: Crm, secrets: Mapping[str, str], transactions: Transactions, *, rate: float = RATE) -> None:
        self.capabilities = CAPABILITIES
        self._crm = crm
        self._transactions = transactions
        self._client = KommoClient(api_of(secrets["base_url"]), access_of(crm.id, secrets, transactions), rate)
        self._boards = Boards(self._client)
        self._search = Search(self._client, self._boards)
        self._field = MarkField(self._client)

    async def find(self, client_id: ClientId, identities: Sequence[Identity]) -> Found:
        return await self._search.found(await self._contacts(client_id, identities))

    async def _contacts(self, client_id: ClientId, identities: Sequence[Identity]) -> Sequence[Contact]:
        """By phone; else that of an earlier lead of ours: no field that every account has holds another identity."""
        contacts = await self._search.contacts(identities)
        if contacts:
            return contacts
        earlier = await self._transactions.read(lambda work: self._earlier_contact(work, client_id))
        contact = await self._search.contact(earlier) if earlier is not None else None
        return [contact] if contact is not None else []

    def _earlier_contact(self, work: Work, client_id: ClientId) -> str | None:
        leads = [lead for lead in work.leads.of_client(client_id) if lead.crm_id == self._crm.id]
        return next((lead.contact_id for lead in leads if lead.contact_id is not None), None)

    async def find_by_mark(self, mark: str) -> LeadRef | None:
        lead_id = await self._search.lead_by_mark(mark)
        return await self.read(lead_id) if lead_id is not None else None

    async def read(self, lead_id: str) -> LeadRef | None:
        """Also one that is incoming, whether or not Kommo shows it among the leads."""
        if not lead_id.isdecimal():
            return None
        node = await self._client.get(f"leads/{lead_id}", {"with": "contacts"})
        if node is not None:
            return await self._boards.lead(node) if not node.flag("is_deleted") else None
        incoming = await self._incoming(lead_id)
        return incoming.ref() if incoming is not None else None

    async def _read_or_fail(self, lead_id: str) -> LeadRef:
        ref = await self.read(lead_id)
        if ref is None:
            raise CrmError(f"no such lead: {lead_id}")
        return ref

    async def add_incoming(self, draft: LeadDraft) -> LeadRef:
        made = made_incoming(await self._make("leads/unsorted/forms", bodies.incoming(draft)))
        return await self._read_made(made or await self._search.lead_by_mark(draft.mark) or "")

    async def create(self, draft: LeadDraft) -> LeadRef:
        """With the client's contact; where there is none, both are made by one call."""
        known = [] if draft.contact_id is not None else await self._contacts(draft.client_id, draft.identities)
        contact_id = draft.contact_id or next((str(contact.id) for contact in known), None)
        if contact_id is None:
            made = await self._make("leads/complex", bodies.lead_with_contact(draft))
            return await self._read_made(made_complex(made))
        await self._give_contact(contact_id, draft.responsible)
        made = await self._make("leads", bodies.lead_of_contact(draft, contact_id))
        return await self._read_made(made_id(made, "leads"))

    async def _read_made(self, lead_id: str) -> LeadRef:
        """It is there, even if it does not show yet: the next attempt searches for its mark."""
        ref = await self.read(lead_id)
        if ref is None:
            raise lost("POST", "what was made does not show yet")
        return ref

    async def _make(self, path: str, body: Mapping[str, object]) -> object:
        await self._field.ensure()
        try:
            return await self._client.post(path, [body])
        except Refused:
            self._field.forget()
            raise

    async def accept(self, lead_id: str, responsible: str | None, stage_id: str | None) -> LeadRef:
        """An incoming one moves to its stage; one that is open already only gets its responsible."""
        ref = await self._read_or_fail(lead_id)
        if ref.state is not LeadState.INCOMING:
            await self._give(ref, responsible)
            return await self._read_or_fail(lead_id)
        stage = stage_id or await self._boards.first_stage(ref.pipeline_id)
        incoming = await self._incoming(lead_id)
        if incoming is None:
            raise CrmError(SOMEBODY_ELSE, again=True)
        await self._accept(incoming, bodies.acceptance(responsible, stage))
        return await self._read_or_fail(lead_id)

    async def _accept(self, incoming: Incoming, body: Mapping[str, object]) -> None:
        """What has just been accepted or declined in Kommo is looked at again, as it is then."""
        try:
            await self._client.post(f"leads/unsorted/{incoming.uid}/accept", body)
        except Refused as error:
            if error.status != 404:
                raise
            raise CrmError(SOMEBODY_ELSE, again=True) from error

    async def _incoming(self, lead_id: str) -> Incoming | None:
        return await self._search.incoming(lambda one: one.lead_id == lead_id)

    async def decline(self, lead_id: str) -> None:
        """An incoming one is declined, which deletes it; an open one lost. What is over stays as it is."""
        await self._lose(lead_id, {})

    async def remove(self, lead_id: str) -> None:
        """Kommo deletes nothing: what can't be declined is closed as lost, and says by a tag that it was a test."""
        await self._lose(lead_id, {"tags_to_add": [{"name": bodies.TEST_TAG}]})

    async def _lose(self, lead_id: str, more: Mapping[str, object]) -> None:
        ref = await self.read(lead_id)
        if ref is None or ref.state in OVER:
            return
        if ref.state is LeadState.INCOMING:
            incoming = await self._incoming(lead_id)
            if incoming is not None:
                await self._client.delete(f"leads/unsorted/{incoming.uid}/decline")
            return
        await self._client.patch(f"leads/{lead_id}", {**bodies.lost(ref.pipeline_id), **more})

    async def set_responsible(self, lead_id: str, responsible: str | None) -> None:
        """The contact's too. Somebody is always responsible in Kommo: ``None`` leaves it as it is."""
        await self._give(await self._read_or_fail(lead_id), responsible)

    async def _give(self, ref: LeadRef, responsible: str | None) -> None:
        """The lead last: while it has its former responsible, this is not done."""
        if responsible is None or responsible == ref.responsible:
            return
        if ref.contact_id is not None:
            await self._give_contact(ref.contact_id, responsible)
        await self._client.patch(f"leads/{ref.lead_id}", bodies.responsible_user(responsible))

    async def _give_contact(self, contact_id: str, responsible: str | None) -> None:
        if responsible is not None:
            await self._client.patch(f"contacts/{contact_id}", bodies.responsible_user(responsible))

    async def set_stage(self, lead_id: str, pipeline_id: str, stage_id: str, by: str | None = None) -> None:
        """``by`` is not told: by who changed a lead, Dibs's own echoes are recognised."""
        lead = bodies.to_kommo_id(lead_id, "lead")
        await self._client.patch(f"leads/{lead}", bodies.stage(pipeline_id, stage_id))

    async def add_note(self, lead_id: str, text: str, at: Moment, *, repeated: bool = False) -> None:
        lead = bodies.to_kommo_id(lead_id, "lead")
        if repeated and await self._search.has_note(lead_id, text):
            return
        await self._client.post(f"leads/{lead}/notes", [bodies.note(text)])

    async def users(self) -> Sequence[CrmUser]:
        nodes = self._client.pages("users", "users", {"with": "phone_number"})
        found = [from_kommo_user(node) async for node in nodes]
        return [user for user in found if user is not None]

    async def pipelines(self) -> Sequence[Pipeline]:
        """The main one first."""
        return [board.pipeline for board in await self._boards.load()]

    async def check(self) -> Sequence[Finding]:
        return await check(self._client, self._boards, self._field)

    async def close(self) -> None:
        await self._client.close()
