"""Phones that are being linked: while a page shows the code, the platform is asked where it stands."""

import asyncio
import logging

from channels.hub import Hub
from sales.errors import Invalid, Unavailable
from sales.ids import ChannelId
from sales.ports import Transactions
from sales.ports.channels import LinksPhone
from sales.ports.people import Dialog
from sales.use_cases.channel_form import channel_of
from sales.use_cases.phone_link import PAIR, end_links, note_code, note_link, open_links

log = logging.getLogger(__name__)

TICK = 2.0
"""Seconds between two looks: a code lives for 20 at least (PLATFORMS.md C1)."""
PATIENCE = 10.0
"""Seconds a gateway has to answer."""


class PhoneLinker:
    """``run`` until cancelled. What is being linked lies in the books, so a restart goes on with it."""

    def __init__(self, transactions: Transactions, hub: Hub) -> None:
        self._transactions = transactions
        self._hub = hub

    async def run(self) -> None:
        while True:
            try:
                await self.turn()
            except Unavailable as error:
                log.warning("linking phones has to wait: %s", error)
            await asyncio.sleep(TICK)

    async def turn(self) -> None:
        """One look at each phone."""
        forms = await self._transactions.read(open_links)
        if not forms:
            return
        await self._transactions.write(end_links)
        for form in forms:
            await self._look(form)

    async def _look(self, form: Dialog) -> None:
        """A gateway that does not answer is asked again; the page says what it said last."""
        channel_id = channel_of(form)
        adapter = await self._adapter(channel_id) if channel_id is not None else None
        if channel_id is None or adapter is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._ask(form, channel_id, adapter)
        except (Unavailable, TimeoutError):
            log.info("channel %d: the gateway does not say how linking stands", channel_id)

    async def _adapter(self, channel_id: ChannelId) -> LinksPhone | None:
        """Of a channel that was added a moment ago, too."""
        if self._hub.adapter(channel_id) is None:
            await self._hub.reread()
        adapter = self._hub.adapter(channel_id)
        return adapter if isinstance(adapter, LinksPhone) else None

    async def _ask(self, form: Dialog, channel_id: ChannelId, adapter: LinksPhone) -> None:
        link = await adapter.link()
        await self._transactions.write(lambda work: note_link(work, form.staff_id, channel_id, link))
        phone = form.secrets.get("phone")
        if form.data["way"] == PAIR and phone and not form.secrets.get("code"):
            code = await _code(adapter, phone)
            await self._transactions.write(lambda work: note_code(work, form.staff_id, channel_id, code))


async def _code(adapter: LinksPhone, phone: str) -> str | None:
    """``None``: not for this number."""
    try:
        return await adapter.pairing_code(phone)
    except Invalid:
        return None
