"""Running Alembic inside a transaction of ours. No alembic.ini: it must work from an installed wheel."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from storage.migrations import FOLDER, revisions


def configuration(connection: Connection | None = None) -> Config:
    """What Alembic needs to know; ``env.py`` takes the connection from it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["batch"] = bool(revisions())  # SQLite alters a table by rebuilding it; the first makes them all
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upwards, in the caller's transaction."""
    command.upgrade(configuration(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Downwards: for tests, which go up, down and up again."""
    command.downgrade(configuration(connection), revision)
