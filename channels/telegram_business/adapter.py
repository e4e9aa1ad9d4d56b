"""One bot connected to accounts, as the port ``ChannelAdapter`` has it."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence

from channels.kinds import Report, Surroundings, Take
from channels.outbound import Outbound
from channels.telegram.client import open_bot
from channels.telegram.files import TelegramFiles
from channels.telegram.listening import set_webhook
from channels.telegram.updates import Account, UpdateFetcher
from channels.telegram.webhook import verify
from channels.telegram_business.book import ConnectionBook
from channels.telegram_business.capabilities import CAPABILITIES
from channels.telegram_business.checking import check_business
from channels.telegram_business.mapping import ALLOWED_UPDATES, parse
from channels.telegram_business.outcomes import WINDOW, WINDOW_OR_CHAT
from channels.telegram_business.sending import BusinessWire
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.incoming import Incoming, Malformed
from sales.messages import RemoteFile
from sales.outbox import Outcome, Refused, Row
from sales.ports.channels import Finding
from sales.use_cases.row_payload import conversation_of
from sales.views.outgoing import is_open

log = logging.getLogger(__name__)


class BusinessAdapter:
    """Joins the parts; each of them does one thing."""

    capabilities = CAPABILITIES

    def __init__(self, channel_id: ChannelId, token: str, surroundings: Surroundings) -> None:
        """Raises ``telegram.error.InvalidToken`` for an empty token."""
        addresses, transactions = surroundings.addresses, surroundings.transactions
        self._channel_id = channel_id
        self._transactions = transactions
        self._token = token
        self._account = Account(addresses.telegram_api_url, token)
        self._webhook_url = (
            f"{addresses.public_url}/webhooks/telegram/{channel_id}" if addresses.public_url is not None else None
        )
        self._bot = open_bot(addresses.telegram_api_url, token)
        self._files = TelegramFiles(addresses.telegram_api_url, token)
        self._book = ConnectionBook(channel_id, self._bot, transactions)
        wire = BusinessWire(self._bot, self._book, transactions)
        self._outbound = Outbound(wire, transactions, surroundings.store, surroundings.words)

    async def send(self, row: Row) -> Outcome:
        await self._book.look()
        return await self._explained(row, await self._outbound.send(row))

    async def _explained(self, row: Row, outcome: Outcome) -> Outcome:
        """Telegram has the same words for a day that is over and a chat that the owner keeps from the bot. Where the
        client has written within the day it is the chat: no waiting helps, and the window stays open.
        """
        if not isinstance(outcome, Refused) or outcome.code != WINDOW:
            return outcome
        if not await self._transactions.read(is_open(conversation_of(row))):
            return outcome
        return Refused(WINDOW_OR_CHAT, outcome.reason)

    def fetch(self, file: RemoteFile) -> AsyncIterator[bytes]:
        return self._files.fetch(file)

    async def check(self) -> Sequence[Finding]:
        return await check_business(self._bot, self._webhook_url, self._book)

    async def prepare(self, raw: bytes) -> None:
        await self._book.learn(raw)

    def parse(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        """Telegram delivers updates one by one."""
        return [parse(self._channel_id, raw, self._book.known)]

    def verify(self, headers: Mapping[str, str], body: bytes) -> bool:
        return verify(headers, self._token)

    async def listen(self, take: Take, report: Report) -> None:
        """By webhook where we have a public address, else by polling. Begins by asking how the accounts are."""
        told = self._with_accounts(report)
        await self._refresh()
        if self._webhook_url is not None:
            await set_webhook(self._bot, self._webhook_url, self._token, told, ALLOWED_UPDATES)
            return

        async def on_batch(updates: Sequence[bytes], offset: int) -> None:
            await take([item for raw in updates for item in await self._learnt(raw)])

        await UpdateFetcher(self._account, ALLOWED_UPDATES, None, on_batch, told).run()

    async def _learnt(self, raw: bytes) -> Sequence[Incoming | Malformed]:
        await self.prepare(raw)
        return self.parse(raw)

    async def _refresh(self) -> None:
        """What can't be asked now is told by updates later."""
        try:
            await self._book.refresh()
        except Unavailable as error:
            log.warning("channel %d: its connections can't be asked about now: %s", self._channel_id, error)

    def _with_accounts(self, report: Report) -> Report:
        """That receiving works is not all: an account may be disconnected all the same."""

        async def told(problem: str | None) -> None:
            await report(problem if problem is not None else self._book.known.problem)

        return told

    async def close(self) -> None:
        await self._bot.request.shutdown()  # ``Bot.shutdown`` does nothing for a bot that was not initialized
        await self._files.close()
