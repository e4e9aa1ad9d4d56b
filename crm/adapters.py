"""The adapter of each connected CRM, made when it is first asked for and again when its secrets change."""

from collections.abc import Mapping

from crm.registry import KINDS
from sales.channels import Limits
from sales.ids import CrmId
from sales.leads import Crm
from sales.outbox.lanes import crm_lane
from sales.ports import Transactions, Work
from sales.ports.crm import CrmAdapter, CrmError

Connection = tuple[Crm, Mapping[str, str]]
SLOWEST = min(
    (kind.capabilities.limits for kind in KINDS.values() if kind.capabilities.limits is not None),
    key=lambda limits: limits.rate,
    default=None,
)


class CrmAdapters:
    """Close it when the lanes stand still."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._open: dict[CrmId, tuple[Connection, CrmAdapter]] = {}
        self._retired: list[CrmAdapter] = []
        self._limits: dict[str, Limits | None] = {}

    async def load(self) -> None:
        """How fast the lanes of those that are connected may go, which has to be known before the first call."""
        crms = await self._transactions.read(lambda work: list(work.crms.list()))
        self._limits = {crm_lane(crm.id): KINDS[crm.kind].capabilities.limits for crm in crms if crm.kind in KINDS}

    def limits_of(self, lane: str) -> Limits | None:
        """One that was connected meanwhile goes as slowly as the slowest kind."""
        return self._limits.get(lane, SLOWEST)

    async def get(self, crm_id: CrmId) -> CrmAdapter:
        """Raises ``CrmError`` for a CRM that is gone, or of a kind this program does not know."""
        connection = await self._transactions.read(lambda work: _connection(work, crm_id))
        if connection is None:
            raise CrmError(f"CRM {crm_id} is no longer connected")
        held = self._open.get(crm_id)
        if held is not None and held[0] == connection:
            return held[1]
        adapter = self._connect(*connection)
        self._open[crm_id] = (connection, adapter)
        if held is not None:
            self._retired.append(held[1])
        return adapter

    def _connect(self, crm: Crm, secrets: Mapping[str, str]) -> CrmAdapter:
        if crm.kind not in KINDS:
            raise CrmError(f"CRM {crm.id} is of the unknown kind {crm.kind}: a newer Dibs may know it")
        return KINDS[crm.kind].connect(crm, secrets, self._transactions)

    async def close(self) -> None:
        """Those whose secrets changed too: calls of theirs may have been under way."""
        for adapter in [*self._retired, *(adapter for _, adapter in self._open.values())]:
            await adapter.close()
        self._retired.clear()
        self._open.clear()


def _connection(work: Work, crm_id: CrmId) -> Connection | None:
    crm = work.crms.get(crm_id)
    if crm is None:
        return None
    return crm, {} if crm.inside else dict(work.crms.secrets(crm_id))
