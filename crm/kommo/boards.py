"""Pipelines, remembered: by its stage alone a lead tells whether it is incoming. Asked for again when one is new."""

from collections.abc import Sequence

from crm.kommo.client import KommoClient
from crm.kommo.mapping import Board, from_kommo_board, from_kommo_lead
from crm.reading import Node
from sales.leads import StageKind
from sales.ports.crm import CrmError, LeadRef


class Boards:
    """The stage of incoming leads stays the same for as long as its pipeline exists."""

    def __init__(self, client: KommoClient) -> None:
        self._client = client
        self._known: dict[str, Board] = {}

    async def load(self) -> Sequence[Board]:
        """The main one first."""
        found = await self._client.get("leads/pipelines")
        nodes = found.inner("_embedded").many("pipelines") if found is not None else ()
        boards = [from_kommo_board(node) for node in nodes if not node.flag("is_archive")]
        self._known |= {board.pipeline.id: board for board in boards}
        return sorted(boards, key=lambda board: not board.is_main)

    async def of(self, pipeline_id: str) -> Board | None:
        if pipeline_id not in self._known:
            await self.load()
        return self._known.get(pipeline_id)

    async def lead(self, node: Node) -> LeadRef:
        board = await self.of(str(node.number("pipeline_id")))
        stages = {board.incoming_stage} if board is not None and board.incoming_stage is not None else ()
        return from_kommo_lead(node, frozenset(stages))

    async def first_stage(self, pipeline_id: str | None) -> str:
        """Where an accepted lead begins. Raises ``CrmError``."""
        board = await self.of(pipeline_id or "")
        for stage in board.pipeline.stages if board is not None else ():
            if stage.kind is StageKind.OPEN:
                return stage.id
        raise CrmError(f"no open stage in pipeline {pipeline_id}")
