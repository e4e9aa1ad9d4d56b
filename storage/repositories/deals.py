"""The built-in CRM's own book. Its ids are numbers here and text outside, as every CRM's are."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from sales.ids import ClientId, StaffId
from sales.leads import LeadState, Pipeline, Stage, StageKind
from sales.ports.crm import Deal, DealEvent
from storage.repositories.base import Book
from storage.schema import builtin_deal_events, builtin_deals, builtin_pipelines, builtin_stages
from storage.statements import Statement, Tuple, columns, fact, inserting
from storage.tables.crm import OPEN_DEAL

_PIPELINES = Statement(select(builtin_pipelines.c.id, builtin_pipelines.c.name).order_by(builtin_pipelines.c.id))
_STAGES = Statement(
    select(*columns(builtin_stages, ("pipeline_id", "id", "name", "kind"))).order_by(builtin_stages.c.position)
)
_ADD_PIPELINE = Statement(inserting(builtin_pipelines, "name").returning(builtin_pipelines.c.id))
_ADD_STAGE = Statement(inserting(builtin_stages, "pipeline_id", "name", "kind", "position"))

_NAMES = (
    "title",
    "client_id",
    "responsible_id",
    "pipeline_id",
    "stage_id",
    "state",
    "mark",
    "created_at",
    "updated_at",
)
_DEAL = [builtin_deals.c.id, *columns(builtin_deals, _NAMES)]
_THIS = builtin_deals.c.id == bindparam("id_")
_OPEN = fact(OPEN_DEAL)
_GET = Statement(select(*_DEAL).where(_THIS))
_BY_MARK = Statement(select(*_DEAL).where(builtin_deals.c.mark == bindparam("sign")))
_NEWEST_OPEN = Statement(
    select(*_DEAL)
    .where(_OPEN, builtin_deals.c.client_id == bindparam("client"))
    .order_by(builtin_deals.c.id.desc())
    .limit(1)
)
_ADD = Statement(inserting(builtin_deals, *_NAMES).returning(builtin_deals.c.id))
_SAVE = Statement(update(builtin_deals).where(_THIS).values({name: bindparam(f"to_{name}") for name in _NAMES}))
_REMOVE = Statement(delete(builtin_deals).where(_THIS))

_in_pipeline = builtin_deals.c.pipeline_id == bindparam("pipeline")
_of_viewer = builtin_deals.c.responsible_id == bindparam("viewer")
_board = select(builtin_deals.c.stage_id, func.count()).where(_OPEN, _in_pipeline).group_by(builtin_deals.c.stage_id)
_BOARD = Statement(_board)
_BOARD_OF = Statement(_board.where(_of_viewer))
_page = (
    select(*_DEAL)
    .where(_OPEN, _in_pipeline)
    .order_by(builtin_deals.c.id.desc())
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
_staged = _page.where(builtin_deals.c.stage_id == bindparam("stage"))
_incoming = _page.where(fact("stage_id IS NULL"))
_IN_STAGE: dict[tuple[bool, bool], Statement] = {
    (True, False): Statement(_staged),
    (True, True): Statement(_staged.where(_of_viewer)),
    (False, False): Statement(_incoming),
    (False, True): Statement(_incoming.where(_of_viewer)),
}
"""By whether there is a stage, and a viewer."""

_EVENT_NAMES = ("at", "what", "text", "by_id")
_ADD_EVENT = Statement(inserting(builtin_deal_events, "deal_id", *_EVENT_NAMES))
_EVENTS = Statement(
    select(*columns(builtin_deal_events, _EVENT_NAMES))
    .where(builtin_deal_events.c.deal_id == bindparam("deal"))
    .order_by(builtin_deal_events.c.id.desc())
    .limit(bindparam("most"))
)


class DealsRepository(Book):
    def pipelines(self) -> Sequence[Pipeline]:
        stages: dict[int, list[Stage]] = {}
        for pipeline_id, id_, name, kind in self.link.rows(_STAGES):
            stages.setdefault(pipeline_id, []).append(Stage(str(id_), name, StageKind(kind)))
        return [Pipeline(str(id_), name, tuple(stages.get(id_, ()))) for id_, name in self.link.rows(_PIPELINES)]

    def add_pipeline(self, name: str, stages: Sequence[Stage]) -> str:
        pipeline_id = self.link.value(_ADD_PIPELINE, {"name": name})
        self.link.many(
            _ADD_STAGE,
            [
                {"pipeline_id": pipeline_id, "name": stage.name, "kind": stage.kind, "position": place}
                for place, stage in enumerate(stages)
            ],
        )
        return str(pipeline_id)

    def get(self, deal_id: str) -> Deal | None:
        """An id that is no number is nobody's: it may come from a button."""
        number = _number(deal_id)
        return None if number is None else _maybe(self.link.one(_GET, {"id_": number}))

    def by_mark(self, mark: str) -> Deal | None:
        return _maybe(self.link.one(_BY_MARK, {"sign": mark}))

    def newest_open(self, client_id: ClientId) -> Deal | None:
        return _maybe(self.link.one(_NEWEST_OPEN, {"client": client_id}))

    def add(self, deal: Deal) -> str:
        return str(self.link.value(_ADD, _values(deal)))

    def save(self, deal: Deal) -> None:
        values = {f"to_{name}": value for name, value in _values(deal).items()}
        self.link.run(_SAVE, {"id_": int(deal.id), **values})

    def remove(self, deal_id: str) -> None:
        number = _number(deal_id)
        if number is not None:
            self.link.run(_REMOVE, {"id_": number})

    def board(self, pipeline_id: str, viewer_id: StaffId | None) -> Mapping[str | None, int]:
        values: dict[str, Any] = {"pipeline": _number(pipeline_id)}
        if viewer_id is None:
            rows = self.link.rows(_BOARD, values)
        else:
            rows = self.link.rows(_BOARD_OF, {**values, "viewer": viewer_id})
        return {_text(stage_id): int(count) for stage_id, count in rows}

    def in_stage(
        self, pipeline_id: str, stage_id: str | None, viewer_id: StaffId | None, limit: int, offset: int
    ) -> Sequence[Deal]:
        """The newest first."""
        values: dict[str, Any] = {"pipeline": _number(pipeline_id), "most": limit, "skipped": offset}
        if stage_id is not None:
            values["stage"] = _number(stage_id)
        if viewer_id is not None:
            values["viewer"] = viewer_id
        return [_deal(row) for row in self.link.rows(_IN_STAGE[stage_id is not None, viewer_id is not None], values)]

    def add_event(self, deal_id: str, event: DealEvent) -> None:
        self.link.run(_ADD_EVENT, {"deal_id": int(deal_id), **{name: getattr(event, name) for name in _EVENT_NAMES}})

    def events(self, deal_id: str, limit: int) -> Sequence[DealEvent]:
        rows = self.link.rows(_EVENTS, {"deal": _number(deal_id), "most": limit})
        return [DealEvent(*row) for row in rows]


def _number(text: str) -> int | None:
    """Within 63 bits, or nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _values(deal: Deal) -> dict[str, Any]:
    values = {name: getattr(deal, name) for name in _NAMES}
    stage_id = None if deal.stage_id is None else int(deal.stage_id)
    return {**values, "pipeline_id": int(deal.pipeline_id), "stage_id": stage_id}


def _maybe(row: Tuple | None) -> Deal | None:
    return None if row is None else _deal(row)


def _deal(row: Tuple) -> Deal:
    id_, title, client_id, responsible_id, pipeline_id, stage_id, state, mark, created_at, updated_at = row
    return Deal(
        str(id_),
        title,
        ClientId(client_id),
        responsible_id,
        str(pipeline_id),
        _text(stage_id),
        LeadState(state),
        mark,
        created_at,
        updated_at,
    )
