"""One linked phone, as the port ``ChannelAdapter`` has it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace

from channels.kinds import Report, Secrets, Surroundings, Take
from channels.outbound import Outbound
from channels.whatsapp_linked import link as linking
from channels.whatsapp_linked.capabilities import CAPABILITIES
from channels.whatsapp_linked.checking import check_session
from channels.whatsapp_linked.client import Gateway
from channels.whatsapp_linked.envelopes import Eyes
from channels.whatsapp_linked.files import GatewayFiles
from channels.whatsapp_linked.identify import login
from channels.whatsapp_linked.lids import Lids
from channels.whatsapp_linked.listening import Listener, Pace
from channels.whatsapp_linked.lookup import Lookup
from channels.whatsapp_linked.mapping import parse_event
from channels.whatsapp_linked.names import OwnIds
from channels.whatsapp_linked.sending import GatewayWire, typing_seconds
from channels.whatsapp_linked.session import Webhook
from channels.whatsapp_linked.webhook import verify
from sales.ids import ChannelId
from sales.incoming import AccountChanged, Incoming, Malformed
from sales.messages import RemoteFile
from sales.outbox import Outcome, Row
from sales.ports.channels import Finding, Link
from sales.views.reading import reading_back


class LinkedAdapter:
    """Joins the parts; each of them does one thing."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        channel_id: ChannelId,
        secrets: Secrets,
        surroundings: Surroundings,
        typing: Callable[[str], float] = typing_seconds,
        pace: Pace | None = None,
    ) -> None:
        """Raises ``ValueError``, ``httpx.InvalidURL`` for secrets that can't be right; ``KeyError``: one is missing."""
        self._key = secrets["hmac_key"]
        self._transactions = surroundings.transactions
        self._gateway = Gateway(login(secrets))
        self._webhook = _webhook(surroundings.addresses.public_url, channel_id, self._key)
        self._lids = Lids(self._gateway)
        own = OwnIds(self._key)
        self._eyes = Eyes(channel_id, self._gateway.session, own, self._lids.phones)
        self._files = GatewayFiles(self._gateway)
        wire = GatewayWire(self._gateway, own, Lookup(self._gateway, self._transactions), typing)
        self._outbound = Outbound(wire, self._transactions, surroundings.store, surroundings.words)
        self._pace = pace or Pace()
        self._listener: Listener | None = None

    async def send(self, row: Row) -> Outcome:
        return await self._outbound.send(row)

    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        return self._files.fetch(file)

    async def check(self) -> Sequence[Finding]:
        return await check_session(self._gateway, self._webhook)

    def parse(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        """WAHA delivers events one by one."""
        read = parse_event(self._eyes, raw)
        if isinstance(read, Incoming):
            changed = isinstance(read.event, AccountChanged)
            if (self._lids.learn(read.event) or changed) and self._listener is not None:
                self._listener.nudge(changed=changed)
        return [read]

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        return verify(headers, body, self._key)

    async def listen(self, take: Take, report: Report) -> None:
        known = await self._transactions.read(reading_back(self._eyes.channel_id))
        self._eyes = replace(self._eyes, since=known.added_at)
        eyes, lids = self._eyes, self._lids
        self._listener = Listener(self._gateway, self._webhook, eyes, lids, self._transactions, self._pace)
        await self._listener.run(take, report)

    async def link(self) -> Link:
        return await linking.link(self._gateway, self._webhook)

    async def pairing_code(self, phone: str) -> str:
        return await linking.pairing_code(self._gateway, self._webhook, phone)

    async def address_of(self, phone: str) -> str | None:
        return await linking.address_of(self._gateway, phone)

    async def close(self) -> None:
        await self._gateway.close()
        await self._files.close()


def _webhook(public_url: str | None, channel_id: ChannelId, key: str) -> Webhook | None:
    """``None``: the gateway can't reach us."""
    return Webhook(f"{public_url}/webhooks/gateway/{channel_id}", key) if public_url is not None else None
