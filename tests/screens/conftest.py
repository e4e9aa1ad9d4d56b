"""The staff bot facing the stand-in, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server
from screens.telegram import StaffTelegram, staff_bot


@dataclass
class Phone:
    """Boris, who works here, and his chat with the bot."""

    control: Control
    bot: BotAccount
    person: PersonAccount
    chat: Talk
    telegram: StaffTelegram


@pytest.fixture
async def telegram_server() -> AsyncIterator[Server]:
    async with Server(Options(limits=False)) as server:
        yield server


@pytest.fixture
async def phone(telegram_server: Server) -> AsyncIterator[Phone]:
    async with Control(telegram_server.url) as control:
        bot = await control.bot("500:STAFF", username="staff_bot", topics=True)
        person = await control.person(7001, "Boris")
        chat = person.chat(bot)
        await chat.start()
        telegram = StaffTelegram(staff_bot("500:STAFF", telegram_server.url))
        yield Phone(control, bot, person, chat, telegram)
        await telegram.bot.session.close()
