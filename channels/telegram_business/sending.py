"""The calls of a bot in the accounts that it is connected to."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from channels.outbound import Run
from channels.telegram.sending import TelegramWire
from channels.telegram_business.book import ConnectionBook
from channels.telegram_business.capabilities import CAPABILITIES
from channels.telegram_business.connections import DISCONNECTED, NO_RIGHT, Connection
from channels.telegram_business.mapping import parts_of
from channels.telegram_business.outcomes import NotAllowed, outcome_of
from sales.ids import ConversationId
from sales.outbox import Outcome, Refused, Row, Sent
from sales.ports import Transactions
from sales.views.outgoing import Receiver, last_heard

log = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds that a read receipt may take from an answer."""
REMEMBERED = 10_000
"""Conversations of which we know what was marked as read."""


class BusinessWire(TelegramWire):
    """Raises ``NotAllowed`` before any call that the account's owner has not allowed."""

    def __init__(self, bot: Bot, book: ConnectionBook, transactions: Transactions) -> None:
        super().__init__(bot, self._replying, CAPABILITIES)
        self._book = book
        self._transactions = transactions
        self._read: OrderedDict[ConversationId, str] = OrderedDict()

    def _replying(self, where: str) -> Mapping[str, Any]:
        """Through the account's connection of now: the conversation may still be filed under a former one."""
        connection = self._connection(where)
        if not connection.may_reply:
            raise NotAllowed(NO_RIGHT)
        return {"business_connection_id": connection.id, "chat_id": parts_of(where)[1]}

    def _connection(self, where: str) -> Connection:
        connection = self._book.known.current(parts_of(where)[0])
        if connection is None or not connection.enabled:
            raise NotAllowed(DISCONNECTED)
        return connection

    async def send(self, run: Run) -> tuple[str, ...]:
        """Staff answer, so they have read: that is shown first, as it would be if they wrote from the account."""
        self._replying(run.to.address)
        await self._mark_read(run.to)
        return await super().send(run)

    async def _mark_read(self, to: Receiver) -> None:
        """Whatever goes wrong here hinders no answer."""
        connection = self._connection(to.address)
        newest = await self._transactions.read(last_heard(to.conversation_id)) if connection.may_read else None
        if newest is None or self._read.get(to.conversation_id) == newest:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                chat_id = parts_of(to.address)[1]
                await self._bot.read_business_message(connection.id, chat_id, int(newest))
        except (TelegramError, TimeoutError) as error:
            log.info("conversation %d could not be marked as read: %s", to.conversation_id, type(error).__name__)
            return
        self._remember(to.conversation_id, newest)

    def _remember(self, conversation_id: ConversationId, newest: str) -> None:
        self._read[conversation_id] = newest
        self._read.move_to_end(conversation_id)
        if len(self._read) > REMEMBERED:
            self._read.popitem(last=False)

    async def delete(self, to: Receiver, external_id: str) -> Outcome:
        """Also when the day for answers is over (Bot API, deleteBusinessMessages)."""
        connection = self._connection(to.address)
        if not connection.may_delete:
            raise NotAllowed(NO_RIGHT)
        await self._bot.delete_business_messages(connection.id, [int(external_id)])
        return Sent()

    async def react(self, to: Receiver, external_id: str, emoji: str | None) -> Outcome:
        return Refused("unsupported", "bots can't react in accounts")

    def outcome_of(self, error: Exception, row: Row) -> Outcome:
        return outcome_of(error, row)
