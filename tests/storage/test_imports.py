"""Commands start fast: what most of them don't need is not imported."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("alembic", "asyncpg", "aiosqlite", "cryptography", "sqlalchemy.ext.asyncio", "greenlet")


def test_a_command_on_an_existing_database_imports_nothing_heavy(tmp_path: Path) -> None:
    code = f"""
import sys
from storage.crypto import Vault
from storage.database import open_database
from sqlalchemy import text
database = open_database("sqlite:///{tmp_path}/dibs.db", Vault("k" * 32))
database.run_sync(lambda connection: connection.execute(text("SELECT 1")).all())
database.read_sync(lambda connection: connection.execute(text("SELECT 1")).all())
database.close()
print([name for name in {HEAVY} if name in sys.modules])
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert outputs[0].stdout.strip() == "['alembic']"
    assert outputs[1].stdout.strip() == "[]"
