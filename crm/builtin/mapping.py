"""Between the built-in CRM's deals and what the port speaks of. Its users are staff, its contacts are clients."""

from collections.abc import Sequence

from sales.ids import StaffId
from sales.leads import CrmUser, LeadState, Pipeline, Stage, StageKind
from sales.ports.crm import CrmError, Deal, Found, LeadDraft, LeadRef
from sales.staff import Staff

OVER = frozenset({LeadState.WON, LeadState.LOST, LeadState.DECLINED})
STATE_OF = {StageKind.OPEN: LeadState.OPEN, StageKind.WON: LeadState.WON, StageKind.LOST: LeadState.LOST}


def to_ref(deal: Deal) -> LeadRef:
    return LeadRef(
        deal.id, str(deal.client_id), deal.state, deal.pipeline_id, deal.stage_id, to_user_id(deal.responsible_id)
    )


def to_found(client_id: int, deal: Deal | None) -> Found:
    if deal is None:
        return Found(contact_id=str(client_id))
    return Found(str(client_id), deal.id, to_user_id(deal.responsible_id))


def to_deal(draft: LeadDraft, pipeline: Pipeline, stage: Stage | None) -> Deal:
    """``stage`` ``None``: it lies among the incoming ones."""
    state = STATE_OF[stage.kind] if stage is not None else LeadState.INCOMING
    return Deal(
        "",
        draft.title,
        draft.client_id,
        to_staff_id(draft.responsible),
        pipeline.id,
        stage.id if stage is not None else None,
        state,
        draft.mark,
        draft.created_at,
        draft.created_at,
    )


def to_user(staff: Staff) -> CrmUser:
    return CrmUser(str(staff.id), staff.name)


def to_user_id(staff_id: StaffId | None) -> str | None:
    return str(staff_id) if staff_id is not None else None


def to_staff_id(user_id: str | None) -> StaffId | None:
    """Raises ``CrmError`` for what is no id of ours."""
    if user_id is None:
        return None
    if not user_id.isdecimal():
        raise CrmError(f"no such user: {user_id}")
    return StaffId(int(user_id))


def choose_pipeline(pipelines: Sequence[Pipeline], pipeline_id: str | None) -> Pipeline:
    """This one; the first where none is named. Raises ``CrmError``."""
    for pipeline in pipelines:
        if pipeline_id in (None, pipeline.id):
            return pipeline
    raise CrmError(f"no such pipeline: {pipeline_id}")


def choose_stage(pipeline: Pipeline, stage_id: str | None) -> Stage:
    """This one; the first open one where none is named. Raises ``CrmError``."""
    for stage in pipeline.stages:
        if stage.id == stage_id or (stage_id is None and stage.kind is StageKind.OPEN):
            return stage
    raise CrmError(f"no such stage: {stage_id or 'an open one'} in pipeline {pipeline.id}")
