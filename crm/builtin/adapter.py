"""The port, over our own database."""

from collections.abc import Sequence

from crm.builtin import book, mapping
from sales.clients import Identity
from sales.ids import ClientId, Moment
from sales.leads import CrmUser, Pipeline, StageKind
from sales.ports import Transactions
from sales.ports.channels import Finding
from sales.ports.crm import CrmCapabilities, Found, LeadDraft, LeadRef

CAPABILITIES = CrmCapabilities("Built-in", incoming=True, notes=True, users=True, deletes=True)


class BuiltinCrm:
    """Each call is one transaction, so its outcome is never unknown, and it may be repeated."""

    def __init__(self, transactions: Transactions) -> None:
        self.capabilities = CAPABILITIES
        self._transactions = transactions

    async def find(self, client_id: ClientId, identities: Sequence[Identity]) -> Found:
        """By the client: identities have become one before they get here."""
        deal = await self._transactions.read(lambda work: work.deals.newest_open(client_id))
        return mapping.to_found(client_id, deal)

    async def find_by_mark(self, mark: str) -> LeadRef | None:
        deal = await self._transactions.read(lambda work: work.deals.by_mark(mark))
        return mapping.to_ref(deal) if deal is not None else None

    async def read(self, lead_id: str) -> LeadRef | None:
        deal = await self._transactions.read(lambda work: work.deals.get(lead_id))
        return mapping.to_ref(deal) if deal is not None else None

    async def add_incoming(self, draft: LeadDraft) -> LeadRef:
        return mapping.to_ref(await self._transactions.write(lambda work: book.add_incoming(work, draft)))

    async def accept(self, lead_id: str, responsible: str | None, stage_id: str | None) -> LeadRef:
        deal = await self._transactions.write(lambda work: book.accept(work, lead_id, responsible, stage_id))
        return mapping.to_ref(deal)

    async def decline(self, lead_id: str) -> None:
        await self._transactions.write(lambda work: book.decline(work, lead_id))

    async def create(self, draft: LeadDraft) -> LeadRef:
        return mapping.to_ref(await self._transactions.write(lambda work: book.create(work, draft)))

    async def set_responsible(self, lead_id: str, responsible: str | None) -> None:
        await self._transactions.write(lambda work: book.set_responsible(work, lead_id, responsible))

    async def set_stage(self, lead_id: str, pipeline_id: str, stage_id: str, by: str | None = None) -> None:
        await self._transactions.write(lambda work: book.set_stage(work, lead_id, pipeline_id, stage_id, by))

    async def add_note(self, lead_id: str, text: str, at: Moment, *, repeated: bool = False) -> None:
        await self._transactions.write(lambda work: book.add_note(work, lead_id, text, at))

    async def remove(self, lead_id: str) -> None:
        await self._transactions.write(lambda work: work.deals.remove(lead_id))

    async def users(self) -> Sequence[CrmUser]:
        return [mapping.to_user(staff) for staff in await self._transactions.read(lambda work: work.staff.list())]

    async def pipelines(self) -> Sequence[Pipeline]:
        return await self._transactions.read(lambda work: work.deals.pipelines())

    async def check(self) -> Sequence[Finding]:
        """The database answers, and there is a pipeline with an open stage to put leads into."""
        found = await self._transactions.read(lambda work: work.deals.pipelines())
        usable = any(stage.kind is StageKind.OPEN for pipeline in found for stage in pipeline.stages)
        return [Finding(usable, "pipelines", {"count": str(len(found))})]

    async def close(self) -> None:
        """Nothing is held open."""
