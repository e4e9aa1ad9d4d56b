"""A lead goes from stage to stage: in Dibs's record at once, in the CRM as soon as the row arrives there."""

from dataclasses import dataclass, replace

from sales import outbox
from sales.errors import Invalid, NotFound, Unsupported
from sales.ids import ClientId, LeadId
from sales.leads import Lead, LeadState, Pipeline, Stage, StageKind
from sales.outbox import RowKind
from sales.ports import Work
from sales.staff import Staff
from sales.use_cases.team_lookup import check_writes, client_or_fail
from sales.use_cases.viewing import refresh_headers

STATE_OF = {StageKind.OPEN: LeadState.OPEN, StageKind.WON: LeadState.WON, StageKind.LOST: LeadState.LOST}


@dataclass(frozen=True, slots=True)
class MoveLead:
    """``place`` is the stage's position in the lead's pipeline: a CRM's own ids may be longer than a button holds."""

    lead_id: LeadId
    place: int


def move_lead(work: Work, staff: Staff, command: MoveLead) -> Lead:
    """The owner, or any manager. Where it stands there already, nothing changes.

    Raises ``NotFound``, ``Unsupported``, ``Invalid``, and as rights do: ``Forbidden``, ``NoOwner``, ``NotYours``.
    """
    lead = work.leads.get(command.lead_id)
    if lead is None:
        raise NotFound("lead")
    check_writes(work, staff, client_or_fail(work, lead.client_id), lead.channel_id)
    pipeline = pipeline_of(work, lead)
    stage = _stage(pipeline, command.place)
    _check_movable(work, lead, stage)
    moved = replace(lead, pipeline_id=pipeline.id, stage_id=stage.id, state=STATE_OF[stage.kind])
    if moved != lead:
        _record(work, staff, moved)
    return moved


def _record(work: Work, staff: Staff, moved: Lead) -> None:
    work.leads.save(moved)
    row = outbox.to_crm(
        RowKind.CRM_STAGE,
        moved.crm_id,
        moved.id,
        pipeline_id=moved.pipeline_id,
        stage_id=moved.stage_id,
        by=staff.id,
    )
    work.outbox.put([row])
    work.audit.add("stage", f"lead:{moved.id}", str(moved.stage_id), staff_id=staff.id)
    refresh_headers(work, moved.client_id)


def _stage(pipeline: Pipeline, place: int) -> Stage:
    if not 0 <= place < len(pipeline.stages):
        raise NotFound("stage")
    return pipeline.stages[place]


def _check_movable(work: Work, lead: Lead, stage: Stage) -> None:
    """One that lies there unaccepted is accepted, not moved; one that is over comes back only in place of no other."""
    if lead.state is LeadState.INCOMING or (lead.state is LeadState.WANTED and lead.responsible_id is None):
        raise Invalid("lead_not_accepted")
    if lead.state is LeadState.DECLINED:
        raise Invalid("lead_declined")
    if lead.state is LeadState.JOINED:
        raise Invalid("newer_lead")
    open_one = work.leads.newest_open(lead.client_id)
    if stage.kind is StageKind.OPEN and open_one is not None and open_one.id != lead.id:
        raise Invalid("newer_lead")


def pipeline_of(work: Work, lead: Lead) -> Pipeline:
    """The lead's own; the CRM's first while it has none. Raises ``Unsupported`` for stages we can't know."""
    crm = work.crms.get(lead.crm_id)
    if crm is None or not crm.inside:
        raise Unsupported("pipeline")
    for pipeline in work.deals.pipelines():
        if lead.pipeline_id in (None, pipeline.id):
            return pipeline
    raise NotFound("pipeline")


def current_lead(work: Work, client_id: ClientId) -> Lead:
    """The client's open lead, else the newest that was won or lost. Raises ``NotFound``."""
    open_one = work.leads.newest_open(client_id)
    nothing = (LeadState.DECLINED, LeadState.JOINED)
    over = [lead for lead in work.leads.of_client(client_id) if lead.state not in nothing]
    newest = max(over, key=lambda lead: lead.id, default=None)
    lead = open_one or newest
    if lead is None:
        raise NotFound("lead")
    return lead
