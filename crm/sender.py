"""What leaves for a CRM: one lead's rows in order, rendered when their turn comes. No lead is ever made twice.

Facts go back with the outcome; Dibs's own record of the lead is changed by whoever settles it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from crm.outcomes import draft, outcome, own_facts, sent
from sales.ids import CrmId, StaffId
from sales.leads import LeadState
from sales.offers import OPEN_STATES
from sales.outbox import Dropped, Outcome, Refused, Row, RowKind, Sent
from sales.ports import Transactions
from sales.ports.crm import CrmAdapter, CrmError, LeadRef
from sales.use_cases.row_payload import lead_of, number, offer_of
from sales.views.leads import LeadView, crm_user, lead_view, wanted

log = logging.getLogger(__name__)

Step = Callable[[CrmAdapter, LeadView, Row], Awaitable[Outcome]]


class Adapters(Protocol):
    async def get(self, crm_id: CrmId) -> CrmAdapter:
        """Raises ``CrmError``."""


class CrmSender:
    """Stands for the lanes ``crm:<id>``."""

    def __init__(self, transactions: Transactions, adapters: Adapters) -> None:
        self._transactions = transactions
        self._adapters = adapters
        self._steps: Mapping[RowKind, Step] = {
            RowKind.CRM_INCOMING: _incoming,
            RowKind.CRM_ACCEPT: self._accept,
            RowKind.CRM_DECLINE: _decline,
            RowKind.CRM_RESPONSIBLE: self._responsible,
            RowKind.CRM_STAGE: self._stage,
            RowKind.CRM_NOTE: _note,
            RowKind.CRM_REMOVE: _remove,
        }

    async def send(self, row: Row) -> Outcome:
        try:
            adapter = await self._adapters.get(CrmId(int(row.lane.partition(":")[2])))
            if row.kind is RowKind.CRM_FIND:
                return await self._find(adapter, row)
            return await self._change(adapter, row)
        except CrmError as error:
            log.warning("crm row %s (%s) failed: again=%s unknown=%s", row.id, row.kind, error.again, error.unknown)
            return outcome(error, row)

    async def _find(self, adapter: CrmAdapter, row: Row) -> Outcome:
        """A late answer is still of use while nobody owns the client."""
        view = await self._transactions.read(lambda work: wanted(work, offer_of(row)))
        if view is None or view.offer.state not in OPEN_STATES:
            return Dropped("the offer is over")
        found = await adapter.find(view.offer.client_id, view.identities)
        return Sent(facts={"contact_id": found.contact_id, "lead_id": found.lead_id, "responsible": found.responsible})

    async def _change(self, adapter: CrmAdapter, row: Row) -> Outcome:
        view = await self._transactions.read(lambda work: lead_view(work, lead_of(row)))
        if view is None:
            return Dropped("the lead is gone")
        return await self._steps[row.kind](adapter, view, row)

    async def _accept(self, adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
        """Accept the incoming lead, or take over the client's open one, or make one.

        The mark is searched for even at a first attempt: an earlier row of this lead may have made it and failed.
        """
        known = await _known(adapter, view)
        ref = await adapter.read(known) if known is not None else None
        if ref is None:
            return await self._take_over_or_create(adapter, view)
        return await _make_responsible(adapter, view, ref)

    async def _take_over_or_create(self, adapter: CrmAdapter, view: LeadView) -> Outcome:
        """Not what another record of ours stands for already: two records of one lead would contradict each other."""
        found = await adapter.find(view.client.id, view.identities)
        ref = await adapter.read(found.lead_id) if found.lead_id is not None else None
        if ref is None or await self._is_anothers(view, ref):
            return sent(await adapter.create(draft(view, found.contact_id, responsible=True)))
        return await _make_responsible(adapter, view, ref)

    async def _is_anothers(self, view: LeadView, ref: LeadRef) -> bool:
        other = await self._transactions.read(lambda work: work.leads.by_external(view.lead.crm_id, ref.lead_id))
        return other is not None and other.id != view.lead.id

    async def _responsible(self, adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
        """Who is given a client that nobody accepted accepts it by that."""
        if view.lead.responsible_id is not None:
            return await self._accept(adapter, view, row)
        known = await _known(adapter, view)
        if known is None:
            return Dropped("the CRM never heard of it")
        await adapter.set_responsible(known, None)
        return await _as_it_is(adapter, known)

    async def _stage(self, adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
        """The row says where to: the record may have been overtaken by what the CRM answered to earlier rows."""
        lead_id = await _known(adapter, view)
        pipeline_id, stage_id = _text(row, "pipeline_id"), _text(row, "stage_id")
        if lead_id is None or pipeline_id is None or stage_id is None:
            return Refused("crm_no_lead", "The lead is not in the CRM.")
        by_id = number(row.payload, "by")
        staff_id = StaffId(by_id) if by_id is not None else None
        by = await self._transactions.read(lambda work: crm_user(work, view.lead.crm_id, staff_id))
        await adapter.set_stage(lead_id, pipeline_id, stage_id, by)
        return await _as_it_is(adapter, lead_id)


async def _incoming(adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
    """Where the CRM has no place for leads that wait, it hears of this one when somebody accepts."""
    if view.lead.external_id is not None or view.lead.state is not LeadState.WANTED:
        return Sent(facts=own_facts(view))
    if not adapter.capabilities.incoming:
        return Dropped("this CRM has no incoming leads")
    made = await adapter.find_by_mark(view.lead.mark) if row.uncertain or row.attempts > 1 else None
    return sent(made or await adapter.add_incoming(draft(view, None, responsible=False)))


async def _make_responsible(adapter: CrmAdapter, view: LeadView, ref: LeadRef) -> Outcome:
    if ref.state is LeadState.INCOMING:
        return sent(await adapter.accept(ref.lead_id, view.responsible, view.lead.stage_id))
    if ref.responsible != view.responsible:
        await adapter.set_responsible(ref.lead_id, view.responsible)
    return sent(ref)


async def _decline(adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
    known = await _known(adapter, view)
    if known is None:
        return Dropped("the CRM never heard of it")
    await adapter.decline(known)
    return Sent((known,), {"external_id": known, "state": LeadState.DECLINED})


async def _note(adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
    if not adapter.capabilities.notes:
        return Dropped("this CRM has no notes")
    known = await _known(adapter, view)
    if known is None:
        return Refused("crm_no_lead", "The lead is not in the CRM.")
    await adapter.add_note(known, _text(row, "text") or "", row.created_at, repeated=row.uncertain)
    return Sent((known,), {"external_id": known})


async def _remove(adapter: CrmAdapter, view: LeadView, row: Row) -> Outcome:
    known = await _known(adapter, view)
    if known is None:
        return Dropped("the CRM never heard of it")
    await adapter.remove(known)
    return Sent((known,))


async def _known(adapter: CrmAdapter, view: LeadView) -> str | None:
    """The lead in the CRM, found by its mark where an answer was lost."""
    if view.lead.external_id is not None:
        return view.lead.external_id
    ref = await adapter.find_by_mark(view.lead.mark)
    return ref.lead_id if ref is not None else None


async def _as_it_is(adapter: CrmAdapter, lead_id: str) -> Outcome:
    ref = await adapter.read(lead_id)
    return sent(ref) if ref is not None else Refused("crm_no_lead", "The lead is no longer in the CRM.")


def _text(row: Row, key: str) -> str | None:
    value = row.payload.get(key)
    return str(value) if value is not None else None
