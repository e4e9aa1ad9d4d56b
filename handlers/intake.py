"""The staff bot's updates: one by one, in order per person, each in one transaction, confirmed after the commit."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from handlers.act import SOURCE, Act, Repeated
from handlers.failing import ANSWER, Failing
from handlers.redacting import without_tokens, without_words
from sales.errors import SalesError, Unavailable
from sales.ids import TelegramId
from sales.ports import Transactions, Work
from sales.use_cases.channel_form import ACCOUNT_FORM, open_form
from sales.use_cases.putting_aside import put_aside
from screens.telegram import StaffTelegram

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")

Raw = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Item:
    raw: Raw
    update: Update


class StaffIntake:
    """Takes raw updates as fetched or as a webhook delivered them."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, transactions: Transactions, failing: Failing) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._transactions = transactions
        self._failing = failing
        self._telegram = StaffTelegram(bot)

    async def take_delivered(self, raw: Raw) -> Raw | None:
        """One that a webhook brought, committed; a tap's answer goes back as the webhook's own, which saves a call.

        That is the method and its arguments (Bot API, "Making requests when getting updates"). Raises ``Unavailable``.
        """
        item = await self._read(raw)
        answer = await self._handle(item) if item is not None else None
        return None if answer is None else {"method": ANSWER, **answer}

    async def take(self, updates: Sequence[Raw]) -> None:
        """Returns when all of them are committed. Raises ``Unavailable`` when the database is not to be had."""
        by_person: dict[int, list[_Item]] = {}
        for raw in updates:
            item = await self._read(raw)
            if item is not None:
                by_person.setdefault(_person(item.update), []).append(item)
        try:
            async with asyncio.TaskGroup() as group:
                for items in by_person.values():
                    group.create_task(self._in_order(items))
        except* Unavailable as unavailable:
            raise unavailable.exceptions[0] from None

    async def _read(self, raw: Raw) -> _Item | None:
        """Validated alone, so that one odd update spoils no other. What can't be read is kept for a person to see."""
        try:
            return _Item(raw, Update.model_validate(raw, context={"bot": self._bot}))
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
            await self._keep(raw, f"unreadable at {where}")
            return None

    async def _in_order(self, items: Sequence[_Item]) -> None:
        for item in items:
            answer = await self._handle(item)
            if answer is not None:
                await self._failing.send_answer(answer)

    async def _handle(self, item: _Item) -> Raw | None:
        """What to answer, if it was a tap."""
        act = Act(self._transactions, item.update.update_id, TelegramId(_person(item.update)), item.raw)
        try:
            await self._dispatcher.feed_update(self._bot, item.update, act=act)
        except Repeated:
            log.debug("update %d came again", item.update.update_id)
        except Unavailable:
            raise
        except SalesError as error:
            await self._failing.refused(act, item.update, error)
        except Exception:
            log.exception("update %d could not be handled", item.update.update_id)
            await self._keep(item.raw, "handler failed")
            await self._failing.broken(act, item.update)
        return self._failing.answer(act, item.update)

    async def _keep(self, raw: Raw, problem: str) -> None:
        update_id = str(raw.get("update_id", "none"))

        def keep(work: Work) -> None:
            if work.seen.add(SOURCE, [update_id]):
                kept = without_words(raw) if _is_secret(work, raw) else raw
                put_aside(work, SOURCE, update_id, without_tokens(json.dumps(kept).encode()), problem)

        await self._transactions.write(keep)


def _is_secret(work: Work, raw: Raw) -> bool:
    """Whether its sender was asked for an account's secrets just now: then any words of theirs may be one."""
    message = raw.get("message")
    sender = message.get("from") if isinstance(message, dict) else None
    telegram_id = sender.get("id") if isinstance(sender, dict) else None
    staff = work.staff.by_telegram(TelegramId(telegram_id)) if isinstance(telegram_id, int) else None
    return staff is not None and open_form(work, staff.id, ACCOUNT_FORM) is not None


def _person(update: Update) -> int:
    """Whose chat it happened in: what one person does stays in order."""
    for event in (update.message, update.edited_message, update.callback_query, update.my_chat_member):
        if event is not None and event.from_user is not None:
            return event.from_user.id
    reaction = update.message_reaction
    return reaction.user.id if reaction is not None and reaction.user is not None else 0
