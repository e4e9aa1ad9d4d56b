"""The staff bot facing the stand-in, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from playground.telegram.options import Options
from playground.telegram.server import Server
from sales.use_cases.channels import AddChannel, add_channel
from screens.language import Languages
from screens.sender import StaffSender
from screens.telegram import StaffTelegram, staff_bot
from storage.crypto import Vault
from storage.database import open_database
from storage.media_files import MediaFiles
from storage.transactions import SqlTransactions
from tests.screens.office import Office, Watch


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


@pytest.fixture
async def office(telegram_server: Server, tmp_path: Path) -> AsyncIterator[Office]:
    """A shop on Telegram with topics on; nobody hired yet."""
    vault = Vault("k" * 32)
    database = open_database(f"sqlite:///{tmp_path}/office.db", vault)
    watch = Watch()
    transactions = SqlTransactions(database, watch, vault)
    telegram = StaffTelegram(staff_bot("500:STAFF", telegram_server.url))
    sender = StaffSender(transactions, telegram, MediaFiles(tmp_path), Languages("en"), {"telegram": "Telegram"})
    async with Control(telegram_server.url) as control:
        bot = await control.bot("500:STAFF", username="staff_bot", topics=True)
        channel = AddChannel("telegram", "Shop", "600", {"token": "600:SHOP"}, "@shop_bot")
        channel_id = await transactions.write(lambda work: add_channel(work, channel))
        made = Office(control, bot, transactions, sender, watch, channel_id)
        await made.topics(True)
        yield made
    await telegram.bot.session.close()
    await database.aclose()
