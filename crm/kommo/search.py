"""Finding contacts and leads: people by their phones, our own leads by their marks."""

from collections.abc import Callable, Sequence

from crm.kommo.boards import Boards
from crm.kommo.bodies import MARK_CODE
from crm.kommo.client import PER_PAGE, KommoClient
from crm.kommo.mapping import Contact, Incoming, from_kommo_contact, from_kommo_incoming, has_mark
from crm.phones import is_same, search_text
from crm.reading import Node
from sales.clients import Identity, IdentityKind
from sales.leads import LeadState
from sales.ports.crm import Found, LeadRef

MOST_LEADS = 200
"""Of one client, the newest."""
NEWEST_FIRST = {"order[created_at]": "desc"}


class Search:
    def __init__(self, client: KommoClient, boards: Boards) -> None:
        self._client = client
        self._boards = boards

    async def contacts(self, identities: Sequence[Identity]) -> list[Contact]:
        """Whoever has one of these phones. The search finds parts of anything, so the phones are compared here."""
        found: dict[int, Contact] = {}
        for phone in (one.value for one in identities if one.kind is IdentityKind.PHONE):
            params = {"query": search_text(phone), "with": "leads"}
            async for node in self._client.pages("contacts", "contacts", params):
                contact = from_kommo_contact(node)
                if any(is_same(phone, written) for written in contact.phones):
                    found[contact.id] = contact
        return [found[contact_id] for contact_id in sorted(found)]

    async def contact(self, contact_id: str) -> Contact | None:
        node = await self._client.get(f"contacts/{contact_id}", {"with": "leads"})
        return from_kommo_contact(node) if node is not None else None

    async def found(self, contacts: Sequence[Contact]) -> Found:
        """The newest open lead of them all counts, with its contact; else the contact that is there longest."""
        if not contacts:
            return Found()
        lead = await self._newest_open([lead_id for contact in contacts for lead_id in contact.lead_ids])
        if lead is None:
            return Found(str(contacts[0].id), None, contacts[0].responsible)
        owner = next((one for one in contacts if int(lead.lead_id) in one.lead_ids), contacts[0])
        return Found(str(owner.id), lead.lead_id, lead.responsible or owner.responsible)

    async def _newest_open(self, lead_ids: Sequence[int]) -> LeadRef | None:
        """An incoming one only where none is open. Ids grow with time."""
        ids = sorted(set(lead_ids), reverse=True)[:MOST_LEADS]
        if not ids:
            return None
        params = {f"filter[id][{place}]": str(lead_id) for place, lead_id in enumerate(ids)}
        refs = [await self._boards.lead(node) async for node in self._client.pages("leads", "leads", params)]
        ranks = {LeadState.OPEN: 1, LeadState.INCOMING: 0}
        open_ones = [ref for ref in refs if ref.state in ranks and int(ref.lead_id) in ids]
        return max(open_ones, key=lambda ref: (ranks[ref.state], int(ref.lead_id)), default=None)

    async def lead_by_mark(self, mark: str) -> str | None:
        """The search learns of new leads a little late, so the newest ones are looked through as well."""
        queried = await self._marked({"query": mark}, mark)
        if queried is not None:
            return queried
        newest = await self._marked(NEWEST_FIRST, mark)
        if newest is not None:
            return newest
        incoming = await self.incoming(lambda one: one.mark == mark)
        return incoming.lead_id if incoming is not None else None

    async def _marked(self, params: dict[str, str], mark: str) -> str | None:
        """Of one page."""
        page = await self._client.get("leads", {**params, "limit": str(PER_PAGE)})
        nodes = page.inner("_embedded").many("leads") if page is not None else ()
        return next((str(node.number("id")) for node in nodes if has_mark(node, MARK_CODE, mark)), None)

    async def incoming(self, wanted: Callable[[Incoming], bool]) -> Incoming | None:
        """The newest of them that is wanted. Kommo can't look one up by its lead or its source."""
        params = {"filter[category][0]": "forms", **NEWEST_FIRST}
        async for node in self._client.pages("leads/unsorted", "unsorted", params):
            found = from_kommo_incoming(node)
            if wanted(found):
                return found
        return None

    async def has_note(self, lead_id: str, text: str) -> bool:
        """Among the newest."""
        page = await self._client.get(f"leads/{lead_id}/notes", {"limit": "50", "order[id]": "desc"})
        nodes: Sequence[Node] = list(page.inner("_embedded").many("notes")) if page is not None else []
        return any(node.inner("params").fields.get("text") == text for node in nodes)
