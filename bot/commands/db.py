"""`dibs db`: upgrade and backup."""

from pathlib import Path

import click

from bot.settings import load_settings


@click.group()
def db() -> None:
    """The database itself."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest schema. The bot must not be running."""
    from storage.crypto import Vault
    from storage.database import upgrade_database

    settings = load_settings()
    before, after = upgrade_database(settings.database_url, Vault(settings.need_key()))
    click.echo(f"the database is at {after} already" if before == after else f"upgraded: {before or 'new'} → {after}")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent copy to FILE; the bot may go on meanwhile. Stored media and SECRET_KEY are not in it."""
    from bot.books import open_books

    with open_books() as books:
        books.database.backup(file.absolute())
