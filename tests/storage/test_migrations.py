"""Every revision goes up, down and up again, and ends at what ``schema.py`` says."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage.database import Database, open_database
from storage.migrations import newest, revisions
from storage.migrations.run import configuration, downgrade, upgrade
from storage.schema import metadata


@pytest.fixture
async def migrated(database_url: str) -> AsyncIterator[Database]:
    database = await asyncio.to_thread(open_database, database_url)
    yield database
    await database.aclose()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_a_migrated_database_is_what_the_schema_says(migrated: Database) -> None:
    assert await migrated.run(differences) == []


async def test_up_and_down_and_up_again(migrated: Database) -> None:
    await migrated.run(lambda connection: downgrade(connection, "base"))
    assert await migrated.read(lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]
    await migrated.run(upgrade)
    assert await migrated.run(differences) == []


async def test_constraints_and_indexes_are_those_of_the_schema_to_the_letter(
    migrated: Database, database_url: str
) -> None:
    """``compare_metadata`` sees neither CHECKs nor the conditions of indexes."""
    by_migration = await migrated.run(definitions)
    await migrated.run(lambda connection: downgrade(connection, "base"))
    await migrated.run(metadata.create_all)
    assert by_migration == await migrated.run(definitions)


def definitions(connection: Connection) -> set[str]:
    return set(map(normal, connection.scalars(text(_DEFINITIONS[connection.dialect.name]))))


def normal(sql: str) -> str:
    """Alembic sorts the constraints of a table; blanks and that order mean nothing."""
    head, *constraints = " ".join(sql.split()).replace(" )", ")").split(", CONSTRAINT ")
    if constraints:
        constraints[-1], end = constraints[-1].rsplit(")", 1)
        constraints.append(end)
    return " | ".join([head, *sorted(constraints)])


_DEFINITIONS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'",
    "postgresql": """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace AND conrelid <> to_regclass('alembic_version')
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename <> 'alembic_version'
        UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, collation_name,
                                   is_identity, generation_expression)
        FROM information_schema.columns WHERE table_schema = current_schema() AND table_name <> 'alembic_version'
    """,
}


def test_the_file_names_say_what_alembic_knows() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert scripts.get_heads() == [newest()]
    assert [script.revision for script in scripts.walk_revisions()][::-1] == list(revisions())
