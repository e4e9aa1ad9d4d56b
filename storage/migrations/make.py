"""``python -m storage.migrations.make "what changes"``: write the next revision from what ``schema.py`` says now.

Compares with a fresh database at the newest revision. Read the file before you commit it: Alembic sees neither renames
nor what has to happen to the rows.
"""

import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from storage.migrations import FOLDER, revisions
from storage.migrations.run import configuration, upgrade
from storage.sqlite_connect import MIGRATION_PRAGMAS, sync_engine


def make(message: str) -> None:
    """Write ``versions/NNNN_message.py``."""
    number = f"{len(revisions()) + 1:04}"
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder) / "fresh.db") as connection:
        if revisions():
            upgrade(connection)
        config = configuration(connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=number)
    for tidy in (("check", "--fix", "-q"), ("format", "-q")):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(FOLDER / "versions")], check=True)  # noqa: S603


def fresh(path: Path) -> AbstractContextManager[Connection]:
    """A transaction on a new SQLite file."""
    return sync_engine(path, MIGRATION_PRAGMAS).begin()


if __name__ == "__main__":
    make(" ".join(sys.argv[1:]) or "change")
