"""What every CRM adapter does, whichever CRM it stands for."""

import pytest

from crm.registry import KINDS
from sales.leads import LeadState, Pipeline, StageKind
from sales.ports.crm import CrmError, LeadRef
from tests.crm.worlds import CREATED, World, draft


async def read(world: World, lead_id: str) -> LeadRef:
    found = await world.adapter.read(lead_id)
    assert found is not None
    return found


async def pipeline(world: World) -> Pipeline:
    return (await world.adapter.pipelines())[0]


def stage_of(pipeline: Pipeline, kind: StageKind) -> str:
    return next(stage.id for stage in pipeline.stages if stage.kind is kind)


def test_every_kind_in_the_registry_has_a_world(worlds: set[str]) -> None:
    assert worlds == set(KINDS)


async def test_a_stranger_has_no_lead_and_nobody_responsible(world: World) -> None:
    anna = await world.client("Anna")

    found = await world.adapter.find(anna.id, anna.identities)

    assert (found.lead_id, found.responsible) == (None, None)


async def test_an_incoming_lead_waits_with_nobody_responsible(world: World) -> None:
    anna = await world.client("Anna")

    lead = await world.adapter.add_incoming(draft(anna, "mark-1"))

    assert lead.state is LeadState.INCOMING
    assert lead.responsible is None
    assert await world.adapter.read(lead.lead_id) == lead


async def test_accepting_puts_it_into_the_first_open_stage_with_the_winner_responsible(world: World) -> None:
    boris = await world.user("Boris")
    lead = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))

    accepted = await world.adapter.accept(lead.lead_id, boris, None)

    assert accepted.state is LeadState.OPEN
    assert accepted.responsible == boris
    assert accepted.stage_id == stage_of(await pipeline(world), StageKind.OPEN)
    assert await world.adapter.read(accepted.lead_id) == accepted


async def test_accepting_puts_it_into_the_stage_that_is_named(world: World) -> None:
    boris = await world.user("Boris")
    second = [stage.id for stage in (await pipeline(world)).stages if stage.kind is StageKind.OPEN][1]
    lead = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))

    assert (await world.adapter.accept(lead.lead_id, boris, second)).stage_id == second


async def test_accepting_again_changes_the_responsible_and_leaves_the_stage(world: World) -> None:
    boris, carla = await world.user("Boris"), await world.user("Carla")
    lead = await world.adapter.add_incoming(draft(await world.client("Anna"), "mark-1"))
    first = await world.adapter.accept(lead.lead_id, boris, None)
    won = stage_of(await pipeline(world), StageKind.WON)

    again = await world.adapter.accept(first.lead_id, carla, won)

    assert (again.responsible, again.stage_id, again.state) == (carla, first.stage_id, LeadState.OPEN)


async def test_a_declined_lead_is_over_and_declining_again_changes_nothing(world: World) -> None:
    anna = await world.client("Anna")
    lead = await world.adapter.add_incoming(draft(anna, "mark-1"))

    await world.adapter.decline(lead.lead_id)
    await world.adapter.decline(lead.lead_id)

    assert (await world.adapter.find(anna.id, anna.identities)).lead_id is None


async def test_declining_an_open_lead_loses_it(world: World) -> None:
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))

    await world.adapter.decline(lead.lead_id)

    assert (await read(world, lead.lead_id)).state is LeadState.LOST


async def test_a_created_lead_is_open_and_found_with_its_responsible(world: World) -> None:
    anna, boris = await world.client("Anna"), await world.user("Boris")

    lead = await world.adapter.create(draft(anna, "mark-1", boris))

    found = await world.adapter.find(anna.id, anna.identities)
    assert (found.lead_id, found.responsible) == (lead.lead_id, boris)
    assert found.contact_id == lead.contact_id
    assert lead.state is LeadState.OPEN


async def test_the_newest_open_lead_counts(world: World) -> None:
    anna, boris, carla = await world.client("Anna"), await world.user("Boris"), await world.user("Carla")
    await world.adapter.create(draft(anna, "mark-1", boris))
    newest = await world.adapter.create(draft(anna, "mark-2", carla))
    over = await world.adapter.create(draft(anna, "mark-3", boris))
    await world.adapter.decline(over.lead_id)

    found = await world.adapter.find(anna.id, anna.identities)

    assert (found.lead_id, found.responsible) == (newest.lead_id, carla)


async def test_a_lead_is_found_by_its_mark(world: World) -> None:
    anna = await world.client("Anna")
    made = await world.adapter.add_incoming(draft(anna, "mark-1"))
    await world.adapter.add_incoming(draft(await world.client("Dora"), "mark-2"))

    assert await world.adapter.find_by_mark("mark-1") == made
    assert await world.adapter.find_by_mark("mark-3") is None


async def test_the_responsible_changes_and_can_be_nobody(world: World) -> None:
    boris, carla = await world.user("Boris"), await world.user("Carla")
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", boris))

    await world.adapter.set_responsible(lead.lead_id, carla)
    await world.adapter.set_responsible(lead.lead_id, carla)
    assert (await read(world, lead.lead_id)).responsible == carla

    await world.adapter.set_responsible(lead.lead_id, None)
    nobody = None if world.adapter.capabilities.unassigned else carla
    assert (await read(world, lead.lead_id)).responsible == nobody


@pytest.mark.parametrize(
    ("kind", "state"),
    [(StageKind.WON, LeadState.WON), (StageKind.LOST, LeadState.LOST), (StageKind.OPEN, LeadState.OPEN)],
)
async def test_the_kind_of_the_stage_is_the_state_of_the_lead(world: World, kind: StageKind, state: LeadState) -> None:
    boris = await world.user("Boris")
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", boris))
    board = await pipeline(world)
    target = [stage.id for stage in board.stages if stage.kind is kind][-1]

    await world.adapter.set_stage(lead.lead_id, board.id, target, boris)
    await world.adapter.set_stage(lead.lead_id, board.id, target, boris)

    moved = await read(world, lead.lead_id)
    assert (moved.state, moved.stage_id, moved.responsible) == (state, target, boris)


async def test_a_lost_lead_can_come_back(world: World) -> None:
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))
    board = await pipeline(world)

    await world.adapter.set_stage(lead.lead_id, board.id, stage_of(board, StageKind.LOST))
    await world.adapter.set_stage(lead.lead_id, board.id, stage_of(board, StageKind.OPEN))

    assert (await read(world, lead.lead_id)).state is LeadState.OPEN


async def test_notes_can_be_added_and_repeated(world: World) -> None:
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))

    await world.adapter.add_note(lead.lead_id, "Wants size 39 <b>", CREATED)
    await world.adapter.add_note(lead.lead_id, "Wants size 39 <b>", CREATED, repeated=True)


async def test_a_removed_lead_is_gone(world: World) -> None:
    if not world.adapter.capabilities.deletes:
        pytest.skip("this CRM cannot delete")
    anna = await world.client("Anna")
    lead = await world.adapter.create(draft(anna, "mark-1", await world.user("Boris")))

    await world.adapter.remove(lead.lead_id)
    await world.adapter.remove(lead.lead_id)

    assert await world.adapter.read(lead.lead_id) is None
    assert (await world.adapter.find(anna.id, anna.identities)).lead_id is None


async def test_a_removed_lead_is_at_least_over_where_nothing_is_deleted(world: World) -> None:
    if world.adapter.capabilities.deletes:
        pytest.skip("this CRM deletes it")
    anna = await world.client("Anna")
    lead = await world.adapter.create(draft(anna, "mark-1", await world.user("Boris")))

    await world.adapter.remove(lead.lead_id)
    await world.adapter.remove(lead.lead_id)

    assert (await read(world, lead.lead_id)).state is LeadState.LOST
    assert (await world.adapter.find(anna.id, anna.identities)).lead_id is None


async def test_there_is_a_pipeline_with_open_won_and_lost_stages(world: World) -> None:
    board = await pipeline(world)

    assert {stage.kind for stage in board.stages} == set(StageKind)
    assert len({stage.id for stage in board.stages}) == len(board.stages)


async def test_users_are_listed_with_their_names(world: World) -> None:
    boris = await world.user("Boris")

    assert {user.id: user.name for user in await world.adapter.users()}[boris] == "Boris"


async def test_the_check_finds_all_in_order(world: World) -> None:
    findings = await world.adapter.check()

    assert findings
    assert all(finding.ok for finding in findings)


async def test_what_does_not_exist_is_refused_for_good(world: World) -> None:
    board = await pipeline(world)
    lead = await world.adapter.create(draft(await world.client("Anna"), "mark-1", await world.user("Boris")))

    for attempt in (
        world.adapter.accept("999999", None, None),
        world.adapter.set_responsible("999999", None),
        world.adapter.set_stage("999999", board.id, board.stages[0].id),
        world.adapter.set_stage(lead.lead_id, board.id, "999999"),
        world.adapter.add_note("999999", "?", CREATED),
    ):
        with pytest.raises(CrmError) as caught:
            await attempt
        assert not caught.value.again
        assert not caught.value.unknown
