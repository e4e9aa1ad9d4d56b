"""One number on WhatsApp's Business API, as the port ``ChannelAdapter`` has it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from channels.kinds import Report, Secrets, Surroundings, Take
from channels.outbound import Outbound
from channels.whatsapp_cloud.account import BusinessAccount
from channels.whatsapp_cloud.capabilities import CAPABILITIES
from channels.whatsapp_cloud.checking import check_number
from channels.whatsapp_cloud.client import GraphClient
from channels.whatsapp_cloud.files import WhatsAppFiles
from channels.whatsapp_cloud.listening import Subscription
from channels.whatsapp_cloud.mapping import TEMPLATES_CHANGED, Account, parse_webhook
from channels.whatsapp_cloud.sending import WhatsAppWire
from channels.whatsapp_cloud.templates import Templates
from channels.whatsapp_cloud.webhook import answer_challenge, verify
from sales.ids import ChannelId
from sales.incoming import Ignored, Incoming, Malformed
from sales.messages import RemoteFile
from sales.outbox import Outcome, Row
from sales.ports.channels import Finding, Template


class WhatsAppAdapter:
    """Joins the parts; each of them does one thing. Implements ``Challenged`` and ``KnowsTemplates`` too."""

    capabilities = CAPABILITIES

    def __init__(self, channel_id: ChannelId, secrets: Secrets, surroundings: Surroundings) -> None:
        """Raises ``ValueError`` for a token that can't be one, ``KeyError`` for a secret that is missing."""
        addresses = surroundings.addresses
        number_id, token = secrets["phone_number_id"], secrets["access_token"]
        self._app_secret, self._verify_token = secrets["app_secret"], secrets["verify_token"]
        self._webhook_url = (
            f"{addresses.public_url}/webhooks/whatsapp/{channel_id}" if addresses.public_url is not None else None
        )
        self._whose = Account(channel_id, number_id)
        self._graph = GraphClient(addresses.whatsapp_api_url, token)
        self._account = BusinessAccount(self._graph, number_id, token)
        self._files = WhatsAppFiles(self._graph, addresses.whatsapp_api_url, number_id)
        self._templates = Templates(self._graph, self._account)
        self._subscription = Subscription(self._graph, self._account, number_id, self._verify_token)
        wire = WhatsAppWire(self._graph, number_id, surroundings.transactions)
        self._outbound = Outbound(wire, surroundings.transactions, surroundings.store, surroundings.words)

    async def send(self, row: Row) -> Outcome:
        return await self._outbound.send(row)

    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        return self._files.fetch(file)

    async def templates(self) -> Sequence[Template]:
        """Raises ``Unavailable``."""
        return await self._templates.all()

    async def check(self) -> Sequence[Finding]:
        return await check_number(self._graph, self._account, self._whose.number_id, self._webhook_url)

    def parse(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        items = parse_webhook(replace(self._whose, business_id=self._account.known), raw)
        if any(isinstance(item, Incoming) and item.event == Ignored(TEMPLATES_CHANGED) for item in items):
            self._templates.forget()
        return items

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        good = verify(headers, body, self._app_secret)
        if good:
            self._subscription.arrived()
        return good

    def answer_challenge(self, query: Mapping[str, str]) -> str | None:
        return answer_challenge(query, self._verify_token)

    async def listen(self, take: Take, report: Report) -> None:
        """Meta delivers to the door; there is nothing to poll. Returns when that is arranged."""
        await self._subscription.keep(self._webhook_url, report)

    async def close(self) -> None:
        await self._graph.close()
        await self._files.close()
