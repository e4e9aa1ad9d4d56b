"""One Telegram bot that customers write to, as the port ``ChannelAdapter`` has it."""

from collections.abc import AsyncIterator, Mapping, Sequence

from channels.kinds import Report, Surroundings, Take
from channels.outbound import Outbound
from channels.telegram.capabilities import CAPABILITIES
from channels.telegram.checking import check_bot
from channels.telegram.client import open_bot
from channels.telegram.files import TelegramFiles
from channels.telegram.listening import set_webhook
from channels.telegram.mapping import ALLOWED_UPDATES, parse_update
from channels.telegram.sending import TelegramWire
from channels.telegram.updates import Account, UpdateFetcher
from channels.telegram.webhook import verify
from sales.ids import ChannelId
from sales.incoming import Incoming, Malformed
from sales.messages import RemoteFile
from sales.outbox import Outcome, Row
from sales.ports.channels import Finding


class TelegramAdapter:
    """Joins the parts; each of them does one thing."""

    capabilities = CAPABILITIES

    def __init__(self, channel_id: ChannelId, token: str, surroundings: Surroundings) -> None:
        """Raises ``telegram.error.InvalidToken`` for an empty token."""
        addresses = surroundings.addresses
        self._channel_id = channel_id
        self._token = token
        self._account = Account(addresses.telegram_api_url, token)
        self._webhook_url = (
            f"{addresses.public_url}/webhooks/telegram/{channel_id}" if addresses.public_url is not None else None
        )
        self._bot = open_bot(addresses.telegram_api_url, token)
        self._files = TelegramFiles(addresses.telegram_api_url, token)
        self._outbound = Outbound(
            TelegramWire(self._bot), surroundings.transactions, surroundings.store, surroundings.words
        )

    async def send(self, row: Row) -> Outcome:
        return await self._outbound.send(row)

    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        return self._files.fetch(file)

    async def check(self) -> Sequence[Finding]:
        return await check_bot(self._bot, self._webhook_url)

    def parse(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        """Telegram delivers updates one by one."""
        return [parse_update(self._channel_id, raw)]

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        return verify(headers, self._token)

    async def listen(self, take: Take, report: Report) -> None:
        """By webhook where we have a public address, else by polling.

        Polling begins without an offset: whatever is not confirmed comes again, and what we have seen is recognised.
        """
        if self._webhook_url is not None:
            await set_webhook(self._bot, self._webhook_url, self._token, report)
            return

        async def on_batch(updates: Sequence[bytes], offset: int) -> None:
            await take([parse_update(self._channel_id, raw) for raw in updates])

        await UpdateFetcher(self._account, ALLOWED_UPDATES, None, on_batch, report).run()

    async def close(self) -> None:
        await self._bot.request.shutdown()  # ``Bot.shutdown`` does nothing for a bot that was not initialized
        await self._files.close()
