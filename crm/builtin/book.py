"""What the built-in CRM does with its deals, each in one transaction. Every change leaves a line in the history.

All of it may be repeated: what is so already changes nothing and leaves no second line.
"""

from dataclasses import replace

from crm.builtin.mapping import OVER, STATE_OF, choose_pipeline, choose_stage, to_deal, to_staff_id, to_user_id
from sales.ids import Moment, StaffId
from sales.leads import LeadState, Stage, StageKind
from sales.ports import Work
from sales.ports.crm import CrmError, Deal, DealEvent, LeadDraft

RECENT = 50
"""How far back a note that is written again is recognised."""

WHAT_OF = {StageKind.OPEN: "stage", StageKind.WON: "won", StageKind.LOST: "lost"}


def deal_or_fail(work: Work, lead_id: str) -> Deal:
    deal = work.deals.get(lead_id)
    if deal is None:
        raise CrmError(f"no such lead: {lead_id}")
    return deal


def add_incoming(work: Work, draft: LeadDraft) -> Deal:
    """The deal with this mark, if there is one already."""
    return work.deals.by_mark(draft.mark) or _add(work, draft, None, "incoming")


def create(work: Work, draft: LeadDraft) -> Deal:
    """The deal with this mark, if there is one already."""
    known = work.deals.by_mark(draft.mark)
    if known is not None:
        return known
    pipeline = choose_pipeline(work.deals.pipelines(), draft.pipeline_id)
    return _add(work, draft, choose_stage(pipeline, draft.stage_id), "created")


def _add(work: Work, draft: LeadDraft, stage: Stage | None, what: str) -> Deal:
    deal = to_deal(draft, choose_pipeline(work.deals.pipelines(), draft.pipeline_id), stage)
    deal = replace(deal, id=work.deals.add(deal))
    _note(work, deal, what, stage.name if stage is not None else "", deal.responsible_id)
    return deal


def accept(work: Work, lead_id: str, responsible: str | None, stage_id: str | None) -> Deal:
    """An incoming one moves to its stage; one that is open already only gets its responsible."""
    deal = deal_or_fail(work, lead_id)
    staff_id = to_staff_id(responsible)
    if deal.state is not LeadState.INCOMING:
        return _give(work, deal, staff_id)
    stage = choose_stage(choose_pipeline(work.deals.pipelines(), deal.pipeline_id), stage_id)
    opened = replace(deal, state=STATE_OF[stage.kind], stage_id=stage.id, responsible_id=staff_id)
    return _save(work, opened, "accepted", staff_id, stage.name)


def decline(work: Work, lead_id: str) -> Deal:
    """An incoming one is declined, an open one lost. What is over stays as it is."""
    deal = deal_or_fail(work, lead_id)
    if deal.state in OVER:
        return deal
    if deal.state is LeadState.INCOMING:
        return _save(work, replace(deal, state=LeadState.DECLINED), "declined", None)
    pipeline = choose_pipeline(work.deals.pipelines(), deal.pipeline_id)
    lost = next((stage for stage in pipeline.stages if stage.kind is StageKind.LOST), None)
    stage_id = lost.id if lost is not None else deal.stage_id
    return _save(work, replace(deal, state=LeadState.LOST, stage_id=stage_id), "declined", None)


def set_responsible(work: Work, lead_id: str, responsible: str | None) -> Deal:
    return _give(work, deal_or_fail(work, lead_id), to_staff_id(responsible))


def _give(work: Work, deal: Deal, staff_id: StaffId | None) -> Deal:
    if deal.responsible_id == staff_id:
        return deal
    return _save(work, replace(deal, responsible_id=staff_id), "responsible", None, to_user_id(staff_id) or "")


def set_stage(work: Work, lead_id: str, pipeline_id: str, stage_id: str, by: str | None) -> Deal:
    """Any stage, forwards or back: the stage's kind is the lead's state."""
    deal = deal_or_fail(work, lead_id)
    stage = choose_stage(choose_pipeline(work.deals.pipelines(), pipeline_id), stage_id)
    moved = replace(deal, pipeline_id=pipeline_id, stage_id=stage_id, state=STATE_OF[stage.kind])
    if moved == deal:
        return deal
    return _save(work, moved, WHAT_OF[stage.kind], to_staff_id(by), stage.name)


def add_note(work: Work, lead_id: str, text: str, at: Moment) -> None:
    """``at`` and ``text`` together are the note: the same one again is not added."""
    deal = deal_or_fail(work, lead_id)
    event = DealEvent(at, "note", text, None)
    if event not in work.deals.events(deal.id, RECENT):
        work.deals.add_event(deal.id, event)


def _save(work: Work, deal: Deal, what: str, by_id: StaffId | None, text: str = "") -> Deal:
    deal = replace(deal, updated_at=work.now)
    work.deals.save(deal)
    _note(work, deal, what, text, by_id)
    return deal


def _note(work: Work, deal: Deal, what: str, text: str, by_id: StaffId | None) -> None:
    work.deals.add_event(deal.id, DealEvent(work.now, what, text, by_id))
