"""What connected accounts can be asked on behalf of staff: their approved templates, and whether a number is there."""

import asyncio
from collections.abc import Sequence

from channels.hub import Hub
from channels.phones import to_wa_id
from sales.errors import Invalid, Unavailable, Unsupported
from sales.ids import ChannelId
from sales.ports.channels import ChannelAdapter, KnowsTemplates, LooksUpNumbers, Template

PATIENCE = 10.0
"""Seconds a platform has to answer while somebody waits."""


class Lookups:
    """``hub`` is put in once the house stands; before that nothing is connected."""

    def __init__(self) -> None:
        self.hub: Hub | None = None

    async def templates(self, channel_id: ChannelId) -> Sequence[Template]:
        """Raises ``Unsupported``, ``Invalid('platform_silent')``."""
        adapter = await self._adapter(channel_id)
        if not isinstance(adapter, KnowsTemplates):
            raise Unsupported("templates")
        try:
            async with asyncio.timeout(PATIENCE):
                return await adapter.templates()
        except (Unavailable, TimeoutError) as error:
            raise Invalid("platform_silent") from error

    async def address_of(self, channel_id: ChannelId, phone: str) -> str:
        """Where ``phone`` is written to. Raises ``Invalid``: ``not_on_platform``, ``platform_silent``.

        Platforms that can't be asked take the number's digits.
        """
        adapter = await self._adapter(channel_id)
        if not isinstance(adapter, LooksUpNumbers):
            return to_wa_id(phone)
        try:
            async with asyncio.timeout(PATIENCE):
                address = await adapter.address_of(phone)
        except (Unavailable, TimeoutError) as error:
            raise Invalid("platform_silent") from error
        if address is None:
            raise Invalid("not_on_platform")
        return address

    async def _adapter(self, channel_id: ChannelId) -> ChannelAdapter:
        """Of a channel that was added a moment ago, too."""
        if self.hub is None:
            raise Invalid("platform_silent")
        if self.hub.adapter(channel_id) is None:
            await self.hub.reread()
        adapter = self.hub.adapter(channel_id)
        if adapter is None:
            raise Invalid("platform_silent")
        return adapter
