"""What is particular to the built-in CRM: its board to begin with, its history, and that nothing is made twice."""

from sales.ids import StaffId
from sales.leads import StageKind
from sales.ports import Transactions
from sales.ports.crm import DealEvent
from tests.crm.worlds import CREATED, BuiltinWorld, draft


async def history(transactions: Transactions, lead_id: str) -> list[DealEvent]:
    """The oldest first."""
    return list(reversed(await transactions.read(lambda work: work.deals.events(lead_id, 50))))


async def test_the_board_begins_with_initial_contact(builtin: BuiltinWorld) -> None:
    first = (await builtin.adapter.pipelines())[0].stages[0]

    assert (first.name, first.kind) == ("Initial contact", StageKind.OPEN)


async def test_a_lead_with_the_same_mark_is_the_same_lead(builtin: BuiltinWorld) -> None:
    anna = await builtin.client("Anna")

    made = await builtin.adapter.add_incoming(draft(anna, "mark-1"))

    assert await builtin.adapter.add_incoming(draft(anna, "mark-1")) == made
    assert await builtin.adapter.create(draft(anna, "mark-1")) == made


async def test_every_change_is_a_line_of_history_and_a_repetition_is_none(
    builtin: BuiltinWorld, transactions: Transactions
) -> None:
    crm = builtin.adapter
    boris, carla = await builtin.user("Boris"), await builtin.user("Carla")
    board = (await crm.pipelines())[0]
    won = next(stage for stage in board.stages if stage.kind is StageKind.WON)

    lead = await crm.add_incoming(draft(await builtin.client("Anna"), "mark-1"))
    for _ in range(2):
        await crm.accept(lead.lead_id, boris, None)
    for _ in range(2):
        await crm.set_responsible(lead.lead_id, carla)
    for _ in range(2):
        await crm.add_note(lead.lead_id, "Wants size 39", CREATED)
    for _ in range(2):
        await crm.set_stage(lead.lead_id, board.id, won.id, carla)

    assert [(event.what, event.text, event.by_id) for event in await history(transactions, lead.lead_id)] == [
        ("incoming", "", None),
        ("accepted", "Initial contact", StaffId(int(boris))),
        ("responsible", carla, None),
        ("note", "Wants size 39", None),
        ("won", won.name, StaffId(int(carla))),
    ]
