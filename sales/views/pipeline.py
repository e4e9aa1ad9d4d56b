"""The built-in CRM's board, its stages and its leads, as one person may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sales.clients import Client
from sales.errors import Forbidden, NotFound, SalesError
from sales.ids import LeadId, Moment, StaffId
from sales.leads import Lead, LeadState, Pipeline, Stage, StageKind
from sales.ports import Work
from sales.ports.crm import Deal, DealEvent
from sales.rights import WATCHERS
from sales.staff import Staff
from sales.use_cases.channels import BUILT_IN
from sales.use_cases.pipeline import pipeline_of
from sales.use_cases.team_lookup import check_sees, check_writes, client_or_fail, name_of, role_of

PAGE = 8
HISTORY = 10


@dataclass(frozen=True, slots=True)
class Column:
    """``stage`` ``None``: incoming leads, which nobody accepted yet."""

    stage: Stage | None
    count: int


@dataclass(frozen=True, slots=True)
class Board:
    """``whole``: everybody's leads; else the reader's own."""

    pipeline: Pipeline
    others: Sequence[Pipeline]
    columns: Sequence[Column]
    whole: bool


@dataclass(frozen=True, slots=True)
class LeadLine:
    """``lead_id`` is Dibs's; ``number`` the CRM's."""

    lead_id: LeadId
    number: str
    title: str
    responsible: str
    waiting_since: Moment | None


@dataclass(frozen=True, slots=True)
class StagePage:
    pipeline: Pipeline
    stage: Stage | None
    leads: Sequence[LeadLine]
    page: int
    more: bool
    whole: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: Moment
    what: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class LeadCard:
    """``moves``: this person may move it. ``place`` is its stage's position in the pipeline."""

    lead: Lead
    client: Client
    channel: str
    responsible: str
    pipeline: Pipeline
    place: int | None
    moves: bool
    history: Sequence[HistoryLine]


def board(work: Work, staff: Staff, pipeline_id: str | None) -> Board:
    """Open leads by stage. Raises ``Forbidden``, ``NotFound``."""
    pipelines = work.deals.pipelines()
    pipeline = _pipeline(pipelines, pipeline_id)
    viewer = _viewer(work, staff)
    counts = work.deals.board(pipeline.id, viewer)
    if viewer is None:
        counts = _without_tests(work, staff, pipeline, counts)
    columns = [Column(stage, counts.get(stage.id, 0)) for stage in pipeline.stages if stage.kind is StageKind.OPEN]
    if viewer is None:
        columns.insert(0, Column(None, counts.get(None, 0)))
    return Board(pipeline, [other for other in pipelines if other.id != pipeline.id], columns, viewer is None)


def _without_tests(
    work: Work, staff: Staff, pipeline: Pipeline, counts: Mapping[str | None, int]
) -> Mapping[str | None, int]:
    """Leads of other people's channel tests don't count."""
    found = dict(counts)
    for client in work.clients.tests():
        deal = work.deals.newest_open(client.id) if client.test_for != staff.id else None
        if deal is not None and deal.pipeline_id == pipeline.id:
            stage_id = deal.stage_id if deal.state is LeadState.OPEN else None
            found[stage_id] = found.get(stage_id, 0) - 1
    return found


def stage_page(work: Work, staff: Staff, pipeline_id: str, stage_id: str | None, page: int) -> StagePage:
    """Leads of one stage. Those of channels where this person may see nothing are left out."""
    pipeline = _pipeline(work.deals.pipelines(), pipeline_id)
    stage = next((stage for stage in pipeline.stages if stage.id == stage_id), None)
    if stage is None and stage_id is not None:
        raise NotFound("stage")
    viewer = _viewer(work, staff)
    deals = work.deals.in_stage(pipeline.id, stage_id, viewer, PAGE + 1, page * PAGE)
    lines = [line for deal in deals[:PAGE] if (line := _line(work, staff, deal)) is not None]
    return StagePage(pipeline, stage, lines, page, len(deals) > PAGE, viewer is None)


def lead_card(work: Work, staff: Staff, lead_id: LeadId) -> LeadCard:
    """Raises ``NotFound``, ``Forbidden``, ``Unsupported``."""
    lead = work.leads.get(lead_id)
    if lead is None:
        raise NotFound("lead")
    client = client_or_fail(work, lead.client_id)
    check_sees(work, staff, client)
    pipeline = pipeline_of(work, lead)
    places = {stage.id: place for place, stage in enumerate(pipeline.stages)}
    channel = work.channels.get(lead.channel_id)
    return LeadCard(
        lead,
        client,
        channel.name if channel is not None else "",
        name_of(work, lead.responsible_id),
        pipeline,
        places.get(lead.stage_id) if lead.stage_id is not None else None,
        _moves(work, staff, client, lead),
        _history(work, lead),
    )


def _viewer(work: Work, staff: Staff) -> StaffId | None:
    """Whose leads to show; ``None``: everybody's. Raises ``Forbidden`` for those without any role."""
    if staff.role in WATCHERS:
        return None
    if any(role_of(work, staff, channel.id) is not None for channel in work.channels.list()):
        return staff.id
    if staff.role is None:
        raise Forbidden("role")
    return staff.id


def _pipeline(pipelines: Sequence[Pipeline], pipeline_id: str | None) -> Pipeline:
    for pipeline in pipelines:
        if pipeline_id in (None, pipeline.id):
            return pipeline
    raise NotFound("pipeline")


def _line(work: Work, staff: Staff, deal: Deal) -> LeadLine | None:
    """``None`` for a lead that this person may not see, or that is just being settled."""
    lead = work.leads.by_external(BUILT_IN, deal.id)
    client = work.clients.get(deal.client_id)
    if lead is None or client is None or not _sees(work, staff, client):
        return None
    return LeadLine(lead.id, deal.id, client.name, name_of(work, deal.responsible_id), client.waiting_since)


def _sees(work: Work, staff: Staff, client: Client) -> bool:
    try:
        check_sees(work, staff, client)
    except Forbidden:
        return False
    return True


def _moves(work: Work, staff: Staff, client: Client, lead: Lead) -> bool:
    """Shown or not; the use case checks again."""
    if lead.state in (LeadState.INCOMING, LeadState.DECLINED, LeadState.JOINED):
        return False
    try:
        check_writes(work, staff, client, lead.channel_id)
    except SalesError:
        return False
    return True


def _history(work: Work, lead: Lead) -> Sequence[HistoryLine]:
    """The newest first."""
    if lead.external_id is None:
        return ()
    return [_history_line(work, event) for event in work.deals.events(lead.external_id, HISTORY)]


def _history_line(work: Work, event: DealEvent) -> HistoryLine:
    """The text of a change of responsible is their id: people read the name."""
    text = event.text
    if event.what == "responsible":
        text = name_of(work, StaffId(int(text))) if text else ""
    return HistoryLine(event.at, event.what, text, name_of(work, event.by_id))
