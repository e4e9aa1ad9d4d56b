"""Our own field on leads, which holds the mark. Made where it is missing; nobody can edit it in Kommo."""

from crm.kommo.bodies import MARK_CODE, MARK_FIELD
from crm.kommo.client import KommoClient


class MarkField:
    def __init__(self, client: KommoClient) -> None:
        self._client = client
        self._is_there = False

    async def ensure(self) -> None:
        """Looks before it makes, so that it may be repeated. Raises ``CrmError``."""
        if not self._is_there:
            if not await self._look():
                await self._client.post("leads/custom_fields", [MARK_FIELD])
            self._is_there = True

    async def _look(self) -> bool:
        fields = self._client.pages("leads/custom_fields", "custom_fields")
        return any([node.text("code") == MARK_CODE async for node in fields])

    def forget(self) -> None:
        """Somebody may have removed it: the next lead looks again."""
        self._is_there = False
