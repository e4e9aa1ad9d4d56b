"""When something can't be done: said in one place, in words, to whoever did it. Strangers get one polite line."""

import logging
from collections.abc import Mapping

from aiogram.types import CallbackQuery, Message, Update

from handlers.act import Act, Repeated
from handlers.posts import reply_of, thread_of
from sales.errors import BadInvite, NotStaff, SalesError
from sales.ids import TelegramId
from sales.outbox import notice
from sales.ports import Transactions, Work
from sales.staff import Staff
from sales.use_cases.talk import client_at
from screens.errors import explain, refusal
from screens.failures import CallFailed
from screens.language import Languages
from screens.telegram import StaffTelegram

log = logging.getLogger(__name__)

STRANGER_PAUSE = 3600
"""Seconds in which a stranger gets one line and one audit row, however often they write."""

ANSWER = "answerCallbackQuery"
STRANGERS = "strangers"
"""Where it is remembered who was told: among the seen updates, which the clock forgets."""


class Failing:
    """Turns expected errors into words: a toast for a tap, a reply for a text."""

    def __init__(self, telegram: StaffTelegram, transactions: Transactions, languages: Languages) -> None:
        self._telegram = telegram
        self._transactions = transactions
        self._languages = languages

    async def refused(self, act: Act, update: Update, error: SalesError) -> None:
        """The transaction left no trace: the refusal is recorded together with the update in one of its own."""
        if isinstance(error, NotStaff | BadInvite) and not await self._knows(act):
            await self._stranger(act, update, error)
            return
        staff = await self._transactions.write(lambda work: self._record(work, act, update, error))
        if staff is not None and update.callback_query is not None:
            act.say(explain(error, self._languages.of(staff.language)), alert=True)

    def _record(self, work: Work, act: Act, update: Update, error: SalesError) -> Staff | None:
        staff = work.staff.by_telegram(act.telegram_id)
        try:
            act.remember(work)
        except Repeated:
            return None
        if staff is not None:
            work.audit.add("refused", error.code, staff_id=staff.id)
            message = update.message or update.edited_message
            if message is not None:
                _say_under(work, staff, message, error)
        return staff

    async def broken(self, act: Act, update: Update) -> None:
        """Not foreseen: it lies in the inbox now. Whoever did it is told that it did not happen."""

        def tell(work: Work) -> None:
            staff = work.staff.by_telegram(act.telegram_id)
            message = update.message
            if staff is not None and message is not None:
                work.outbox.put([notice(staff.id, "broken", reply_to=message.message_id, sound=True)])

        await self._transactions.write(tell)
        if update.callback_query is not None:
            act.say(self._languages.of(None).t("That did not work. It is kept for an admin to look at."), alert=True)

    async def _knows(self, act: Act) -> bool:
        return await self._transactions.read(lambda work: work.staff.by_telegram(act.telegram_id)) is not None

    async def _stranger(self, act: Act, update: Update, error: NotStaff | BadInvite) -> None:
        """An audit row, and one polite line now and then: nothing about the workspace."""
        line = explain(error, self._languages.of(_language(update)))
        first = await self._transactions.write(lambda work: _note_stranger(work, act, error.code))
        if update.callback_query is not None:
            act.say(line, alert=True)
        elif first and isinstance(update.message, Message):
            await self._call("sendMessage", {"chat_id": act.telegram_id, "text": line})

    def answer(self, act: Act, update: Update) -> Mapping[str, object] | None:
        """Every tap is answered, else the button spins: the arguments of answerCallbackQuery."""
        query = update.callback_query
        if not isinstance(query, CallbackQuery):
            return None
        words: dict[str, object] = {"callback_query_id": query.id}
        return words if act.answer is None else {**words, "text": act.answer[:200], "show_alert": act.alert}

    async def send_answer(self, answer: Mapping[str, object]) -> None:
        """Too late is no matter."""
        await self._call(ANSWER, answer)

    async def _call(self, method: str, params: Mapping[str, object]) -> None:
        try:
            await self._telegram.call(method, params)
        except CallFailed as failed:
            log.info("%s: %s", method, type(failed).__name__)


def _say_under(work: Work, staff: Staff, message: Message, error: SalesError) -> None:
    """Where it was written: in the client's topic if it was there."""
    client_id = client_at(work, staff, thread_of(message), reply_of(message))
    facts = refusal(error)
    work.outbox.put([notice(staff.id, "refused", client_id, reply_to=message.message_id, sound=True, **facts)])


def _note_stranger(work: Work, act: Act, problem: str) -> bool:
    try:
        act.remember(work)
    except Repeated:
        return False
    window = f"{act.telegram_id}:{problem}:{work.now // (STRANGER_PAUSE * 1000)}"
    if not work.seen.add(STRANGERS, [window]):
        return False
    work.audit.add("stranger", detail=problem, telegram_id=TelegramId(act.telegram_id))
    return True


def _language(update: Update) -> str | None:
    user = update.message.from_user if update.message is not None else None
    return user.language_code if user is not None else None
