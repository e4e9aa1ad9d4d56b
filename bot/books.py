"""The database for a command: opened, used once or twice, closed. Works beside a running bot."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.settings import Settings, load_settings
from sales.ports import Work

if TYPE_CHECKING:
    from storage.crypto import Vault
    from storage.database import Database

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Books:
    """Blocking transactions: commands have no event loop of their own."""

    settings: Settings
    database: "Database"
    vault: "Vault"

    def write(self, use_case: Callable[[Work], T]) -> T:
        """Returns once it is durable."""
        from storage.work import SqlWork, now

        return self.database.run_sync(lambda connection: use_case(SqlWork(connection, now(), self.vault)))

    def read(self, view: Callable[[Work], T]) -> T:
        from storage.work import SqlWork, now

        return self.database.read_sync(lambda connection: view(SqlWork(connection, now(), self.vault)))


@contextmanager
def open_books(settings: Settings | None = None) -> Iterator[Books]:
    """Makes a missing database. Raises SettingsError, CannotOpen."""
    from storage.crypto import Vault
    from storage.database import open_database

    settings = settings or load_settings()
    vault = Vault(settings.need_key())
    database = open_database(settings.database_url, vault)
    try:
        yield Books(settings, database, vault)
    finally:
        database.close()
