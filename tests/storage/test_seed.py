"""Every database that opens has the built-in CRM and a pipeline in it, on either database."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from sales.channels import Channel
from sales.leads import Pipeline
from sales.ports import Work
from sales.use_cases.channels import AddChannel, add_channel
from storage.crypto import Vault
from storage.database import open_database
from storage.seed import STAGES
from tests.storage.contract import world_on


def a_channel(work: Work) -> tuple[Channel, Pipeline]:
    channel_id = add_channel(work, AddChannel("telegram", "Shop", "600", {"token": "600:SHOP"}))
    channel = work.channels.get(channel_id)
    assert channel is not None
    return channel, work.deals.pipelines()[0]


async def test_the_first_channel_of_a_fresh_database_has_its_place(database_url: str, vault: Vault) -> None:
    database = await asyncio.to_thread(open_database, database_url, vault)
    channel, pipeline = await world_on(database, vault).write(a_channel)
    assert (channel.crm_id, channel.pipeline_id, channel.stage_id) == (1, pipeline.id, pipeline.stages[0].id)
    assert [(stage.name, str(stage.kind)) for stage in pipeline.stages] == list(STAGES)
    await database.aclose()


def without_pipelines(connection: Connection) -> None:
    for table in ("builtin_stages", "builtin_pipelines"):
        connection.execute(text(f"DELETE FROM {table}"))


def without_anything(connection: Connection) -> None:
    without_pipelines(connection)
    connection.execute(text("DELETE FROM crms"))


@pytest.mark.parametrize("lose", [without_pipelines, without_anything])
async def test_what_is_missing_comes_back_when_it_is_opened(database_url: str, vault: Vault, lose: object) -> None:
    """As after a half restored copy."""
    database = await asyncio.to_thread(open_database, database_url, vault)
    await database.run(lose)  # type: ignore[arg-type]  # one of the two above
    await database.aclose()
    again = await asyncio.to_thread(open_database, database_url, vault)
    channel, pipeline = await world_on(again, vault).write(a_channel)
    assert (channel.pipeline_id, len(pipeline.stages)) == (pipeline.id, len(STAGES))
    await again.aclose()


async def test_pipelines_of_ones_own_are_left_alone(database_url: str, vault: Vault) -> None:
    database = await asyncio.to_thread(open_database, database_url, vault)
    await database.run(lambda connection: connection.execute(text("UPDATE builtin_pipelines SET name = 'Mine'")))
    await database.aclose()
    again = await asyncio.to_thread(open_database, database_url, vault)
    assert [one.name for one in await world_on(again, vault).read(lambda work: work.deals.pipelines())] == ["Mine"]
    await again.aclose()
