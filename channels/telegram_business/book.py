"""What the bot was told of its connections, kept in the workspace: asked at every sending, and by every process."""

import json
import logging
from dataclasses import replace

from telegram import Bot
from telegram.error import TelegramError

from channels.reading import Anomalous, Node
from channels.telegram.client import ApiError
from channels.telegram_business.connections import Connection, Connections, from_text, to_text
from channels.telegram_business.mapping import connection_named, read_connection
from sales.errors import Unavailable
from sales.ids import ChannelId
from sales.ports import Transactions, Work

log = logging.getLogger(__name__)


class ConnectionBook:
    """``known`` is as of the last look."""

    def __init__(self, channel_id: ChannelId, bot: Bot, transactions: Transactions) -> None:
        self._key = f"channel.{channel_id}.connections"
        self._bot = bot
        self._transactions = transactions
        self.known = Connections()

    async def look(self) -> Connections:
        """Raises ``sales.errors.Unavailable``."""
        self.known = from_text(await self._transactions.read(lambda work: work.workspace.get(self._key)))
        return self.known

    async def learn(self, raw: bytes) -> None:
        """Before an update is read: what it says of a connection, or of one that was never heard of.

        (Updates about connections and those of chats come in queues of their own, in any order.) Raises
        ``sales.errors.Unavailable``: the update has to be delivered again.
        """
        known = await self.look()
        update = _update(raw)
        if update is None:
            return
        try:
            if "business_connection" in update:
                await self._note(read_connection(update.node("business_connection")))
            name = connection_named(update)
        except Anomalous:
            return
        if name is not None and known.get(name) is None:
            await self._ask(name)

    async def refresh(self) -> None:
        """Ask about every account: what was missed while nobody listened. Raises ``Unavailable``."""
        for account in (await self.look()).accounts:
            await self._ask(account.id)

    async def _ask(self, connection_id: str) -> None:
        """One that Telegram does not know (any more) can't be written through, if we knew it."""
        try:
            found = await self._bot.get_business_connection(connection_id)
        except ApiError as error:
            if error.code != 400:
                raise Unavailable(error.description) from error
            await self._lost(connection_id)
        except TelegramError as error:
            raise Unavailable(error.message) from error
        except (KeyError, TypeError, ValueError) as error:  # from the library, for an answer that is none of Telegram's
            log.warning("an unreadable answer about a connection: %s", type(error).__name__)
        else:
            await self._note(read_connection(Node(json.loads(found.to_json()), "connection")))

    async def _lost(self, connection_id: str) -> None:
        known = self.known.get(connection_id)
        if known is not None and known.enabled:
            await self._note(replace(known, enabled=False))

    async def _note(self, connection: Connection) -> None:
        def note(work: Work) -> Connections:
            known = from_text(work.workspace.get(self._key)).with_(connection)
            work.workspace.set(self._key, to_text(known))
            return known

        if self.known.get(connection.id) != connection:
            self.known = await self._transactions.write(note)


def _update(raw: bytes) -> Node | None:
    """``None``: nothing to be learnt from it; what is wrong with it is found out where it is read."""
    try:
        return Node(json.loads(raw), "update")
    except (Anomalous, ValueError, RecursionError):
        return None
