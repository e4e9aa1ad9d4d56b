"""The staff bot: what fetches its updates, what understands them, and what sends to staff chats, put together."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from bot.staff_account import Me, NotReached, TokenRefused, ask_me, set_webhook
from channels.hub import WrongSecret
from channels.kinds import Addresses
from channels.lookups import Lookups
from channels.telegram.files import TelegramFiles
from channels.telegram.updates import Account, UpdateFetcher
from channels.telegram.webhook import verify, webhook_secret
from handlers import routers
from handlers.act import SOURCE
from handlers.failing import Failing
from handlers.intake import ALLOWED_UPDATES, StaffIntake
from handlers.redacting import without_tokens
from sales.ports import Transactions, Work
from sales.ports.files import MediaStore
from sales.views.places import TOPICS_KEY
from screens.language import Languages
from screens.sender import StaffSender
from screens.telegram import StaffTelegram, staff_bot

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds between attempts to set the webhook."""


class StaffSide:
    """``sender`` stands for the lane ``staff``, ``files`` for what lies at the staff bot; ``take`` is its webhook.

    ``lookups`` is told of the hub by whoever puts the house together.
    """

    def __init__(
        self,
        account: Account,
        transactions: Transactions,
        media: MediaStore,
        languages: Languages,
        titles: Mapping[str, str],
        digest: Callable[[str], str],
        addresses: Addresses,
    ) -> None:
        self._account = account
        self._transactions = transactions
        self._bot = staff_bot(account.token, account.api_url)
        telegram = StaffTelegram(self._bot)
        self.sender = StaffSender(transactions, telegram, media, languages, titles, addresses.public_url)
        self.files = TelegramFiles(account.api_url, account.token)
        failing = Failing(telegram, transactions, languages)
        self.lookups = Lookups()
        dispatcher = routers.build(languages, digest, telegram, addresses, self.lookups)
        self._intake = StaffIntake(self._bot, dispatcher, transactions, failing)
        self._taking = asyncio.Semaphore(1)

    async def introduce(self) -> Me | None:
        """Ask Telegram who we are, and note whether there are topics. ``None``: not reached. Raises TokenRefused."""
        try:
            me = await ask_me(self._account.api_url, self._account.token)
        except NotReached as error:
            log.warning("the staff bot can't reach Telegram: %s", error)
            return None
        await self._transactions.write(lambda work: _note_topics(work, me.topics))
        return me

    async def refresh(self) -> None:
        """``introduce`` now and then: somebody may have switched topics on or off."""
        try:
            await self.introduce()
        except TokenRefused as error:
            log.error("Telegram refuses STAFF_BOT_TOKEN: %s", error)

    # --- updates ---

    async def poll(self) -> None:
        """Until cancelled. A refused token is for a person to mend; meanwhile customers' messages go on coming in."""
        while True:
            await UpdateFetcher(self._account, ALLOWED_UPDATES, None, self._on_batch, self._on_problem).run()
            log.error("Telegram refuses STAFF_BOT_TOKEN: put a fresh one from @BotFather into .env, and restart")
            await asyncio.sleep(LONGEST_PAUSE)

    async def deliver_to(self, url: str) -> None:
        """Ask Telegram to deliver to ``url``, until it has agreed."""
        secret = webhook_secret(self._account.token)
        fields = {"url": url, "secret_token": secret, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        pause = 1.0
        while True:
            try:
                await set_webhook(self._account.api_url, self._account.token, fields)
                return
            except (NotReached, TokenRefused) as error:
                log.warning("setWebhook for the staff bot did not work: %s", error)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def take(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, object] | None:
        """A delivered update, and what Telegram is to do about it. What can't be read is kept.

        Raises WrongSecret, Unavailable.
        """
        if not verify(headers, self._account.token):
            raise WrongSecret
        update = _read(body)
        if update is None:
            await self._transactions.write(partial(_keep, raw=body))
            return None
        return await self._intake.take_delivered(update)

    async def take_again(self, body: bytes) -> None:
        """An update that lay in the inbox."""
        await self._take([body])

    async def _on_batch(self, updates: Sequence[bytes], offset: int) -> None:
        async with self._taking:
            await self._take(updates)

    async def _take(self, updates: Sequence[bytes]) -> None:
        readable = []
        for raw in updates:
            update = _read(raw)
            if update is None:
                await self._transactions.write(partial(_keep, raw=raw))
            else:
                readable.append(update)
        await self._intake.take(readable)

    async def _on_problem(self, problem: str | None) -> None:
        if problem is not None:
            log.warning("the staff bot's updates can't be fetched: %s", problem)

    async def finish(self) -> None:
        """Wait for the batch that is being handled, and take no other: the rest is fetched after the next start."""
        await self._taking.acquire()

    async def close(self) -> None:
        await self._bot.session.close()
        await self.files.close()


def _read(raw: bytes) -> Mapping[str, object] | None:
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) and type(update.get("update_id")) is int else None


def _keep(work: Work, raw: bytes) -> None:
    """Named by its content, so that the same nonsense delivered again is kept once."""
    update_id = f"unread:{hashlib.sha256(raw).hexdigest()[:32]}"
    if work.seen.add(SOURCE, [update_id]):
        work.inbox.add(SOURCE, update_id, without_tokens(raw), "not an update")


def _note_topics(work: Work, topics: bool) -> None:
    wanted = "1" if topics else "0"
    if work.workspace.get(TOPICS_KEY) != wanted:
        work.workspace.set(TOPICS_KEY, wanted)
