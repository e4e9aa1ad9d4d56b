"""The database for a command: opened, used once or twice, closed. Works beside a running bot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.settings import Settings, load_settings
from bot.times import now
from sales.ports import Transactions, Work

if TYPE_CHECKING:
    from storage.crypto import Vault
    from storage.database import Database
    from storage.transactions import SqlTransactions

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Books:
    """Blocking transactions: commands have no event loop of their own."""

    settings: Settings
    database: "Database"
    vault: "Vault"
    store: "SqlTransactions"

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Returns once it is durable. A running bot notices by itself."""
        return self.store.write_sync(use_case)

    def read(self, view: Callable[[Work], T]) -> T:
        return self.store.read_sync(view)

    @property
    def transactions(self) -> Transactions:
        """For adapters that a command asks something."""
        return _Blocking(self)


class _Blocking:
    """The port over blocking transactions: a command's event loop has nothing else to do meanwhile."""

    def __init__(self, books: Books) -> None:
        self._books = books

    async def write(self, use_case: Callable[[Work], T]) -> T:
        return self._books.write(use_case)

    async def read(self, view: Callable[[Work], T]) -> T:
        return self._books.read(view)


@contextmanager
def open_books(settings: Settings | None = None) -> Iterator[Books]:
    """Makes a missing database. Raises SettingsError, CannotOpen."""
    settings = settings or load_settings()
    key = settings.need_key()
    from storage.crypto import Vault
    from storage.database import open_database
    from storage.transactions import SqlTransactions

    vault = Vault(key)
    database = open_database(settings.database_url, vault)
    try:
        yield Books(settings, database, vault, SqlTransactions(database, now, vault))
    finally:
        database.close()
