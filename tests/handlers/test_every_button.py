"""Every button that is drawn is heard, every one that is heard is drawn, and none brings the bot out of step."""

import ast
import inspect
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Dispatcher, Router
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter

from channels.kinds import Addresses
from handlers import routers
from handlers.failing import Failing
from handlers.intake import StaffIntake
from sales.ids import TelegramId
from sales.staff import Role
from sales.use_cases.team import AddStaff, add_staff
from screens import buttons
from screens.language import Languages
from screens.telegram import StaffTelegram, staff_bot
from storage.crypto import Vault
from storage.database import open_database
from storage.transactions import SqlTransactions

ROOT = Path(__file__).parent.parent.parent
FACTORIES = sorted(
    (
        item
        for item in vars(buttons).values()
        if inspect.isclass(item) and issubclass(item, CallbackData) and item is not CallbackData
    ),
    key=lambda factory: factory.__name__,
)
BORIS = 7001


class Desk:
    """The real dispatcher on a real database; Telegram is not there, so that nothing but the answer is tried."""

    def __init__(self, transactions: SqlTransactions) -> None:
        self.transactions = transactions
        bot = staff_bot("500:STAFF", "http://127.0.0.1:9")
        self.telegram = StaffTelegram(bot)
        languages = Languages("en")
        self.dispatcher = routers.build(languages, str, self.telegram, Addresses("http://127.0.0.1:9"))
        self.intake = StaffIntake(bot, self.dispatcher, transactions, Failing(self.telegram, transactions, languages))
        self.taps = 0

    async def tap(self, data: str) -> None:
        self.taps += 1
        person = {"id": BORIS, "is_bot": False, "first_name": "Boris"}
        chat = {"id": BORIS, "type": "private", "first_name": "Boris"}
        post = {"message_id": 5, "date": 1, "chat": chat, "text": "an old screen"}
        query = {"id": "1", "from": person, "chat_instance": "1", "message": post, "data": data}
        await self.intake.take([{"update_id": self.taps, "callback_query": query}])

    async def kept(self) -> list[str]:
        """What the handlers could not cope with."""
        return [entry.problem for entry in await self.transactions.read(lambda work: work.inbox.list(9))]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    vault = Vault("k" * 32)
    database = open_database(f"sqlite:///{tmp_path}/dibs.db", vault)
    transactions = SqlTransactions(database, lambda: 1_795_348_800_000, vault)
    boris = AddStaff(TelegramId(BORIS), "Boris", Role.MANAGER, admin=True)
    await transactions.write(lambda work: add_staff(work, boris))
    made = Desk(transactions)
    yield made
    await made.telegram.bot.session.close()
    await database.aclose()


def heard(router: Router) -> set[type[CallbackData]]:
    found = {
        one.callback.callback_data
        for handler in router.callback_query.handlers
        for one in handler.filters or ()
        if isinstance(one.callback, CallbackQueryFilter)
    }
    return found.union(*(heard(part) for part in router.sub_routers))


def drawn() -> set[str]:
    """Names of factories that any screen makes a button of."""
    names = {factory.__name__ for factory in FACTORIES}
    found = set()
    for path in (ROOT / "screens").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found.add(called)
    return found & names


async def test_every_button_has_a_handler(desk: Desk) -> None:
    assert isinstance(desk.dispatcher, Dispatcher)
    missing = {factory.__name__ for factory in FACTORIES} - {factory.__name__ for factory in heard(desk.dispatcher)}
    assert not missing, "write handlers for these"


def test_every_button_is_drawn_somewhere() -> None:
    undrawn = {factory.__name__ for factory in FACTORIES} - drawn() - {"Nothing"}
    assert not undrawn, "no screen shows these"


def values(factory: type[CallbackData], number: int) -> dict[str, Any]:
    return {
        name: "nowhere" if field.annotation is str else number if field.annotation is int else True
        for name, field in factory.model_fields.items()
    }


@pytest.mark.parametrize("number", [0, 1, 999, 2**52], ids=str)
@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
async def test_a_stale_or_forged_tap_is_answered_in_words(desk: Desk, factory: type[CallbackData], number: int) -> None:
    """Of a client, an offer, a person that is not there: refused, never a mistake of ours that lands in the inbox."""
    await desk.tap(factory(**values(factory, number)).pack())
    assert await desk.kept() == []
